"""The page of a person, read and used as staff do."""

import re

from tests.contracts.admin_pages import messages_of


def page_url(person):
    return f"/admin/accounts/user/{person.pk}/person/"


def act_url(person, act, about=""):
    return f"{page_url(person)}{act}/" + (f"?about={about}" if about else "")


def text_of(answer):
    """Return a page as it reads, without marks."""
    assert answer.status_code == 200, answer.status_code
    content = answer.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content[content.index('id="content"') :]))


def do(desk, person, act, about="", **values):
    answer = desk.post(act_url(person, act, about), {"post": "yes", "reason": "She called.", **values})
    assert answer.status_code == 302, text_of(answer)
    return messages_of(desk.get("/admin/"))
