"""Requests over HTTP, with the standard library: one connection kept open, bounded in time and size.

The one module of this package that does I/O. A certificate is always verified, no redirect is followed and
no proxy of the environment is used, so a secret goes to the endpoint and nowhere else.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from typing import Any

from xapi.client import Answer, Unreachable
from xapi.endpoints import Endpoint

SECONDS_TO_CONNECT = 10.0
SECONDS = 60.0
# What is sent may take so much longer as its bytes need at this speed.
SLOWEST_BYTES_PER_SECOND = 64 * 1024
LARGEST_ANSWER = 32 * 1024 * 1024
# Of the status lines and headers before an answer's body, those of "100 Continue" included: however fast they
# come, they end.
LARGEST_HEAD = 256 * 1024


def is_loopback(endpoint: Endpoint) -> bool:
    """Whether the endpoint's host is this very machine by one of the addresses it has just now."""
    if endpoint.is_loopback:
        return True
    try:
        found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    addresses = [ipaddress.ip_address(str(address[0]).partition("%")[0]) for *_, address in found]
    # Who connects to "any address" comes to this machine too.
    return any(
        one.is_loopback or one.is_unspecified or (mapped is not None and mapped.is_loopback)
        for one in addresses
        for mapped in [getattr(one, "ipv4_mapped", None)]
    )


class HttpTransport:
    """Requests to one endpoint, one after the other.

    `seconds` bounds how long sending takes beyond what its size needs, and how long the whole answer takes,
    however slowly its bytes come; `largest_answer` is in bytes. Give `trusted`, a context of one's own, to
    trust another authority than the system's.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        seconds: float = SECONDS,
        largest_answer: int = LARGEST_ANSWER,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self._seconds, self._largest = seconds, largest_answer
        connect = min(seconds, SECONDS_TO_CONNECT)
        if endpoint.scheme == "https":
            context = trusted or ssl.create_default_context()
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                endpoint.host, endpoint.port, timeout=connect, context=context
            )
        else:
            self._connection = http.client.HTTPConnection(endpoint.host, endpoint.port, timeout=connect)

    def close(self) -> None:
        self._connection.close()

    def exchange(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | Iterable[bytes] | None
    ) -> Answer:
        """One request and its whole answer. Raises Unreachable."""
        was_open = self._connection.sock is not None
        try:
            try:
                return self._once(method, target, headers, body)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # The other side may close a connection that was idle; pieces are spent once they were sent.
                if not was_open or not isinstance(body, bytes | None):
                    raise
                self.close()
                return self._once(method, target, headers, body)
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            self.close()
            raise Unreachable(_sentence(error)) from None
        except BaseException:
            self.close()
            raise

    def _once(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes | Iterable[bytes] | None,
    ) -> Answer:
        connection: Any = self._connection
        if not connection.sock:
            connection.connect()
            connection.sock = _Timed(connection.sock)
        size = len(body) if isinstance(body, bytes) else int(headers.get("Content-Length", 0))
        connection.sock.end_in(self._seconds + size / SLOWEST_BYTES_PER_SECOND)
        connection.sock.still_to_read = LARGEST_HEAD
        try:
            connection.request(method, target, body, dict(headers))
            connection.sock.end_in(self._seconds)
        except (BrokenPipeError, ConnectionResetError):
            # A server may refuse before it has read all, and its answer lies there still.
            response = connection.getresponse()
            response.will_close = True
        else:
            response = connection.getresponse()
        if connection.sock is not None:
            connection.sock.still_to_read = None
        with response:
            answer = self._answer(response)
        if response.will_close:
            self.close()
        return answer

    def _answer(self, response: http.client.HTTPResponse) -> Answer:
        content = response.read(self._largest + 1)
        if len(content) > self._largest:
            raise _Cut(f"the answer is larger than {self._largest} bytes")
        if response.length:
            raise _Cut("the answer ended early")
        return Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, content
        )


class _Cut(http.client.HTTPException):
    """An answer that is not to be had whole."""


class _Timed:
    """A socket with an end to all that is sent and read on it, of which sockets know each step's alone."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._deadline = 0.0
        # Bytes, where there is a bound.
        self.still_to_read: int | None = None

    def end_in(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until the deadline; raises TimeoutError after it."""
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("timed out")
        return seconds

    def took(self, count: int) -> None:
        """Note what was read; raises _Cut where it is too much."""
        if self.still_to_read is not None:
            self.still_to_read -= count
            if self.still_to_read < 0:
                raise _Cut(f"the answer's head is larger than {LARGEST_HEAD} bytes")

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(self.left())
        self._socket.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        # Unbuffered, it counts as a user of the socket, which is closed only after the last of them.
        return io.BufferedReader(_TimedReader(self, self._socket.makefile("rb", buffering=0)))

    def settimeout(self, seconds: float) -> None:
        self._socket.settimeout(seconds)

    def close(self) -> None:
        self._socket.close()


class _TimedReader(io.RawIOBase):
    def __init__(self, timed: _Timed, raw: socket.SocketIO) -> None:
        self._timed, self._raw = timed, raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._timed.settimeout(self._timed.left())
        count = self._raw.readinto(buffer)
        self._timed.took(count or 0)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def _sentence(error: Exception) -> str:
    """What went wrong, in words that quote neither the request nor the answer."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, http.client.RemoteDisconnected):
        return "the connection was closed without an answer"
    if isinstance(error, OSError):
        return f"no connection: {error.strerror or type(error).__name__}"
    if isinstance(error, _Cut):
        return str(error)
    return f"the answer is not HTTP: {type(error).__name__}"
