"""The types of interactions that may be logged: the one place where they are named.

A client may log what is named nowhere under a type of its own, which begins with ``x-``.

A further type is one entry here: the API takes it, the admin filters by it, the export makes xAPI statements
of it. An entry that does not fit together stops the start. Keys are never renamed: what was logged is kept.
"""

import re
from collections.abc import Iterable
from typing import Final

from django.core.exceptions import ImproperlyConfigured

from progress.interactions.declaring import Activity, InteractionType, Verb, flag, number, text, whole
from progress.models import MAX_TYPE

OWN_TYPES: Final = "x-"
"""What the names of types begin with that clients choose for themselves."""

_OWN_TYPE: Final = re.compile(rf"{OWN_TYPES}[a-z0-9][a-z0-9-]*")

_ADL: Final = "http://adlnet.gov/expapi"
_STREAMS: Final = "http://activitystrea.ms/schema/1.0"
_REGISTRY: Final = "http://id.tincanapi.com"

_ID: Final = whole(at_least=1, at_most=10**18 - 1)
_SLIDE: Final = whole(at_least=0, at_most=2**31 - 1)
_COUNT: Final = whole(at_least=0, at_most=2**31 - 1)
# A day: what took longer was left open.
_SECONDS: Final = number(at_least=0, at_most=86_400)

TCODE: Final = Activity("tcodes/{tcodeId}", f"{_ADL}/activities/course", "Tcode {tcodeId}")
_SLIDE_OF_TCODE: Final = Activity(
    "tcodes/{tcodeId}/slides/{slide}",
    f"{_REGISTRY}/activitytype/slide",
    "Slide {slide} of tcode {tcodeId}",
)

INTERACTIONS: Final[dict[str, InteractionType]] = {
    "opened-tcode": InteractionType(
        verb=Verb(f"{_ADL}/verbs/launched", "launched"),
        required={"tcodeId": _ID},
        activities=(TCODE,),
        example={"tcodeId": 12},
    ),
    "viewed-slide": InteractionType(
        verb=Verb(f"{_REGISTRY}/verb/viewed", "viewed"),
        required={"tcodeId": _ID, "slide": _SLIDE},
        optional={"seconds": _SECONDS},
        activities=(_SLIDE_OF_TCODE,),
        result={"duration": "seconds"},
        example={"tcodeId": 12, "slide": 4, "seconds": 37.5},
    ),
    "bookmarked-slide": InteractionType(
        verb=Verb(f"{_REGISTRY}/verb/bookmarked", "bookmarked"),
        required={"tcodeId": _ID, "slide": _SLIDE},
        optional={"note": text(at_most=2000)},
        activities=(_SLIDE_OF_TCODE,),
        result={"response": "note"},
        example={"tcodeId": 12, "slide": 4, "note": "Ask about this on Monday."},
    ),
    "completed-tcode": InteractionType(
        verb=Verb(f"{_ADL}/verbs/completed", "completed"),
        required={"tcodeId": _ID},
        optional={"seconds": _SECONDS},
        activities=(TCODE,),
        result={"completion": True, "duration": "seconds"},
        example={"tcodeId": 12, "seconds": 1830},
    ),
    "rated-tcode": InteractionType(
        verb=Verb(f"{_REGISTRY}/verb/rated", "rated"),
        required={"tcodeId": _ID, "rating": whole(at_least=1, at_most=5)},
        optional={"comment": text(at_most=2000)},
        activities=(TCODE,),
        result={"score": "rating", "response": "comment"},
        example={"tcodeId": 12, "rating": 4, "comment": "Clear, but long."},
    ),
    "watched-video": InteractionType(
        verb=Verb(f"{_STREAMS}/watch", "watched"),
        required={"videoId": _ID},
        optional={"seconds": _SECONDS, "position": _SECONDS, "finished": flag()},
        activities=(Activity("videos/{videoId}", f"{_STREAMS}/video", "Video {videoId}"),),
        result={"duration": "seconds", "completion": "finished"},
        example={"videoId": 7, "seconds": 95, "position": 180, "finished": True},
    ),
    "searched": InteractionType(
        verb=Verb(f"{_STREAMS}/search", "searched"),
        required={"query": text(at_most=500)},
        optional={"tcodeId": _ID, "results": _COUNT},
        activities=(TCODE, Activity("tcodes", f"{_STREAMS}/collection", "All tcodes")),
        result={"response": "query"},
        example={"query": "fractions", "results": 3},
    ),
    "asked-question": InteractionType(
        verb=Verb(f"{_ADL}/verbs/asked", "asked"),
        required={"question": text(at_most=5000)},
        optional={"tcodeId": _ID, "slide": _SLIDE},
        activities=(_SLIDE_OF_TCODE, TCODE, Activity("tcodes", f"{_STREAMS}/collection", "All tcodes")),
        result={"response": "question"},
        example={"question": "Why is the sum 7?", "tcodeId": 12, "slide": 4},
    ),
    "answered-question": InteractionType(
        verb=Verb(f"{_ADL}/verbs/answered", "answered"),
        required={"tcodeId": _ID, "question": text(at_most=200)},
        optional={"answer": text(at_most=5000), "correct": flag(), "seconds": _SECONDS, "slide": _SLIDE},
        activities=(
            Activity(
                "tcodes/{tcodeId}/questions/{question}",
                f"{_ADL}/activities/question",
                "Question {question} of tcode {tcodeId}",
            ),
        ),
        result={"response": "answer", "success": "correct", "duration": "seconds"},
        example={"tcodeId": 12, "question": "4b", "answer": "7", "correct": True, "seconds": 12},
    ),
    "downloaded-file": InteractionType(
        verb=Verb(f"{_REGISTRY}/verb/downloaded", "downloaded"),
        required={"tcodeId": _ID, "file": text(at_most=500)},
        activities=(
            Activity("tcodes/{tcodeId}/files/{file}", f"{_STREAMS}/file", "{file} of tcode {tcodeId}"),
        ),
        example={"tcodeId": 12, "file": "worksheet.pdf"},
    ),
}
"""Every type by its name. What they say has happened is logged; nothing is completed by it."""


def check_names(names: Iterable[str]) -> None:
    """Refuse names that the table would not take.

    Raises:
        ImproperlyConfigured: naming the first that is wrong.
    """
    for name in names:
        if len(name) > MAX_TYPE or not re.fullmatch(r"[a-z][a-z0-9-]*", name) or is_own_type(name):
            raise ImproperlyConfigured(f"{name!r} cannot be a type of interactions.")


def is_own_type(name: str) -> bool:
    """Whether a name is one that clients may choose for themselves, with any payload."""
    return len(name) <= MAX_TYPE and _OWN_TYPE.fullmatch(name) is not None


check_names(INTERACTIONS)
