"""What stands between the server and Django: bodies are read first, threads are taken last."""

import asyncio
import io
import os
import threading
import time
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryFile

import pytest
from django.conf import settings

from config.serving import bodies, lanes, unsent
from config.serving.application import Server
from config.serving.bodies import Bodies, Limit, RefusedRequest
from config.serving.wsgi import FileWrapper
from tests.config.rsgi import Headers, Protocol, Scope, ask, hello
from tests.contracts.routes import ROUTES
from tests.memory import peak_of

KIB = 1024


def server_of(application, threads=1, admin_threads=1, login_threads=1):
    return Server(application, threads=threads, admin_threads=admin_threads, login_threads=login_threads)


def test_a_request_is_answered_with_its_body():
    body = b"x" * 200_000
    sent = Scope(method="POST", content__length=str(len(body))), [body[:1000], body[1000:]]
    [protocol] = ask(server_of(hello), sent)
    assert protocol.answer == (200, {"Content-Type": "text/plain"}, body)


LONG = ["/admin/slow/", *settings.REPORT_PATHS]


@pytest.mark.parametrize("long", [*LONG, *settings.PASSWORD_PATHS])
def test_pages_reports_and_logins_that_take_long_do_not_keep_learners_waiting(long):
    api_has_answered = threading.Event()

    def application(environ, start_response):
        if environ["PATH_INFO"].startswith(long):
            assert api_has_answered.wait(10)
        else:
            api_has_answered.set()
        return hello(environ, start_response)

    requests = [(Scope(long), ())] * 5 + [(Scope(), ())]
    assert {protocol.status for protocol in ask(server_of(application), *requests)} == {200}


@pytest.mark.parametrize("long", LONG)
def test_nobody_waits_behind_pages_and_reports_to_log_in(long):
    somebody_is_in = threading.Event()

    def application(environ, start_response):
        if environ["PATH_INFO"].startswith(long):
            assert somebody_is_in.wait(10)
        else:
            somebody_is_in.set()
        return hello(environ, start_response)

    requests = [(Scope(long), ())] * 5 + [(Scope("/api/v1/auth/login", "POST"), ())]
    assert {protocol.status for protocol in ask(server_of(application), *requests)} == {200}


def test_reports_and_logins_are_known_by_paths_that_there_are():
    paths = [f"/api/{route.path}" for route in ROUTES] + ["/account/"]
    known = (*settings.REPORT_PATHS, *settings.PASSWORD_PATHS)
    assert all(any(path.startswith(begins) for path in paths) for begins in known)


def test_a_class_that_logs_in_waits_for_longer_than_others(monkeypatch):
    monkeypatch.setattr(lanes, "PATIENCE", -1)
    requests = [(Scope(), ()), (Scope("/api/v1/auth/login", "POST"), ())]
    assert [protocol.status for protocol in ask(server_of(hello), *requests)] == [503, 200]


def test_of_too_many_that_wait_some_are_refused_at_once(monkeypatch):
    monkeypatch.setattr(lanes, "QUEUED_FOR_A_THREAD", 2)
    refused = threading.Event()

    def application(environ, start_response):
        assert refused.wait(10)
        return hello(environ, start_response)

    class Watched(Protocol):
        def response_bytes(self, status, *rest):
            super().response_bytes(status, *rest)
            if status == 503:
                refused.set()

    protocols = [Watched() for _ in range(5)]
    server = server_of(application)

    async def run():
        await asyncio.wait_for(asyncio.gather(*(server.__rsgi__(Scope(), p) for p in protocols)), 20)

    asyncio.run(run())
    assert sorted(protocol.status for protocol in protocols) == [200, 200, 200, 503, 503]
    assert {protocol.code for protocol in protocols if protocol.status == 503} == {"busy"}
    assert all(p.answer[1]["retry-after"] == "5" for p in protocols if p.status == 503)


def test_who_has_waited_for_too_long_is_refused_instead_of_handled(monkeypatch):
    monkeypatch.setattr(lanes, "PATIENCE", -1)
    handled = []
    [protocol] = ask(server_of(lambda *args: handled.append(args)), (Scope(), ()))
    assert (protocol.status, protocol.code, handled) == (503, "busy", [])


def test_a_body_that_ends_early_is_handled_by_nobody():
    handled = []
    sent = Scope(method="POST", content__length="100"), [b"{}"]
    [protocol] = ask(server_of(lambda *args: handled.append(args)), sent)
    assert (protocol.status, protocol.code, handled) == (400, "body_incomplete", [])


