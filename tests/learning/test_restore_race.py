"""Deleting a parent and restoring a child at the same moment."""

import threading

import pytest
from django.db import connection, transaction

from learning.models import SubCourse, Video
from learning.tree.domain import structure
from tenancy.errors import ConflictError
from tenancy.scope import organization_scope


@pytest.mark.django_db(transaction=True)
def test_a_child_is_not_restored_under_a_parent_that_is_being_deleted(north, sunrise):
    video = north.videos[0]
    with organization_scope(north.organization):
        structure.delete(item=video)
    outcome = []

    def restore():
        with organization_scope(north.organization):
            try:
                outcome.append(structure.restore(item=Video.unscoped.get(pk=video.pk)))
            except ConflictError as refusal:
                outcome.append(refusal.error_code)
        connection.close()

    other = threading.Thread(target=restore)
    with organization_scope(north.organization), transaction.atomic():
        structure.delete(item=north.sub_course)
        other.start()
        other.join(0.5)
        assert outcome == [], "it waits for whoever is deleting the parent"
    other.join(10)
    assert outcome == ["parent_deleted"]
    assert SubCourse.unscoped.get(pk=north.sub_course.pk).deleted
    assert Video.unscoped.get(pk=video.pk).deleted
