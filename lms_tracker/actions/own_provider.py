"""The provider that is ourselves: what citizens declare and reviewers accept enters by everybody's door.

It is made when it is first needed, has a course for every category, and no credential: nobody posts as it
from outside. Who learned is named by an account of this service that says nothing but the person's key, so
that somebody without a single identifier can be spoken of; the account is linked like any other identifier,
and follows its person through mergers.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from flask import current_app
from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, identity
from lms_tracker.actions.identity import Proof, Step
from lms_tracker.actions.importing import OPERATOR
from lms_tracker.actions.recording import Recorder
from lms_tracker.actions.rights import Caller
from lms_tracker.learning import catalogue
from lms_tracker.learning.catalogue import Course
from lms_tracker.learning.categories import CATEGORIES
from lms_tracker.learning.completions import duration
from lms_tracker.learning.days import local_days
from lms_tracker.learning.evidence import DECLARING_VERB
from lms_tracker.store import courses, credentials, database, links
from lms_tracker.store import own_provider as rows
from xapi import batches
from xapi.actors import Identified, identify
from xapi.keys import format_id
from xapi.versions import V1

log = logs.logger(__name__)

NAME = "Sổ học tập"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
# Before a category: the activity that everything declared in it is a part of.
ACTIVITIES = "https://w3id.org/lms-tracker/xapi/activities/declared/"
# Why a statement of somebody else was voided here.
DISPUTE = "https://w3id.org/lms-tracker/xapi/extensions/dispute"
_TITLES = {
    "digital-skills": "Kỹ năng số",
    "foreign-language": "Ngoại ngữ",
    "law": "Pháp luật",
    "agriculture": "Nông nghiệp",
    "other": "Lĩnh vực khác",
}


@dataclass(frozen=True, slots=True)
class Declaration:
    """Time of a person that was accepted: `seconds`, booked on the local day `day`.

    `activity` is the path of its page here, which makes it another than all others; `title` is what it is
    called.
    """

    statement_id: bytes
    person_key: bytes
    category: str
    activity: str
    title: str
    day: date
    seconds: int


def course_code(category: str) -> str:
    return f"declared-{category}"


def number() -> int:
    """The provider's number; it and its courses are there afterwards, made by whoever came first."""
    wanted = {course_code(category) for category in CATEGORIES}
    with database.reading() as connection:
        found = rows.number(connection)
        if found is not None and wanted <= rows.course_codes(connection, found):
            return found
    with database.writing() as connection:
        # Two that come at once make one: who waits for this lock finds what the other has made.
        courses.lock_version(connection)
        found = rows.number(connection)
        if found is None:
            found = _made(connection)
        known = rows.course_codes(connection, found)
        missing = [_course(found, category) for category in CATEGORIES if course_code(category) not in known]
        courses.save(connection, missing)
        # No statement can have come before its course: nobody has to be counted anew.
        courses.raise_version(connection)
    log.info("own provider made", provider=found, courses=len(missing))
    return found


def _made(connection: Connection) -> int:
    provider_id = rows.add(connection, NAME, clock.now_us())
    account = {"homePage": _base_url(), "name": f"provider-{provider_id}"}
    authority = {"objectType": "Agent", "name": NAME, "account": account}
    credentials.set_authority(
        connection, provider_id, json.dumps(authority, ensure_ascii=False, separators=(",", ":"))
    )
    return provider_id


def _course(provider_id: int, category: str) -> Course:
    return Course(
        id=0,
        provider_id=provider_id,
        code=course_code(category),
        title=f"Tự kê khai: {_TITLES.get(category, category)}",
        category=category,
        domain="",
        level="",
        basis=catalogue.NOMINAL,
        seconds=None,
        hour_minutes=60,
        valid_from=None,
        valid_to=None,
        activities=((ACTIVITIES + category, catalogue.CONTEXT),),
    )


def enrol(connection: Connection, now_us: int, person_key: bytes) -> None:
    """Link the account of this service that speaks of a person; the caller has begun with `identity.begin`.

    Done before anything is declared of them: links made later than a merger would not go back with it.
    """
    account = _account(person_key)
    if account.key not in links.holders(connection, [account.key]):
        identity.attach(connection, now_us, account, person_key, Step(Proof.OWN_WORD), by_ourselves=True)


def _agent(person_key: bytes) -> dict[str, Any]:
    account = {"homePage": _base_url(), "name": f"person-{person_key.hex()}"}
    return {"objectType": "Agent", "account": account}


def _account(person_key: bytes) -> Identified:
    return identify(_agent(person_key))


def record(declaration: Declaration) -> None:
    """Store the statement of what was accepted; again, and it changes nothing."""
    provider_id = number()
    _record(_statement(declaration), Caller(OPERATOR, provider_id, frozenset({"statements/write", "define"})))


def void(statement_id: bytes) -> None:
    """Void a statement of our own. Doing so twice is the same as once."""
    provider_id = number()
    _record(_voiding(statement_id), Caller(OPERATOR, provider_id, frozenset({"statements/write"})))


def void_for_dispute(statement_id: bytes, dispute: str) -> None:
    """Void a statement of any provider, because a dispute was upheld; `dispute` is the path of its page.

    I4: nobody but its provider and scope `all` may. This is the one place where the service itself does.
    """
    voiding = _voiding(statement_id)
    voiding["context"] = {"extensions": {DISPUTE: _base_url() + dispute}}
    _record(voiding, Caller(OPERATOR, number(), frozenset({"all"})))


def _statement(declaration: Declaration) -> dict[str, Any]:
    timezone = current_app.config["SETTINGS"].timezone
    # The day's first instant: never in the future once the day has begun, and nothing more is known.
    instant = datetime.fromtimestamp(local_days(timezone).start(declaration.day.toordinal()), UTC)
    return {
        "id": format_id(declaration.statement_id),
        "actor": _agent(declaration.person_key),
        "verb": {"id": DECLARING_VERB, "display": {"vi": "đã tự kê khai", "en": "declared"}},
        "object": {
            "objectType": "Activity",
            "id": _base_url() + declaration.activity,
            "definition": {"name": {"vi": declaration.title}},
        },
        "result": {"duration": duration(declaration.seconds)},
        "context": {"contextActivities": {"parent": [{"id": ACTIVITIES + declaration.category}]}},
        "timestamp": instant.astimezone(ZoneInfo(timezone)).isoformat(),
    }


def _voiding(statement_id: bytes) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "actor": {"objectType": "Agent", "account": {"homePage": _base_url(), "name": "lms-tracker"}},
        "verb": {"id": VOIDED, "display": {"vi": "đã rút lại", "en": "voided"}},
        "object": {"objectType": "StatementRef", "id": format_id(statement_id)},
    }


def _record(statement: dict[str, Any], caller: Caller) -> None:
    batch = batches.read(msgspec.json.encode(statement), version=V1)
    recorder: Recorder = current_app.extensions["lms_tracker.recorder"]
    recorder.record(batch, caller, V1)


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url).rstrip("/")