@pytest.mark.parametrize(
    ("path", "origin", "allowed"),
    [
        ("/api/v1/x", "https://app.example", True),
        ("/api/v1/x", "https://stranger.example", False),
        ("/admin/login/", "https://app.example", False),
    ],
)
def test_an_app_on_another_origin_reads_what_is_refused_before_django(settings, path, origin, allowed):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    [protocol] = ask(
        server_of(hello), (Scope(path, "POST", content__length="2000000", origin=origin), [b"x" * 2_000_000])
    )
    status, headers, _body = protocol.answer
    assert status == 413
    assert headers.get("access-control-allow-origin") == (origin if allowed else None)
    assert ("Retry-After" in headers.get("access-control-expose-headers", "")) is allowed
    assert headers.get("vary") == (None if path.startswith("/admin/") else "origin")


@pytest.mark.parametrize("path", ["/admin/login/", "/account/password"])
def test_a_page_that_is_refused_is_a_page(path):
    [protocol] = ask(server_of(hello), (Scope(path, "POST", content__length="2000000"), [b"x" * 2_000_000]))
    assert protocol.answer[0] == 413
    assert protocol.answer[1]["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("/admin/progress/useritemprogress/import/", settings.MAX_IMPORT_BYTES),
        ("/admin/login/", settings.MAX_BODY_BYTES),
        ("/admin/progress/useritemprogress/import/x", settings.MAX_BODY_BYTES),
        ("/api/v1/admin/a/b/import/", settings.MAX_BODY_BYTES),
    ],
)
def test_files_are_taken_only_where_they_are_imported(path, taken):
    limit = bodies.limit_of(path)
    assert taken <= limit.bytes <= taken + 64 * KIB


def test_all_bodies_together_have_a_limit_and_give_back_their_room():
    held = Bodies(100 * KIB)
    headers, limit = Headers({"transfer-encoding": "chunked"}), Limit(80 * KIB, 5)

    def read(size):
        return asyncio.run(held.read(Protocol([b"x" * size]), headers, limit))

    first = read(70 * KIB)
    with pytest.raises(RefusedRequest) as refused:
        read(70 * KIB)
    assert (refused.value.status, refused.value.code) == (503, "busy")
    with pytest.raises(RefusedRequest) as refused:
        read(90 * KIB)
    held.release(first)
    held.release(first)
    assert held.held == 0
    assert read(70 * KIB).read() == b"x" * 70 * KIB


def body_and_peak(chunks):
    """Return a body that has arrived in chunks, and how much memory that took at most."""
    protocol, limit, read = Protocol(chunks), Limit(10_000 * KIB, 60), []
    headers = Headers({"transfer-encoding": "chunked"})
    peak = peak_of(lambda: read.append(asyncio.run(Bodies(limit.bytes).read(protocol, headers, limit))))
    return read[0].read(), peak


