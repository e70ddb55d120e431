"""Finding rows by their titles, and opening all branches: bounded, and within the organization."""

from learning.models import Video
from learning.tree.ordering_page import finding, opened
from tests import factories
from tests.contracts.admin_pages import sign_in
from tests.learning.ordering import PAGE


def found(page):
    return [(row.kind, row.title, row.way) for row in page.context["found"].rows]


def test_rows_of_every_level_are_found_with_the_way_to_them(north, sunrise):
    for title, row in (("needle 1", north.category), ("A NEEDLE", north.sub_course)):
        type(row).unscoped.filter(pk=row.pk).update(title=title)
    factories.VideoFactory(sub_course=north.sub_course, title="Needle in it")
    factories.PracticeFactory(sub_course=north.sub_course, title="Needles")
    factories.VideoFactory(sub_course=sunrise.sub_course, title="Needle of others")
    page = sign_in(north.admin).get(PAGE, {"find": " needle "})
    way = ("needle 1", north.course.title)
    assert found(page) == [
        ("categories", "needle 1", ()),
        ("sub-courses", "A NEEDLE", way),
        ("videos", "Needle in it", (*way, "A NEEDLE")),
        ("practices", "Needles", (*way, "A NEEDLE")),
    ]
    for wanted in ("%", "_", "\x00", "nothing"):
        assert not found(sign_in(north.admin).get(PAGE, {"find": wanted})) or wanted == "\x00"


def test_few_rows_are_named_of_many_in_the_same_number_of_statements(north, sunrise, statements):
    browser = sign_in(north.admin)

    def look():
        with statements() as sent:
            page = browser.get(PAGE, {"find": "Alike"}, headers={"X-Requested-With": "fetch"})
        return page, len(sent)

    factories.VideoFactory(sub_course=north.sub_course, title="Alike")
    look()
    _page, few = look()
    Video.unscoped.bulk_create(
        Video(organization=north.organization, sub_course=north.sub_course, title=f"Alike {n}", video_url="")
        for n in range(finding.MOST)
    )
    page, many = look()
    assert many <= few
    assert page.content.decode().count("<li>") == finding.MOST
    assert "The first 50 rows that are called that." in page.content.decode()


def test_all_branches_are_opened_as_far_as_the_page_takes_them(north, sunrise, monkeypatch):
    browser = sign_in(north.admin)
    page = browser.get(PAGE, {"open": "all"}).content.decode()
    assert all(video.title in page for video in north.videos)
    assert "large tree" not in page
    monkeypatch.setattr(opened, "MOST", 2)
    page = browser.get(PAGE, {"open": "all"}).content.decode()
    assert north.sub_course.title in page
    assert north.videos[0].title not in page
    assert "This is a large tree" in page
