"""Reading what a client sends, before anybody works for it: only so much, and only so long."""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Awaitable
from tempfile import TemporaryFile
from typing import IO, Any, Final, NamedTuple, Protocol

from django.conf import settings

# A form is a little longer than the file in it.
_AROUND_A_FILE: Final = 64 * 1024
_AT_ONCE: Final = 64 * 1024
_PIECE: Final = 4096
"""Bytes; what arrives in smaller chunks is put together, as each has a head of its own."""
IN_MEMORY: Final = 1024 * 1024
"""How long a body, or an answer, may be that is not put on disk."""

_DRAINED_BYTES: Final = 8 * 1024 * 1024
_DRAINED_SECONDS: Final = 2


class Incoming(Protocol):
    """A request of the server's, as far as its body is concerned."""

    def __call__(self) -> Awaitable[bytes]: ...

    def __aiter__(self) -> AsyncIterator[bytes]: ...


class Limit(NamedTuple):
    """How long a body may be, in bytes, and how long it may take, in seconds."""

    bytes: int
    seconds: float


class RefusedRequest(Exception):
    """A request that no thread is to be taken for.

    Attributes:
        retry_after: seconds; None where it is of no use to repeat the request.
        closes: whether the client may still be sending, so that the connection is of no further use.
    """

    def __init__(
        self, status: int, code: str, detail: str, *, retry_after: int | None = None, closes: bool = True
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        self.closes = closes


_SMALL: Final = Limit(settings.MAX_BODY_BYTES, settings.BODY_SECONDS)
_IMPORT: Final = Limit(settings.MAX_IMPORT_BYTES + _AROUND_A_FILE, settings.UPLOAD_SECONDS)
_IMPORT_PATH: Final = re.compile(re.escape(settings.ADMIN_PATH) + r"\w+/\w+/import/")


def limit_of(path: str) -> Limit:
    """Return what is taken at a path: files where they are imported, small bodies anywhere else."""
    return _IMPORT if _IMPORT_PATH.fullmatch(path) else _SMALL


class Bodies:
    """The bodies that a process holds, in memory or on disk: only so many bytes of all of them together."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.held = 0

    async def read(self, incoming: Incoming, headers: Any, limit: Limit) -> IO[bytes]:
        """Return a body that has arrived as a whole, to be given back with ``release``.

        Raises:
            Refused: it is too long, too slow, or there is no room.
        """
        length = _length_of(headers)
        if length is None and "transfer-encoding" not in headers:
            return io.BytesIO()
        if length is not None and length > limit.bytes:
            raise _too_large(limit)
        try:
            if length is not None and length <= _AT_ONCE:
                body: IO[bytes] = io.BytesIO(await _within(limit.seconds, incoming()))
                self.held += _size(body)
            else:
                async with asyncio.timeout(limit.seconds):
                    body = await self._stream(incoming, limit)
        except TimeoutError:
            raise RefusedRequest(408, "body_too_slow", "The request body did not arrive in time.") from None
        if length is not None and _size(body) != length:
            self.release(body)
            raise RefusedRequest(400, "body_incomplete", "The request body ended early.")
        return body

    async def _stream(self, incoming: Incoming, limit: Limit) -> IO[bytes]:
        # In pieces: a buffer that grows is copied again and again, and leaves holes as large as itself.
        pieces: list[bytes] = []
        on_disk: IO[bytes] | None = None
        size = 0
        try:
            async for chunk in incoming:
                size += len(chunk)
                self.held += len(chunk)
                if size > limit.bytes:
                    raise _too_large(limit)
                if self.held > self.limit:
                    raise RefusedRequest(503, "busy", "Too much is being sent right now.", retry_after=5)
                if pieces and len(pieces[-1]) < _PIECE:
                    pieces[-1] += chunk
                else:
                    pieces.append(chunk)
                if size > IN_MEMORY:
                    on_disk = on_disk or TemporaryFile()  # noqa: SIM115
                    on_disk.writelines(pieces)
                    pieces.clear()
        except BaseException:
            self.held -= size
            if on_disk is not None:
                on_disk.close()
            raise
        body = on_disk or io.BytesIO(b"".join(pieces))
        body.seek(0)
        return body

    def release(self, body: IO[bytes]) -> None:
        """Forget a body that was read."""
        if not body.closed:
            self.held -= _size(body)
            body.close()


async def drain(incoming: Incoming) -> None:
    """Read on for a moment: who still sends when the connection is closed may not see the answer."""
    size = 0
    try:
        async with asyncio.timeout(_DRAINED_SECONDS):
            async for chunk in incoming:
                size += len(chunk)
                if size > _DRAINED_BYTES:
                    return
    except (TimeoutError, RuntimeError):
        return


async def _within(seconds: float, arriving: Any) -> bytes:
    """Await the server's own future; half the price of ``asyncio.timeout``."""
    timer = asyncio.get_running_loop().call_later(seconds, arriving.cancel)
    try:
        return await arriving  # type: ignore[no-any-return]
    except asyncio.CancelledError:
        raise TimeoutError from None
    finally:
        timer.cancel()


def _length_of(headers: Any) -> int | None:
    # The server has refused what is no number already.
    sent = headers.get("content-length")
    return int(sent) if sent and sent.isdecimal() else None


def _size(body: IO[bytes]) -> int:
    position = body.tell()
    size = body.seek(0, io.SEEK_END)
    body.seek(position)
    return size


def _too_large(limit: Limit) -> RefusedRequest:
    return RefusedRequest(
        413, "body_too_large", f"The request body is larger than {limit.bytes // 1024:,} KiB."
    )
