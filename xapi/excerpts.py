"""What another server answered, fit to be kept and shown: short, printable, and without our secret.

A server that shows its visitors the request that failed shows the header Authorization too.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from urllib.parse import quote, quote_plus

# Characters of an answer that are worth keeping.
MOST = 500
STRUCK = "[…]"

# An answer is looked at so far; what is kept of it ends long before, so nothing half struck is kept.
_LOOKED_AT = 65_536
# Of a shorter secret the holes would tell more than the words between them.
_LEAST_SECRET = 4
_BASIC = re.compile(r"(\bbasic(?:\s|\+|%20|&#32;|\\u0020)+)[^\s\"'<>,;]+", re.IGNORECASE)


class Excerpts:
    """Excerpts of what a server answers who was sent this key and secret by HTTP Basic."""

    def __init__(self, key: str, secret: str) -> None:
        login = b64encode(f"{key}:{secret}".encode()).decode()
        shown = {form for text in (login, login.rstrip("="), secret) for form in _forms(text)}
        # The longest first: one may hold another.
        words = sorted((form for form in shown if len(form) >= _LEAST_SECRET), key=len, reverse=True)
        self._secret = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)

    def of(self, body: bytes) -> str:
        """The beginning of an answer as one line that a terminal and a database may be given."""
        return self.of_text(body[:_LOOKED_AT].decode(errors="replace"))

    def of_text(self, text: str) -> str:
        struck = _BASIC.sub(rf"\1{STRUCK}", self._secret.sub(STRUCK, text[:_LOOKED_AT]))[: 4 * MOST]
        return " ".join("".join(c if c.isprintable() else " " for c in struck).split())[:MOST]


def _forms(text: str) -> set[str]:
    """A text as programs write it: as it is, in JSON, in HTML, in an address, by bytes taken for letters."""
    in_json = {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    slashed = {form.replace("/", "\\/") for form in in_json}
    in_addresses = {quote(text), quote(text, safe=""), quote_plus(text)}
    as_bytes = text.encode().decode("latin-1")
    return {text, *in_json, *slashed, html.escape(text), as_bytes, *in_addresses}
