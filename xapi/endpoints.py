"""The address of a record store, as somebody was told it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

# What stands unescaped in the path or the query of a request line (RFC 3986 3.3, 3.4).
_PATH = "/-._~!$&'()*+,;=:@%"
_QUERY = _PATH + "?"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNFIT = re.compile(r"[\s\x00-\x20\x7f\\]")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a record store answers; `path` begins and ends with a slash, `host` is without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def read(cls, text: str) -> Endpoint:
        """The endpoint that `text` names. Raises ValueError, whose text is a sentence."""
        problem = ValueError("expected an address such as https://lrs.example.org/xapi/")
        try:
            parts = urlsplit(text)
            host, port = (parts.hostname or "").rstrip("."), parts.port
            host = host if ":" in host else host.encode("idna").decode()
        except ValueError:  # a port that is no number, a host that is none
            raise problem from None
        if parts.scheme not in _DEFAULT_PORTS or not host or port == 0 or _UNFIT.search(text):
            raise problem
        if parts.username is not None or parts.query or parts.fragment:
            raise ValueError("expected an address without user, query and fragment")
        path = quote(parts.path, safe=_PATH).rstrip("/") + "/"
        return cls(parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme], path)

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = self.port == _DEFAULT_PORTS[self.scheme]
        return f"{self.scheme}://{host}" + ("" if default else f":{self.port}")

    def __str__(self) -> str:
        return self.origin + self.path

    @property
    def is_loopback(self) -> bool:
        """Whether what is sent there never leaves this machine."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def target(self, more: str) -> str | None:
        """Path and query of what an answer's `more` names: a path, though some stores send a whole address.

        None where it leads to another server, because whoever follows it sends a secret along
        (xAPI-Data 2.5).
        """
        if _UNFIT.search(more) or more.startswith("//"):
            return None
        try:
            parts = urlsplit(more)
            elsewhere = bool(parts.scheme or parts.netloc) and (
                Endpoint.read(f"{parts.scheme}://{parts.netloc}").origin != self.origin
            )
        except ValueError:
            return None
        if elsewhere:
            return None
        # A path without its slash is taken from the endpoint, as a browser would.
        path = parts.path if parts.path.startswith("/") else self.path + parts.path
        query = f"?{quote(parts.query, safe=_QUERY)}" if parts.query else ""
        return quote(path, safe=_PATH) + query
