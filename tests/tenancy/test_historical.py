"""Historical models that are made quickly are those that Django makes."""

from contextlib import nullcontext

import pgtrigger
import pytest
from django.contrib.postgres.fields import ArrayField
from django.core.management import call_command
from django.db import migrations, models
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.serializer import serializer_factory
from django.db.migrations.state import ModelState, ProjectState, StateApps
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from tenancy import historical
from tenancy.management.commands import migrate


def primary_key():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def leading_to(model):
    return models.ForeignKey(model, models.CASCADE, related_name="%(model_name)ss")


NAMED = models.Index(fields=["name"], name="room_name")
POSITIVE = models.CheckConstraint(condition=models.Q(size__gt=0), name="room_has_size")
KEPT = pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)

OPERATIONS = [
    migrations.CreateModel("House", [("id", primary_key())]),
    # The fields of a later operation may have been made before: columns are in the order of operations.
    *reversed(
        [
            migrations.AddField("Room", "size", models.IntegerField(default=1)),
            migrations.CreateModel(
                "Room",
                [("id", primary_key()), ("name", models.TextField()), ("house", leading_to("test.house"))],
            ),
        ]
    ),
    migrations.CreateModel("Door", [("id", primary_key()), ("room", leading_to("test.room"))]),
    migrations.AddIndex("Room", NAMED),
    migrations.AddConstraint("Room", POSITIVE),
    AddTrigger("room", KEPT),
    migrations.AddField("House", "codes", ArrayField(models.TextField(), default=list)),
    migrations.AlterField("Room", "name", models.CharField(max_length=9, unique=True)),
    migrations.AddField("House", "rooms", models.ManyToManyField("test.room", through="test.door")),
    migrations.RemoveField("House", "rooms"),
    migrations.RenameIndex("Room", "room_by_name", old_name="room_name"),
    migrations.AlterModelOptions("Room", {"ordering": ["name"]}),
    RemoveTrigger("room", "keep"),
    migrations.RemoveConstraint("Room", "room_has_size"),
    migrations.RenameModel("Room", "Chamber"),
    migrations.RemoveIndex("Chamber", "room_by_name"),
    migrations.RenameField("Chamber", "size", "area"),
    migrations.AlterField("House", "id", models.TextField(primary_key=True)),
]


def walk():
    """Return what the models are after each operation, of a project whose models are there all the while."""
    state = ProjectState()
    assert not state.apps.get_models()
    for operation in OPERATIONS:
        operation.state_forwards("test", state)
        yield operation, state
        state = state.clone()


def told(apps: StateApps) -> dict[str, object]:
    return {model.__name__: of_model(model) for model in apps.get_models(include_auto_created=True)}


def of_model(model):
    meta = model._meta
    options = ModelState.from_model(model).options
    return {
        "columns": [field.column for field in meta.local_fields],
        "types": [serializer_factory(field).serialize()[0] for field in meta.get_fields() if field.concrete],
        "leads to": {field.related_model.__name__ for field in meta.get_fields() if field.is_relation},
        "indexes": [index.name for index in meta.indexes],
        "constraints": [constraint.name for constraint in meta.constraints],
        "triggers": [trigger.name for trigger in options.pop("triggers", ())],
        "options": options,
    }


def test_after_each_operation_they_are_those_that_django_makes():
    with historical.made_quickly():
        quick = [(operation.describe(), told(state.apps)) for operation, state in walk()]
    assert len(quick) == len(OPERATIONS)
    slow = [(operation.describe(), told(state.apps)) for operation, state in walk()]
    for made, by_django in zip(quick, slow, strict=True):
        assert made == by_django


def test_only_what_an_operation_is_about_is_made_anew():
    """Otherwise nothing is quick."""
    with historical.made_quickly():
        before: dict[str, type] = {}
        for operation, state in walk():
            now = {model.__name__: model for model in state.apps.get_models()}
            if isinstance(operation, (migrations.AddIndex, migrations.AddConstraint, AddTrigger)):
                assert now == before, operation.describe()
            before = now


@pytest.mark.parametrize("begun", [True, False])
def test_where_there_are_rows_migrations_run_as_django_runs_them(db, monkeypatch, capsys, begun):
    asked = []
    monkeypatch.setattr(migrate, "made_quickly", lambda: nullcontext(asked.append("quickly")))
    if not begun:
        monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda recorder: {})
    call_command("migrate", plan=True)
    assert asked == ([] if begun else ["quickly"])
    assert ("Create model User" in capsys.readouterr().out) is not begun
