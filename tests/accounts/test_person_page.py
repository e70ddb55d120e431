"""The page of one person in the admin: what is known of them and why, and what can be mended from there."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core import mail
from django.utils import timezone

from accounts.models import Role, User
from accounts.people.person_page.contributions import all_acts, sections_for
from accounts.rights.keys import KEYS
from accounts.sign_in.domain.reset_requests import answer_requests
from progress.models import StepException, VideoCompletion
from tests import factories
from tests.accounts.messages import make_message
from tests.accounts.person_page import act_url, do, page_url, text_of
from tests.contracts.admin_pages import messages_of, sign_in

SIGN_IN = ("unlock-sign-in", "send-link", "end-tokens")


@pytest.fixture
def support(north, grant):
    """Someone who helps the people of a campus, and may enter the admin."""
    User.unscoped.filter(pk=north.support.pk).update(is_staff=True)
    grant(north.support, "learners.view_as", "subscriptions.list", "subscriptions.manage")
    return north.support


@pytest.fixture
def desk(support):
    return sign_in(support)


def test_it_says_who_this_is_and_what_they_may_do_and_why(north, sunrise, desk, grant):
    grant(north.student, "videos.list")
    north.student.custom_permissions_filter.add(Permission.objects.get(codename="progress.update"))
    page = text_of(desk.get(page_url(north.student)))
    for expected in (
        north.student.email,
        f"{north.organization.name} › {north.school.name} › {north.campus.name} › {north.classroom.name}",
        "videos.get The role grants it.",
        "videos.list Given to this person, on top of the role.",
        "progress.update Withheld from this person.",
    ):
        assert expected in page, expected


def test_it_explains_one_permission_in_one_place(north, sunrise, desk):
    asked = {"key": "READ_SAFETY_QUIZ_REPORTS", "scope": str(north.school.scope)}
    page = text_of(desk.get(page_url(north.student), asked))
    assert "No: READ_SAFETY_QUIZ_REPORTS" in page
    assert "The role STUDENT does not grant it." in page
    assert "Withheld permissions" in page
    assert "custom_permissions_filter" not in page
    assert "The place does not lie at or below where this person belongs." in page
    assert "There is no such permission." in text_of(desk.get(page_url(north.student), {"key": "nonsense"}))


def test_permission_and_place_are_chosen_and_not_typed(north, sunrise, desk, global_admin):
    def form_of(browser, person):
        sections = browser.get(page_url(person)).context["sections"]
        return next(section.form for section in sections if section.name == "rights")

    form = form_of(desk, north.student)
    assert {key for key, _label in form.fields["key"].choices} == {*KEYS}
    places = [(value, name.strip("\u2003")) for value, name in form.fields["scope"].choices]
    assert places == [
        ("", "any of their places"),
        *((str(place.scope), place.name) for place in (north.campus, north.classroom)),
    ]
    # Who acts in every organization chooses in that of the person.
    places = form_of(sign_in(global_admin), sunrise.student).fields["scope"].choices
    assert [value for value, _name in places][:2] == ["", str(sunrise.organization.scope)]


def test_a_step_is_found_by_its_title_whatever_its_state_and_mended_there(north, sunrise, desk):
    video, other = north.videos[2], factories.CourseFactory(category=north.category)
    hidden = factories.VideoFactory(sub_course=north.sub_course, title="Émile at sea", status="DRAFT")
    for title in ("Emile at home", "Emile at school"):
        factories.VideoFactory(sub_course=factories.SubCourseFactory(course=other), title=title)
    factories.VideoFactory(sub_course=sunrise.sub_course, title="Emile elsewhere")
    found = desk.get(page_url(north.student), {"find": "at emile"})
    page = text_of(found)
    for title in ("Émile at sea", "Emile at home", "Emile at school"):
        assert title in page
    assert "elsewhere" not in page
    address = f"?find=at+emile&amp;step=video%3A{hidden.pk}#tree"
    assert address in found.content.decode()
    why = text_of(desk.get(page_url(north.student), {"find": "at emile", "step": f"video:{hidden.pk}"}))
    assert "“Émile at sea” is not open to them" in why
    assert "It is not published." in why
    # What is looked at is called what people call it, and the word of the documents is explained.
    assert "Sequence Learners take the videos of a sub-course one after the other" in why
    assert "surroundings" not in why
    # What is locked is opened where it is explained.
    asked = {"find": video.title, "step": f"video:{video.pk}", "course": other.pk}
    offered = desk.get(page_url(north.student), asked).content.decode()
    for act in ("step-unlock", "step-complete", "step-waive"):
        assert act_url(north.student, act).rstrip("/") in offered
    for text in ("nothing of the kind", "\0", "%", " "):
        assert desk.get(page_url(north.student), {"find": text}).status_code == 200
    assert "There is no such step for them." in text_of(desk.get(page_url(north.student), {"find": "%"}))


def test_a_permission_is_mended_where_it_is_explained(north, sunrise, as_user):
    lead, browser, key = north.principal, sign_in(north.admin), "READ_SAFETY_QUIZ_REPORTS"
    lead.custom_permissions_filter.add(Permission.objects.get(codename=key))
    report = "/api/safety_quiz_results/completion"
    assert as_user(lead).get(report).status_code == 403
    page = text_of(browser.get(page_url(lead), {"key": key}))
    assert f"No: {key}" in page
    assert "Withheld from this person. Withhold no longer" in page
    do(browser, lead, "let-key", key)
    assert as_user(lead).get(report).status_code == 200
    teacher = north.teacher
    assert "Give this permission" in text_of(browser.get(page_url(teacher), {"key": key}))
    do(browser, teacher, "give-key", key)
    assert as_user(teacher).get(report).status_code == 200
    assert "Take back" in text_of(browser.get(page_url(teacher)))
    do(browser, teacher, "take-key", key)
    assert as_user(teacher).get(report).status_code == 403
    [told] = do(browser, teacher, "give-key", "nonsense")
    assert "no such permission" in told


def test_nobody_gives_a_key_that_they_do_not_hold(north, sunrise, support, grant):
    grant(support, "permissions.update", "progress.update")
    browser = sign_in(support)
    [refusal] = do(browser, north.student, "give-key", "READ_SAFETY_QUIZ_REPORTS")
    assert "may not give or withhold" in refusal
    assert not north.student.custom_permissions.exists()


def test_it_shows_the_tree_as_the_learner_sees_it_and_what_is_still_to_do(north, sunrise, as_user, desk):
    first, second, third = north.videos
    learner = as_user(north.student)
    assert learner.post(f"/api/v1/progress/videos/{first.pk}/complete").status_code == 200
    page = text_of(desk.get(page_url(north.student)))
    assert f"{first.title} completed" in page
    assert re.search(r"Completed a step: video \d", page)
    assert "Worked on a tcode —" in page
    assert f"{second.title} open" in page
    assert f"{third.title} locked still to do before it: “{second.title}”" in page
    blocking = learner.get(f"/api/v1/course-management/videos/{third.pk}").json()["errors"][0]["meta"][
        "blocking"
    ]
    assert [step["title"] for step in blocking] == [second.title]
    why = text_of(desk.get(page_url(north.student), {"step": f"video:{third.pk}"}))
    assert f"“{third.title}” is not open to them" in why
    assert f"Still to do before it: “{second.title}”." in why


def test_support_mends_it_there_and_the_learners_next_request_shows_it(north, sunrise, as_user, desk):
    learner, third = as_user(north.student), north.videos[2]
    address = f"/api/v1/course-management/videos/{third.pk}"
    assert learner.get(address).status_code == 403
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    told = do(desk, north.student, "step-unlock", f"video:{third.pk}", until=tomorrow)
    assert told == ["Done for 1 person."]
    assert learner.get(address).status_code == 200
    page = text_of(desk.get(page_url(north.student)))
    assert "unlocked until" in page
    assert "She called." in page
    [note] = LogEntry.objects.filter(object_id=str(north.student.pk))
    assert note.change_message == f"Unlock until a date: video “{third.title}”: She called."
    history = text_of(sign_in(north.admin).get(f"/admin/accounts/user/{north.student.pk}/history/"))
    assert note.change_message in history


def test_every_act_on_a_step_is_done_from_the_page(north, sunrise, desk):
    about = f"video:{north.videos[0].pk}"
    do(desk, north.student, "step-waive", about, waiver="tested_out")
    do(desk, north.student, "step-unwaive", about)
    do(desk, north.student, "step-complete", about)
    assert VideoCompletion.unscoped.filter(user=north.student).exists()
    do(desk, north.student, "step-undo", about)
    assert not VideoCompletion.unscoped.exists()
    kinds = StepException.unscoped.order_by("given_at").values_list("kind", flat=True)
    assert [*kinds] == ["waive", "complete", "undo"]
    assert do(desk, north.student, "step-undo", about) == ["It was already so."]


def test_an_act_for_the_whole_class_is_looked_at_first(north, sunrise, desk):
    video = north.videos[0]
    about, sent = f"video:{video.pk}", {"post": "yes", "reason": "Snow.", "whole_class": "on"}
    address = act_url(north.student, "step-complete", about)
    VideoCompletion.unscoped.create(user=north.student2, organization=north.organization, video=video)
    looked = desk.post(address, sent)
    page = text_of(looked)
    assert f"{north.student.display_name} {north.classroom.name} video “{video.title}”" in page
    assert "It is already so for 1 learner of the class." in page
    assert 'value="Mark complete for 1 person"' in looked.content.decode()
    assert not VideoCompletion.unscoped.filter(user=north.student).exists(), "nothing is done yet"
    # What was filled in can be changed.
    assert 'value="Snow."' in desk.post(address, {"edit": "Change", "reason": "Snow."}).content.decode()


def test_only_the_number_that_was_looked_at_is_agreed_to(north, sunrise, desk):
    about, sent = f"video:{north.videos[0].pk}", {"post": "yes", "reason": "Snow.", "whole_class": "on"}
    address = act_url(north.student, "step-complete", about)
    assert "Mark complete for 2 people" in desk.post(address, sent).content.decode()
    newcomer = factories.make_user("new@north.test", "STUDENT", at=north.classroom.scope)
    assert "Mark complete for 3 people" in desk.post(address, {**sent, "agreed": "2"}).content.decode()
    assert not VideoCompletion.unscoped.exists()
    assert do(desk, north.student, "step-complete", about, whole_class="on", agreed="3") == [
        "Done for 3 people."
    ]
    assert VideoCompletion.unscoped.filter(user=newcomer).exists()
    # Where it is so for all, there is nothing to agree to.
    assert do(desk, north.student, "step-complete", about, whole_class="on") == [
        "It is already so for 3 learners of the class."
    ]
    User.unscoped.filter(pk=north.student2.pk).update(classroom=None)
    assert do(desk, north.student2, "step-undo", about, whole_class="on") == [
        "They do not belong to a class."
    ]


def test_a_reason_is_asked_for_and_nothing_is_done_without_one(north, sunrise, desk):
    about = f"video:{north.videos[0].pk}"
    for values in ({}, {"post": "yes", "reason": ""}, {"post": "yes", "reason": "x" * 501}):
        answer = desk.post(act_url(north.student, "step-complete", about), values)
        assert answer.status_code == 200
    asked = text_of(desk.get(act_url(north.student, "step-complete", about)))
    assert north.videos[0].title in asked
    assert f"Mark complete: {north.student.display_name}" in asked
    assert not VideoCompletion.unscoped.exists()


@pytest.mark.parametrize(
    "about", ["", "video", "video:x", "video:99999999999", "course:1", "video:1:2", "video:²"]
)
def test_an_address_that_names_nothing_is_told_so(north, sunrise, desk, about):
    answer = desk.post(act_url(north.student, "step-complete", about), {"post": "yes", "reason": "So."})
    assert answer.status_code == 302
    assert messages_of(desk.get("/admin/")) == ["Not found."]
    assert "Not found." in text_of(desk.get(page_url(north.student), {"step": about or "x"}))


# --- Signing in -------------------------------------------------------------------------------------


def test_support_sees_a_lock_out_and_ends_it(north, sunrise, client, desk):
    body = {"email": north.student.email, "password": "wrong"}
    for _ in range(10):
        client.post("/api/v1/auth/login", body)
    right = {**body, "password": factories.PASSWORD}
    assert client.post("/api/v1/auth/login", right).status_code == 429
    assert "locked until" in text_of(desk.get(page_url(north.student)))
    assert do(desk, north.student, "unlock-sign-in") == ["Forgot 10 wrong passwords."]
    assert client.post("/api/v1/auth/login", right).status_code == 200
    assert not AccessAttempt.objects.exists()


def test_support_sends_a_link_to_sign_in(north, sunrise, desk):
    do(desk, north.student, "send-link")
    answer_requests(limit=10)
    assert [message.to for message in mail.outbox] == [[north.student.email]]


def test_support_ends_all_tokens(north, sunrise, as_user, desk):
    learner = as_user(north.student)
    assert learner.get("/api/v1/users/me").status_code == 200
    do(desk, north.student, "end-tokens")
    assert learner.get("/api/v1/users/me").status_code == 401


# --- What others know of them -----------------------------------------------------------------------


def test_tcodes_say_why_they_open_and_a_subscription_is_extended_there(north, sunrise, desk):
    open_one, closed = (factories.TcodeFactory(organization=north.organization) for _ in range(2))
    running = factories.make_subscription(north.student, open_one, days=5)
    page = text_of(desk.get(page_url(north.student)))
    assert f"{open_one.title} yes A subscription runs." in page
    assert f"{closed.title} no There is no subscription." in page
    assert do(desk, north.student, "extend-subscription", running.pk, days=7) == ["Extended by 7 days."]
    after = type(running).unscoped.get(pk=running.pk)
    assert after.ends_at - running.ends_at == timedelta(days=7)
    foreign = factories.make_subscription(sunrise.student, closed)
    assert do(desk, north.student, "extend-subscription", foreign.pk, days=7) == ["Not found."]


def test_of_messages_between_two_people_it_says_only_that_they_were_sent(
    north, sunrise, desk, support, grant
):
    grant(support, "messages.list")
    make_message(north.student, sender=north.teacher, title="secret-title", body="secret-body")
    make_message(north.student, title="to-all", scope=str(north.scope))
    page = text_of(sign_in(support).get(page_url(north.student)))
    assert "to-all" in page
    assert "between two people" in page
    assert "secret" not in page


def test_viewing_as_a_learner_shows_what_they_see_and_is_logged(north, sunrise, as_user, desk):
    view = f"{page_url(north.student)}page/as-learner/"
    first, second, _third = north.videos
    assert north.course.title in text_of(desk.get(view))
    path = text_of(desk.get(view, {"course": north.course.pk}))
    assert f"{first.title} no no" in path
    assert f"{second.title} no yes" in path
    assert first.video_url in text_of(desk.get(view, {"step": f"video:{first.pk}"}))
    locked = text_of(desk.get(view, {"step": f"video:{second.pk}"}))
    assert second.video_url not in locked
    assert f"Complete the earlier steps first. {first.title}" in locked
    question = factories.QuestionFactory(question_set=north.practices[0], explanation="mark-of-answers")
    practice = text_of(desk.get(view, {"step": f"practice:{north.practices[0].pk}"}))
    assert question.text in practice
    assert "mark-of-answers" not in practice
    for wrong in ({"course": "x"}, {"course": sunrise.course.pk}, {"step": f"video:{sunrise.videos[0].pk}"}):
        assert "Not found." in text_of(desk.get(view, wrong))
    notes = LogEntry.objects.filter(object_id=str(north.student.pk)).values_list("change_message", flat=True)
    assert "Viewed as this learner" in notes
    assert f"Viewed as this learner: step video:{first.pk}" in notes


# --- Who sees what ----------------------------------------------------------------------------------


def test_people_out_of_reach_are_not_there(north, sunrise, desk):
    elsewhere = factories.make_user("high@north.test", "STUDENT", at=north.organization.scope)
    for person in (sunrise.student, elsewhere, User()):
        for address in (
            page_url(person),
            act_url(person, "end-tokens"),
            act_url(person, "step-complete", f"video:{north.videos[0].pk}"),
            f"{page_url(person)}page/as-learner/",
        ):
            assert desk.get(address).status_code == desk.post(address, {"post": "yes"}).status_code == 404


def test_each_section_is_for_holders_of_its_key_and_each_act_as_well(north, sunrise):
    reader = factories.make_user("reader@north.test", "GUEST", at=north.scope, is_staff=True)
    reader.custom_permissions.set(Permission.objects.filter(codename="users.list"))
    browser = sign_in(reader)
    page = browser.get(page_url(north.student))
    assert [section.name for section in page.context["sections"]] == ["who"]
    assert not page.context["pages"]
    for act in all_acts():
        about = f"video:{north.videos[0].pk}"
        assert browser.post(act_url(north.student, act, about), {"post": "yes"}).status_code == 403
    assert browser.get(f"{page_url(north.student)}page/as-learner/").status_code == 403
    assert browser.get(f"{page_url(north.student)}page/who/").status_code == 403
    reader.custom_permissions.clear()
    assert sign_in(reader).get(page_url(north.student)).status_code == 403


def test_everyone_who_administers_reads_every_section(north, sunrise):
    page = sign_in(north.admin).get(page_url(north.student))
    shown = {section.name for section in page.context["sections"]}
    known = sections_for(User.unscoped.get(pk=north.admin.pk))
    assert shown == {name for name, one in known.items() if not one.logged}
    assert len(shown) >= 9
    assert Role.objects.get(name="SUPPORT").permissions.filter(codename="sign_in.manage").exists()


def test_the_page_takes_as_many_statements_for_many_rows_as_for_few(north, sunrise, as_user, statements):
    browser = sign_in(north.admin)

    def grow(number):
        for n in range(number):
            video = factories.VideoFactory(sub_course=north.sub_course, display_order=n)
            course = factories.CourseFactory(category=north.category)
            factories.VideoFactory(sub_course=factories.SubCourseFactory(course=course))
            factories.VideoFactory(sub_course=factories.SubCourseFactory(course=north.course))
            make_message(north.student)
            factories.make_subscription(
                north.student, factories.TcodeFactory(organization=north.organization)
            )
            body = {"type": "video", "step_id": video.pk, "reason": "So.", "waiver": "equivalent"}
            address = f"/api/v1/users/{north.student.pk}/exceptions/waive"
            assert as_user(north.admin).post(address, body).status_code == 200

    def read():
        # What is kept of a path is rendered again once it has changed.
        browser.get(page_url(north.student), query)
        with statements() as sent:
            assert browser.get(page_url(north.student), query).status_code == 200
        return sent

    query = {"step": f"video:{north.videos[0].pk}", "key": "videos.get", "course": north.course.pk}
    grow(1)
    few = read()
    grow(4)
    many = read()
    assert len(many) == len(few) < 40, "\n".join(many.sql)
