"""A provider's program: it sends statements to an LRS with the `tincan` client, as Open edX and others do.

It knows of the service what its provider was told: an endpoint, a key and a secret.
"""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request

from tincan import RemoteLRS, StatementList
from tincan import Statement as TincanStatement

from lms_tracker.demo.parcels import Parcel

VERSION = "1.0.3"
SECONDS = 30


class UnexpectedAnswer(Exception):
    """The LRS answered with another status than it should have."""


class ProviderProgram:
    def __init__(self, endpoint: str, key: str, secret: str) -> None:
        self._endpoint, self._key, self._secret = endpoint, key, secret
        self._lrs = RemoteLRS(endpoint=endpoint, version=VERSION, username=key, password=secret)

    def send(self, parcel: Parcel) -> None:
        """Send a parcel. Raises UnexpectedAnswer, and OSError when the LRS is not to be reached."""
        status, body = self._send_raw(parcel.raw) if parcel.raw is not None else self._send(parcel)
        if status != parcel.status:
            raise UnexpectedAnswer(f"expected status {parcel.status}, got {status}: {body[:500]}")

    def _send(self, parcel: Parcel) -> tuple[int, str]:
        statements = [TincanStatement.from_json(json.dumps(statement)) for statement in parcel.statements]
        if parcel.single:
            answer = self._lrs.save_statement(statements[0])
        else:
            answer = self._lrs.save_statements(StatementList(statements))
        return int(answer.response.status), str(answer.data)

    def _send_raw(self, body: bytes) -> tuple[int, str]:
        """Past `tincan`, which does not send what is plainly wrong."""
        credential = base64.b64encode(f"{self._key}:{self._secret}".encode()).decode()
        request = urllib.request.Request(
            f"{self._endpoint}statements",
            body,
            {
                "Authorization": f"Basic {credential}",
                "Content-Type": "application/json",
                "X-Experience-API-Version": VERSION,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()
