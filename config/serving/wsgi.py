"""A request of the server's as WSGI sees it, and the answer the other way."""

import logging
import os
import sys
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from config.api.errors import error_body
from config.serving.bodies import IN_MEMORY, RefusedRequest
from config.serving.cors import cors_headers
from config.serving.unsent import UnsentAnswers

logger = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class FileWrapper:
    """A file that is an answer; the server sends what has a path by itself."""

    def __init__(self, file: Any, block_size: int = 65536) -> None:
        self.file = file
        self.block_size = block_size
        self.close = getattr(file, "close", lambda: None)

    def __iter__(self) -> Iterable[bytes]:
        return iter(lambda: self.file.read(self.block_size), b"")

    @property
    def path(self) -> str | None:
        """Where the whole of it lies."""
        name = getattr(self.file, "name", None)
        return name if isinstance(name, str) and self.file.tell() == 0 else None

    def without_name(self) -> IO[bytes] | None:
        """Return the file once more, at its end, if it is on disk and has no name."""
        number = getattr(self.file, "name", None)
        if not isinstance(number, int):
            return None
        self.file.flush()
        # The application closes its own.
        file = os.fdopen(os.dup(number), "rb")
        file.seek(0, os.SEEK_END)
        return file


def environ_of(scope: Any, body: IO[bytes], length: int) -> dict[str, Any]:
    """Return the environment of a request whose body has arrived."""
    server, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "CONTENT_LENGTH": str(length),
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    for name, value in scope.headers.items():
        if name == "content-type":
            environ["CONTENT_TYPE"] = value
        # An underscore would pass for a dash: a client could send what only a proxy may say.
        elif name != "content-length" and "_" not in name:
            key = "HTTP_" + name.replace("-", "_").upper()
            between = "; " if name == "cookie" else ","
            environ[key] = f"{environ[key]}{between}{value}" if key in environ else value
    return environ


def answer(
    application: Application,
    environ: dict[str, Any],
    protocol: Any,
    *,
    parting: list[tuple[str, str]],
    unsent: UnsentAnswers,
    refuse: Callable[[RefusedRequest], None],
) -> None:
    """Have the application answer, as a whole: no thread ever waits for a client that reads slowly.

    What is long the server sends from disk: in memory it would be as often as clients are slow. What comes in
    pieces is never there as a whole.

    Args:
        parting: headers that are added, as they are when the answer is made.
        unsent: has room for a long answer, or not.
        refuse: answers then.
    """
    status, headers = 500, [("content-type", "application/json")]

    def start_response(line: str, sent: list[tuple[str, str]], exc_info: Any = None) -> None:
        nonlocal status, headers
        status, headers = int(line[:3]), [*sent, *parting]

    result: Any = None
    try:
        result = application(environ, start_response)
        if isinstance(result, FileWrapper) and result.path:
            protocol.response_file(status, headers, result.path)
        elif isinstance(file := _whole(result), bytes):
            protocol.response_bytes(status, headers, file)
        elif (length := file.tell()) > IN_MEMORY:
            headers = [header for header in headers if header[0].lower() != "content-length"]
            try:
                path = unsent.add(file, length)
            except RefusedRequest as refused:
                file.close()
                refuse(refused)
            else:
                protocol.response_file(status, [*headers, ("content-length", str(length))], path)
        else:
            with file:
                file.seek(0)
                protocol.response_bytes(status, headers, file.read())
    except Exception:
        # Django answers whatever happens in a view; this is an answer that failed while it was being made.
        logger.exception("no answer to %s %s", environ["REQUEST_METHOD"], environ["PATH_INFO"])
        failed = error_body("error", "A server error occurred.", server=True)
        headers = cors_headers(environ["PATH_INFO"], environ.get("HTTP_ORIGIN"))
        protocol.response_bytes(500, [*headers, *parting, ("content-type", "application/json")], failed)
    finally:
        if hasattr(result, "close"):
            result.close()


def _whole(result: Any) -> bytes | IO[bytes]:
    """Return what an application has answered; what is long or comes in pieces as a file, at its end."""
    if not (isinstance(result, FileWrapper) or getattr(result, "streaming", False)):
        body = b"".join(result)
        if len(body) <= IN_MEMORY:
            return body
        result = (body,)
    if isinstance(result, FileWrapper) and (whole := result.without_name()):
        return whole
    file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # type: ignore[assignment]  # noqa: SIM115
    try:
        # One by one: all at once they would be in memory before the file looks how long it is.
        for piece in result:
            file.write(piece)
    except BaseException:
        file.close()
        raise
    return file