@pytest.mark.parametrize(("size", "length"), [(1, 100 * KIB), (1000, 600 * KIB), (50 * KIB, 600 * KIB)])
def test_a_body_takes_no_more_memory_in_small_chunks_than_in_large_ones(size, length):
    chunks = [b"x" * size] * (length // size)
    body, peak = body_and_peak(chunks)
    assert body == b"".join(chunks)
    assert peak < 2.2 * length  # in pieces, and put together


def test_what_is_longer_than_what_memory_holds_is_whole_and_on_disk():
    chunks = [bytes([number]) * 30 * KIB for number in range(100)]
    body, peak = body_and_peak(chunks)
    assert body == b"".join(chunks)
    assert peak < 1.5 * bodies.IN_MEMORY


def test_a_name_with_an_underscore_does_not_pass_for_what_a_proxy_says():
    seen = {}

    def application(environ, start_response):
        seen.update(environ)
        return hello(environ, start_response)

    headers = {"x_forwarded_for": "6.6.6.6", "x__forwarded__for": "1.2.3.4", "cookie": "a=1"}
    ask(server_of(application), (Scope("/api/ü", **headers), ()))
    assert seen["HTTP_X_FORWARDED_FOR"] == "1.2.3.4"
    assert seen["REMOTE_ADDR"] == "::1"
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/api/ü"


def test_an_answer_is_made_as_a_whole_and_closed():
    events = []

    class Streamed:
        def __iter__(self):
            yield b"a,b\n"
            yield b"1,2\n"

        def close(self):
            events.append("closed")

    def application(environ, start_response):
        start_response("200 OK", [])
        return Streamed()

    [protocol] = ask(server_of(application), (Scope(), ()))
    assert protocol.answer[2] == b"a,b\n1,2\n"
    assert events == ["closed"]


def test_a_long_answer_that_comes_in_pieces_is_sent_from_disk():
    size, pieces = KIB * KIB, 24

    class Streamed:
        streaming = True

        def __iter__(self):
            for number in range(pieces):
                yield bytes([number]) * size

    def application(environ, start_response):
        start_response("200 OK", [("content-type", "text/csv")])
        return Streamed()

    answered = []
    assert peak_of(lambda: answered.extend(ask(server_of(application), (Scope(), ())))) < 4 * size
    [protocol] = answered
    status, headers, _body = protocol.answer
    assert (status, headers["content-length"]) == (200, str(pieces * size))
    with protocol.file as file:
        for number in range(pieces):
            assert file.read(size) == bytes([number]) * size
        assert file.read() == b""


def test_a_long_answer_that_is_in_memory_is_sent_from_disk_too():
    body = b"x" * bodies.IN_MEMORY + b"y"

    def application(environ, start_response):
        start_response("200 OK", [("content-length", str(len(body)))])
        return [body]

    [protocol] = ask(server_of(application), (Scope(), ()))
    with protocol.file as sent:
        assert sent.read() == body
    assert protocol.answer[1] == {"content-length": str(len(body))}


@pytest.mark.parametrize("bound", [{"UNSENT_ANSWERS": 2}, {"UNSENT_MEGABYTES": 5}])
def test_long_answers_that_are_not_read_take_room_on_disk_up_to_a_bound(settings, bound):
    for name, value in bound.items():
        setattr(settings, name, value)

    def application(environ, start_response):
        start_response("200 OK", [])
        return FileWrapper(io.BytesIO(b"x" * bodies.IN_MEMORY * 2))

    protocols = ask(server_of(application), *[(Scope(), ()), (Scope(), ()), (Scope(), ())])
    assert [protocol.status for protocol in protocols] == [200, 200, 503]
    assert protocols[2].code == "busy"
    assert protocols[2].answer[1]["retry-after"] == "30"
    for protocol in protocols[:2]:
        protocol.file.close()


def handed_over(answers, length):
    """Hand a file over; return it as the server opens it."""
    file = TemporaryFile()  # noqa: SIM115 - closed when it is sent
    file.write(b"x" * length)
    return Path(answers.add(file, length)).open("rb")


def test_a_long_answer_that_has_been_read_makes_room_for_another(monkeypatch):
    monkeypatch.setattr(unsent, "SECONDS_TO_OPEN", 0)
    answers = unsent.UnsentAnswers(limit=10 * KIB, number=1, seconds=600)
    first = handed_over(answers, KIB)
    with TemporaryFile() as another, pytest.raises(RefusedRequest, match="Too many long answers"):
        answers.add(another, KIB)
    first.close()
    with handed_over(answers, 2 * KIB) as second:
        assert [one.length for one in answers.held] == [2 * KIB]
        assert len(second.read()) == 2 * KIB


def test_a_long_answer_that_has_been_read_is_let_go_of_by_and_by(monkeypatch):
    monkeypatch.setattr(unsent, "LOOKED_AT_EVERY", 0)
    answers = unsent.UnsentAnswers(limit=10 * KIB, number=1, seconds=600)
    with handed_over(answers, KIB):
        monkeypatch.setattr(unsent, "SECONDS_TO_OPEN", 0)
        answers._look()
        assert answers.held
    until = time.monotonic() + 10
    while answers.held:
        assert time.monotonic() < until, "nobody looked whether it was sent"
        time.sleep(0.01)


def test_a_long_answer_that_nobody_reads_is_cut_off_for_another_after_a_while():
    answers = unsent.UnsentAnswers(limit=2 * KIB, number=9, seconds=0)
    with handed_over(answers, 2 * KIB) as late, handed_over(answers, KIB) as kept:
        assert os.fstat(late.fileno()).st_size == 0
        assert len(kept.read()) == KIB


@pytest.mark.parametrize("file", [TemporaryFile, SpooledTemporaryFile])
def test_a_long_file_without_a_name_is_sent_as_it_lies_on_disk(file):
    long, made = b"x" * bodies.IN_MEMORY * 2, []

    def application(environ, start_response):
        start_response("200 OK", [])
        content = file() if file is TemporaryFile else file(KIB)
        content.write(long)
        content.seek(0)
        made.append(os.fstat(content.fileno()).st_ino)
        return FileWrapper(content)

    [protocol] = ask(server_of(application), (Scope(), ()))
    with protocol.file as sent:
        assert os.fstat(sent.fileno()).st_ino == made[0]
        assert sent.read() == long
    assert protocol.answer[1] == {"content-length": str(len(long))}


def test_a_short_answer_that_comes_in_pieces_is_sent_at_once():
    def application(environ, start_response):
        start_response("200 OK", [])
        return FileWrapper(io.BytesIO(b"a,b\n1,2\n"))

    [protocol] = ask(server_of(application), (Scope(), ()))
    assert protocol.answer == (200, {}, b"a,b\n1,2\n")


def test_an_answer_that_fails_while_it_is_made_is_a_500_without_a_word_about_why(settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]

    def application(environ, start_response):
        start_response("200 OK", [])

        def broken():
            yield b"x"
            raise RuntimeError("SELECT secret")

        return broken()

    server = server_of(application)
    first, second = (ask(server, (Scope(origin="https://app.example"), ())) for _ in range(2))
    for [protocol] in (first, second):
        assert (protocol.status, protocol.code) == (500, "error")
        assert protocol.answer[1]["access-control-allow-origin"] == "https://app.example"
        assert b"secret" not in protocol.answer[2]
