"""Fuzzing in rounds: each has a seed of its own, so that any one of them can be run again alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import hypothesis
import hypothesis.errors
from flask import Flask
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from structlog.testing import capture_logs

from lms_tracker.actions import providers
from lms_tracker.config import SETTINGS, Settings
from tests import databases
from tests.fuzz import requests
from tests.fuzz.chance import BYTES, Chance
from tests.fuzz.door import Answer, Request, complaint, send
from tests.fuzz.signatures import signer
from tests.web.lrs_client import basic

# Small enough that bodies which are too large are cheap to make.
MAX_BODY_BYTES = 65_536
SCOPES: tuple[Sequence[str] | None, ...] = (["all"], None, ["statements/write"], ["all/read"], ["state"])


@dataclass(slots=True)
class Failure:
    """The smallest request found that is answered wrongly, and what our logs said of it."""

    complaint: str
    request: Request
    frames: list[str]

    @property
    def key(self) -> str:
        """Failures of one cause mostly share it."""
        place = self.frames[-1] if self.frames else ""
        return f"{self.request.method} {self.request.path[:40]}: {self.complaint} {place}"


@dataclass(slots=True)
class Round:
    """What a round did: how many answers of each status, and its failure if there was one."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failure: Failure | None = None


class Wrong(AssertionError):
    """An answer that must not be."""


@contextmanager
def service(url: str, content_folder: Path | None = None) -> Iterator[tuple[Flask, list[str]]]:
    """The application on a migrated database, and values of Authorization for it, right and wrong.

    With a folder for content, signers have to be certified too.
    """
    settings = Settings(
        database_url=url,
        secret_key=databases.SECRET_KEY,
        max_body_bytes=MAX_BODY_BYTES,
        max_attachment_bytes=MAX_BODY_BYTES,
        max_document_bytes=MAX_BODY_BYTES,
        max_multipart_bytes=2 * MAX_BODY_BYTES,
    )
    if content_folder is not None:
        settings = replace(settings, **_elsewhere(content_folder))
    with databases.application(settings) as app:
        with app.app_context():
            made = [
                providers.add_provider(f"Trung tâm {number}", scopes) for number, scopes in enumerate(SCOPES)
            ]
        right = [basic(credential.key, credential.secret) for credential in made]
        wrong = [
            "Basic !",
            "Basic " + "A" * 3000,
            "Basic /w==",
            "Bearer x",
            basic("a\0", "b"),
            basic("a", ""),
        ]
        yield app, [*right[:2] * 60, *right[2:] * 5, *wrong]


def _elsewhere(folder: Path) -> dict[str, Any]:
    certificates = folder / "trusted.pem"
    certificates.write_bytes(signer().pem())
    texts = {"content_folder": str(folder), "signature_trust_store": str(certificates)}
    return {row.name: row.parse(texts[row.name]) for row in SETTINGS if row.name in texts}


def run(app: Flask, authorizations: list[str], seed: int, cases: int, known: set[str] | None = None) -> Round:
    """Send `cases` requests drawn by `seed`; those that found a failure are made as small as they can be.

    A failure whose key is `known` is counted by its status and otherwise passed over.
    """
    done = Round()
    wrong: list[Failure] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        backend="hypothesis",
    )
    @hypothesis.given(st.binary(min_size=BYTES, max_size=BYTES))
    def each(decisions: bytes) -> None:
        done.cases += 1
        request = requests.request(Chance(decisions), authorizations)
        failure, answer = judged(app, request)
        if answer is not None:
            done.statuses[answer.status] += 1
        if failure is not None and failure.key not in (known or ()):
            wrong.append(failure)
            raise Wrong(failure.complaint)

    try:
        each()
    except (Wrong, hypothesis.errors.Flaky):
        # The last one is the smallest, unless it depends on what came before; then it is the first.
        done.failure = wrong[-1]
    return done


def judged(app: Flask, request: Request) -> tuple[Failure | None, Answer | None]:
    """The answer to one request, and what is wrong with it."""
    try:
        answer = send(app.wsgi_app, request)
    except Exception as error:
        return Failure(f"raised {type(error).__name__}: {error}"[:300], request, _frames(error)), None
    found = complaint(request, answer)
    if found is None:
        return None, answer
    return Failure(found, request, _logged(app, request)), answer


def _logged(app: Flask, request: Request) -> list[str]:
    """What our logs say when the request is sent once more."""
    with capture_logs() as lines:
        try:
            send(app.wsgi_app, request)
        except Exception as error:
            return _frames(error)
    return [f"{line.get('kind')}: {frame}" for line in lines for frame in line.get("frames", ())]


def _frames(error: Exception) -> list[str]:
    frames, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-12:]
