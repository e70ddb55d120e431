"""Models over tables that are there already."""

from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser
from django.db import models


class Person(AbstractBaseUser):
    """Somebody."""

    id = models.UUIDField(primary_key=True)
    password = None  # type: ignore[assignment]
    last_login = None  # type: ignore[assignment]
    email = models.TextField(unique=True)
    name = models.TextField()
    is_active = models.BooleanField()
    organization_id = models.UUIDField()
    campus_id = models.UUIDField(null=True)
    role = models.TextField()

    USERNAME_FIELD = "email"

    class Meta:
        db_table = "people"
        managed = False

    def __str__(self) -> str:
        return self.email


class Row(models.Model):
    """A row of a table that is there."""

    class Meta:
        abstract = True
        managed = False

    def __str__(self) -> str:
        return str(self.pk)


class Course(Row):
    """A course."""

    title = models.TextField()
    description = models.TextField()

    class Meta:
        db_table = "courses"
        managed = False


class SubCourse(Row):
    """A part of a course."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="sub_courses")
    title = models.TextField()
    level = models.TextField()
    sub_level = models.TextField()
    display_order = models.IntegerField()

    class Meta:
        db_table = "sub_courses"
        managed = False
        ordering = ["display_order", "id"]


class Step(Row):
    """A video or a practice."""

    title = models.TextField()
    description = models.TextField()
    status = models.TextField()
    display_order = models.IntegerField()

    class Meta:
        abstract = True
        managed = False
        ordering = ["display_order", "id"]


class Video(Step):
    """A video."""

    sub_course = models.ForeignKey(SubCourse, models.CASCADE, related_name="videos")
    video_url = models.TextField()
    duration_seconds = models.IntegerField(null=True)

    class Meta(Step.Meta):
        db_table = "videos"


class Practice(Step):
    """A practice."""

    sub_course = models.ForeignKey(SubCourse, models.CASCADE, related_name="practices")

    class Meta(Step.Meta):
        db_table = "practices"


class VideoDone(Row):
    """Somebody has finished a video."""

    user = models.ForeignKey(Person, models.CASCADE)
    video = models.ForeignKey(Video, models.CASCADE)
    completed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "video_done"
        managed = False


class PracticeDone(Row):
    """Somebody has finished a practice."""

    user = models.ForeignKey(Person, models.CASCADE)
    practice = models.ForeignKey(Practice, models.CASCADE)
    completed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "practice_done"
        managed = False


class Owned(Row):
    """What belongs to somebody."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    user = models.ForeignKey(Person, models.CASCADE)
    organization_id = models.UUIDField()

    class Meta:
        abstract = True
        managed = False


class Item(Owned):
    """Typed progress."""

    campus_id = models.UUIDField(null=True)
    progress_type = models.TextField(choices=[("sign_learned", "Sign"), ("zone_checkin", "Zone")])
    item_id = models.TextField()
    value = models.TextField(null=True)  # noqa: DJ001
    score = models.IntegerField(null=True)
    metadata = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(Owned.Meta):
        db_table = "items"


class Result(Owned):
    """A safety quiz that was taken."""

    campus_id = models.UUIDField(null=True)
    quiz_id = models.TextField()
    quiz_title = models.TextField()
    week_of = models.TextField()
    score = models.IntegerField()
    total_questions = models.IntegerField()
    answers = models.JSONField()
    user_name = models.TextField()
    user_role = models.TextField()
    completed_at = models.DateTimeField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(Owned.Meta):
        db_table = "results"


class Interaction(Owned):
    """What somebody did."""

    type = models.TextField()
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(Owned.Meta):
        db_table = "interactions"
