"""Learners who have completed something."""

from learning.models import Video
from progress.models import PracticeCompletion, VideoCompletion
from tenancy.scope import every_organization
from tests import factories


def learner(tenant, name, *completed, role="STUDENT", **fields):
    with every_organization():
        user = factories.make_user(f"{name}@learners.test", role, at=tenant.classroom.scope, **fields)
        complete(user, *completed)
    return user


def complete(user, *steps):
    for step in steps:
        owned = {"user": user, "organization_id": user.organization_id}
        if isinstance(step, Video):
            VideoCompletion.unscoped.create(**owned, video=step)
        else:
            PracticeCompletion.unscoped.create(**owned, question_set=step)
