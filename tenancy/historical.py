"""Historical models, which migrations work with, made at a fraction of the cost.

Django makes a model anew, and all that are related to it, after each operation of a migration. It takes every
field apart and builds it up again for that, and does so too when nothing but an index, a constraint or a
trigger is new: most of what `migrate` does from nothing.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Field
from django.utils.functional import cached_property

BESIDE_FIELDS: Final = ("constraints", "indexes", "triggers")
"""Options of a model that no other model, and no statement but those of the schema, has to do with."""
_MADE_OF: Final = "_made_of"

_clone, _render, _reload_model = Field.clone, ModelState.render, ProjectState.reload_model


@contextmanager
def made_quickly() -> Iterator[None]:
    """Have historical models made quickly while the block runs."""
    _put(_copied, _rendered, _reloaded)
    try:
        yield
    finally:
        _put(_clone, _render, _reload_model)


def _put(*functions: Any) -> None:
    places = ((Field, "clone"), (ModelState, "render"), (ProjectState, "reload_model"))
    for (owner, name), function in zip(places, functions, strict=True):
        setattr(owner, name, function)


def _copied(field: Any) -> Any:
    """Return a field for another model, copied as Django copies those of an abstract one."""
    if hasattr(field, "model"):
        return _clone(field)
    made = copy.deepcopy(field)
    # What it leads to is remembered as a name, as it belongs to no model yet.
    for one in filter(None, (made, made.remote_field)):
        kind: Any = type(one)
        for name in _remembered(kind) & vars(one).keys():
            del one.__dict__[name]
    # Columns are in the order of these.
    counter, step = ("auto_creation_counter", -1) if made.auto_created else ("creation_counter", 1)
    made.creation_counter = getattr(Field, counter)
    setattr(Field, counter, made.creation_counter + step)
    return made


@cache
def _remembered(kind: Any) -> frozenset[str]:
    return frozenset(
        name for base in kind.__mro__ for name, of in vars(base).items() if isinstance(of, cached_property)
    )


def _rendered(state: ModelState, apps: Any) -> Any:
    model = _render(state, apps)
    setattr(model, _MADE_OF, _parts(state))
    return model


def _reloaded(project: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    """Leave all models as they are where only such options are new, and tell the model of these.

    The states of before, which share it, hear of them too: what removes an option does not look for it there.
    """
    state = project.models[app_label, model_name]
    model = project.apps.all_models[app_label].get(model_name) if "apps" in project.__dict__ else None
    fields, options = _parts(state)
    fields_of_before, options_of_before = getattr(model, _MADE_OF, (None, None))
    if not delay or fields != fields_of_before or options == options_of_before:
        _reload_model(project, app_label, model_name, delay)
        return
    # Whoever works with rows gets models that are made anew.
    project.is_delayed = True
    setattr(model, _MADE_OF, (fields, options))
    meta: Any = model._meta  # type: ignore[union-attr]
    for name, value in options.items():
        meta.original_attrs[name] = value
        setattr(meta, name, value if name == "triggers" else meta._format_names(value))


def _parts(state: ModelState) -> tuple[Any, dict[str, Any]]:
    """Return what others have to do with, and the options that they have not."""
    beside = {name: value for name, value in state.options.items() if name in BESIDE_FIELDS}
    options = {name: value for name, value in state.options.items() if name not in BESIDE_FIELDS}
    return (state.name, list(state.fields.items()), state.bases, list(state.managers), options), beside
