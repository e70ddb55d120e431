"""E-mail addresses as clients send them."""

from typing import Any

from accounts.models import User
from accounts.people.addresses import check_no_look_alike
from tenancy.api.fields import StrictCharField, StrictEmailField


class AnyAddressField(StrictCharField):
    """What stands where an e-mail address is expected, in its one spelling.

    The length is that of this spelling: a letter in lower case can be longer.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, **options)

    def to_internal_value(self, data: Any) -> str:
        return User.normalize_email(super().to_internal_value(data))


class AddressField(AnyAddressField, StrictEmailField):
    """An e-mail address, in its one spelling."""


class NewAddressField(AddressField):
    """An e-mail address that is being chosen: it must not pass for another one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators.append(check_no_look_alike)
