"""Videos as people paste them: a line for each, with title, link and perhaps length in seconds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from learning.models import SubCourse, Video
from learning.tree.domain.adding import add_all
from learning.tree.domain.levels import VIDEOS
from tenancy.sql import atomic_again

MOST: Final = 500
_LONGEST_TITLE: Final = 200
# Tabs, semicolons, commas or blanks may separate; a link may hold all but blanks.
_LINE: Final = re.compile(
    r"(?P<title>\S.*?)[\s;,]+(?P<url>[a-z][a-z0-9+.-]*://\S+?)(?:[\s;,]+(?P<seconds>[0-9]+))?[\s;,]*",
    re.IGNORECASE,
)
_HEADER: Final = re.compile(r"title\s*[\t;,].*", re.IGNORECASE)
_MOST_SECONDS: Final = 999_999


@dataclass(frozen=True, slots=True)
class VideoLine:
    """A video, and the line it stands on."""

    number: int
    title: str
    url: str
    seconds: int | None


def videos_in(text: str) -> list[VideoLine]:
    """Return the videos of a text; a header is none of them.

    Raises:
        ValidationError: a sentence for each line that is wrong.
    """
    found: list[VideoLine] = []
    wrong: list[ValidationError] = []
    for number, written in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        line = written.strip()
        if not line or (number == 1 and _HEADER.fullmatch(line) and "://" not in line):
            continue
        try:
            found.append(_video(number, line))
        except ValidationError as error:
            reason = " ".join(error.messages)
            said = _("Line %(line)d: %(reason)s") % {"line": number, "reason": reason}
            wrong.append(ValidationError(said, code="wrong_line"))
    if len(found) > MOST:
        wrong.append(ValidationError(_("At most %(number)d videos at once.") % {"number": MOST}))
    if wrong:
        raise ValidationError(wrong)
    return found


def _video(number: int, line: str) -> VideoLine:
    parts = _LINE.fullmatch(line)
    if parts is None:
        raise ValidationError(_("Write a title, a link and, if you like, the length in whole seconds."))
    title = parts["title"].strip().strip('"').strip()
    if not title or len(title) > _LONGEST_TITLE:
        raise ValidationError(_("A title has 1 to %(number)d characters.") % {"number": _LONGEST_TITLE})
    if "\0" in line:
        raise ValidationError(_("Null characters are not allowed."))
    url = Video._meta.get_field("video_url").clean(parts["url"].strip('"'), None)
    seconds = int(parts["seconds"]) if parts["seconds"] and len(parts["seconds"]) <= 6 else None
    if parts["seconds"] and seconds is None:
        raise ValidationError(_("A length has at most %(number)d seconds.") % {"number": _MOST_SECONDS})
    return VideoLine(number, title, url, seconds)


def missing_in(sub_course: SubCourse, lines: Sequence[VideoLine]) -> list[VideoLine]:
    """Return the lines whose title no video of a sub-course has, the first of those with the same."""
    titles = set(VIDEOS.siblings_of(sub_course.pk).values_list("title", flat=True))
    found = []
    for line in lines:
        if line.title not in titles:
            titles.add(line.title)
            found.append(line)
    return found


@atomic_again
def add_missing(*, sub_course: SubCourse, lines: Sequence[VideoLine]) -> list[Video]:
    """Add a draft for each line whose title no video of a sub-course has, at the end. Locks the sub-course.

    Raises:
        InvalidError: ``does_not_exist``, the sub-course was deleted meanwhile.
        RefusedError: ``organization_scope_required``.
    """
    list(SubCourse.objects.select_for_update(no_key=True).filter(pk=sub_course.pk))
    videos = [
        Video(sub_course=sub_course, title=line.title, video_url=line.url, duration_seconds=line.seconds)
        for line in missing_in(sub_course, lines)
    ]
    add_all(items=videos, kind=VIDEOS)
    return videos
