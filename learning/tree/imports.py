"""Importing videos from a file: a row names its sub-course, which is there already, and one of its videos.

A video is known by its title in its sub-course. A new one is a draft at the end of its list; of one that is
there the file changes link, length and description, never its place, and never whether learners see it.
"""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.imports import resource
from accounts.imports.cells import column, if_any, read_name
from accounts.imports.resource import FileResource
from learning.models import SubCourse, Video
from learning.tree.domain.adding import add_all, change_all
from learning.tree.domain.levels import VIDEOS
from tenancy.scope import Scope, current_scope

_MOST_SECONDS = 2**31 - 1
_CHANGED = ("video_url", "duration_seconds", "description")


def _read_title(cell: str) -> str:
    title = read_name(cell)
    if not title:
        raise ValueError(_("Must not be empty."))
    return title


def _read_text(cell: str) -> str:
    text = unicodedata.normalize("NFC", cell.strip())
    if len(text) > 10_000 or "\0" in text:
        raise ValueError(_("Must be a text of at most 10,000 characters."))
    return text


def _read_link(cell: str) -> str:
    try:
        link: str = Video._meta.get_field("video_url").clean(cell.strip(), None)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from error
    return link


def _read_seconds(cell: str) -> int:
    text = cell.strip()
    if not (text.isascii() and text.isdigit()) or int(text[:11]) > _MOST_SECONDS:
        raise ValueError(_("Must be a whole number of seconds."))
    return int(text)


@dataclass(slots=True)
class VideoCandidate(resource.Candidate):
    """A row about a video.

    Attributes:
        sub_course: where it stands.
    """

    sub_course: SubCourse | None = None


class VideosResource(FileResource):
    """Videos of sub-courses of the organization."""

    optional: ClassVar[frozenset[str]] = frozenset({"course", "duration_seconds", "description"})
    aliases: ClassVar[dict[str, str]] = {
        "address": "video_url",
        "link": "video_url",
        "seconds": "duration_seconds",
        "sub-course": "sub_course",
        # As the list of videos exports them.
        "sub_course_title": "sub_course",
        "sub_course_course_title": "course",
    }
    unread: ClassVar[frozenset[str]] = frozenset(
        {"id", "sub_course_id", "status", "display_order", "organization_name", "created_at", "updated_at"}
    )
    made_from: ClassVar[type[resource.Candidate]] = VideoCandidate

    course = column("course", if_any(read_name))
    sub_course = column("sub_course", _read_title)
    title = column("title", _read_title)
    video_url = column("video_url", if_any(_read_link))
    duration_seconds = column("duration_seconds", if_any(_read_seconds))
    description = column("description", if_any(_read_text))

    class Meta(FileResource.Meta):
        model = Video

    def problem_of_place(self) -> str | Promise | None:
        scope = current_scope()
        if not isinstance(scope, Scope):
            return _("Videos are imported into one organization: act in one first.")
        if not scope.may_change_content:
            return _("Videos belong to the whole organization, and you act in a part of it.")
        return None

    def understand(self, candidates: list[VideoCandidate]) -> None:
        self._find_sub_courses(candidates)
        good = [candidate for candidate in candidates if candidate.sub_course and not candidate.errors]
        places = {candidate.sub_course.pk for candidate in good if candidate.sub_course}
        titles = {candidate.values["title"] for candidate in good}
        # Locked: what the file says nothing of is written as it is now.
        found = VIDEOS.rows().select_for_update().filter(sub_course__in=places, title__in=titles)
        known: dict[tuple[Any, str], Video] = {}
        for video in sorted(found.order_by("pk"), key=lambda one: (one.display_order, one.pk)):
            known.setdefault((video.sub_course_id, video.title), video)
        for candidate in good:
            assert candidate.sub_course is not None
            key = (candidate.sub_course.pk, candidate.values["title"])
            if self.is_first(candidate, "title", key):
                self._compare(candidate, known.get(key))

    def _find_sub_courses(self, candidates: list[VideoCandidate]) -> None:
        titles = {candidate.values.get("sub_course") for candidate in candidates} - {None}
        named = defaultdict(list)
        for row in SubCourse.objects.writable().filter(title__in=titles).select_related("course"):
            named[row.title].append(row)
        for candidate in candidates:
            course, title = candidate.values.pop("course", None), candidate.values.pop("sub_course", None)
            if title is None:
                continue
            meant = [row for row in named[title] if course in (None, row.course.title)]
            if len(meant) > 1:
                candidate.refuse("sub_course", _("Several have this title: name the course as well."))
            elif not meant:
                candidate.refuse("sub_course", _("There is no such sub-course in this organization."))
            else:
                candidate.sub_course = meant[0]

    def _compare(self, candidate: VideoCandidate, known: Video | None) -> None:
        given = {name: value for name, value in candidate.values.items() if value is not None}
        candidate.values = given
        candidate.known = known
        if known is None:
            candidate.values["sub_course"] = candidate.sub_course
            candidate.values.setdefault("video_url", "")
            return
        candidate.changes = [
            name for name in _CHANGED if name in given and given[name] != getattr(known, name)
        ]

    def add(self, instances: list[Any]) -> None:
        add_all(items=instances, kind=VIDEOS)

    def change(self, instances: list[Any]) -> None:
        change_all(items=instances, names=_CHANGED)

    def about(self, row: Any) -> str:
        return str(row["title"])

    def told(self, candidate: Any) -> str:
        place = candidate.sub_course
        return f"{place.course.title} › {place.title}" if place else ""
