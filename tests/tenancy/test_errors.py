"""What the domain raises."""

from tenancy.errors import ConflictError, DomainError, InvalidError, NotFoundError, RefusedError


def test_an_error_says_what_it_was_made_with():
    error = InvalidError("Wrong.", code="too_wrong", attr="field", meta={"a": 1})
    assert (str(error), error.error_code, error.attr, error.meta) == (
        "Wrong.",
        "too_wrong",
        "field",
        {"a": 1},
    )


def test_an_error_has_a_code_and_a_sentence_of_its_own():
    codes = {
        kind().error_code for kind in (DomainError, InvalidError, RefusedError, NotFoundError, ConflictError)
    }
    assert codes == {"error", "invalid", "permission_denied", "not_found", "conflict"}
    assert str(NotFoundError()) == "Not found."
