"""Articles, and who has read them."""

from typing import Any, ClassVar

from django.db import models

from learning.models import Content, Status, SubCourse
from learning.tree.querysets import VideoManager
from progress.steps.models import Completion
from tenancy.history import track_changes
from tenancy.triggers import inherit_from_parent


@track_changes
class Article(Content):
    """Something to read in a sub-course."""

    tenant_parent = "sub_course"

    sub_course = models.ForeignKey(SubCourse, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveIntegerField(null=True, blank=True)
    status = models.CharField(
        max_length=9, choices=Status.choices, default=Status.DRAFT, db_default=Status.DRAFT
    )

    # What learners may see of videos they may see of anything with a status below a sub-course.
    objects: ClassVar[Any] = VideoManager()

    class Meta(Content.Meta):
        db_table = "articles"
        triggers = [*Content.Meta.triggers, inherit_from_parent("sub_course", table="sub_courses")]


class ArticleCompletion(Completion):
    """A learner has read an article."""

    step = "article"

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta(Completion.Meta):
        db_table = "user_article_progress"
        constraints = [
            models.UniqueConstraint(fields=["user", "article"], name="article_completed_once_per_learner"),
        ]
