"""The three document resources: state, activity profile, agent profile (xAPI-Communication 2.2, 3.1)."""

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Flask, Response, current_app, request, stream_with_context
from werkzeug.exceptions import LengthRequired

from lms_tracker.actions import documents
from lms_tracker.actions.documents import Limits, Sent
from lms_tracker.actions.rights import Caller
from lms_tracker.web import errors, lrs
from xapi import documents as rules
from xapi import preconditions
from xapi.documents import Asked, Guard, Kind, Names
from xapi.preconditions import PreconditionFailed, Preconditions

blueprint = lrs.resource("documents")
# Several write one document, and one of them is told to look again: nothing for a log of what is wrong.
blueprint.register_error_handler(PreconditionFailed, errors.refusal_response)

NEEDS_LENGTH = "expected the header Content-Length: a part of a document must not be taken for all of it"
STATES = ("/activities/state", {"kind": Kind.STATE})
ACTIVITY_PROFILES = ("/activities/profile", {"kind": Kind.ACTIVITY_PROFILE})
AGENT_PROFILES = ("/agents/profile", {"kind": Kind.AGENT_PROFILE})


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.put(STATES[0], defaults=STATES[1])
@blueprint.put(ACTIVITY_PROFILES[0], defaults=ACTIVITY_PROFILES[1])
@blueprint.put(AGENT_PROFILES[0], defaults=AGENT_PROFILES[1])
def put(kind: Kind) -> Response:
    """Store a document."""
    caller, version = _enter_to_change(kind)
    asked = _asked(kind, version, Names.ONE)
    guard = rules.guard(kind, version, request.headers[lrs.VERSION_HEADER].strip())
    documents.put(caller, asked, _sent(guard), _limits())
    return Response(status=204)


@blueprint.post(STATES[0], defaults=STATES[1])
@blueprint.post(ACTIVITY_PROFILES[0], defaults=ACTIVITY_PROFILES[1])
@blueprint.post(AGENT_PROFILES[0], defaults=AGENT_PROFILES[1])
def post(kind: Kind) -> Response:
    """Store a document, or merge it into the one that is there."""
    caller, version = _enter_to_change(kind)
    asked = _asked(kind, version, Names.ONE)
    documents.post(caller, asked, _sent(), _limits())
    return Response(status=204)


@blueprint.delete(STATES[0], defaults=STATES[1])
@blueprint.delete(ACTIVITY_PROFILES[0], defaults=ACTIVITY_PROFILES[1])
@blueprint.delete(AGENT_PROFILES[0], defaults=AGENT_PROFILES[1])
def delete(kind: Kind) -> Response:
    """Remove a document, or all states of a context."""
    caller, version = _enter_to_change(kind)
    asked = _asked(kind, version, Names.ONE_OR_ALL if kind is Kind.STATE else Names.ONE)
    stated = _preconditions()
    if asked.name is not None:
        documents.delete(caller, asked, stated)
    else:
        documents.delete_all(caller, asked, stated)
    return Response(status=204)


@blueprint.get(STATES[0], defaults=STATES[1])
@blueprint.get(ACTIVITY_PROFILES[0], defaults=ACTIVITY_PROFILES[1])
@blueprint.get(AGENT_PROFILES[0], defaults=AGENT_PROFILES[1])
def get(kind: Kind) -> Response:
    """A document, or the array of ids of a context."""
    caller, version = lrs.enter()
    if kind is Kind.STATE:
        lrs.demand(caller.may_read_state, caller, "state or all/read")
    else:
        lrs.demand(caller.may_read_profile, caller, "profile or all/read")
    asked = _asked(kind, version, Names.ONE_OR_ALL_SINCE)
    return _listed(caller, asked) if asked.name is None else _one(caller, asked)


def _one(caller: Caller, asked: Asked) -> Response:
    found = documents.find(caller, asked)
    stated = _preconditions()
    stated.demand(found.tag if found else None, reading=True)
    if found is None:
        return errors.answer(404, "there is no such document")
    response = Response(content_type=found.content_type)
    # What a provider stored is not ours, and no page of ours: a browser runs nothing of it.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if not stated.is_known(found.tag):
        response.content_length = found.size
        if request.method != "HEAD":
            response.response = stream_with_context(found.data())
    return _described(response, found.tag, found.updated_us, stated)


def _listed(caller: Caller, asked: Asked) -> Response:
    listed = documents.listed(caller, asked)
    stated = _preconditions()
    stated.demand(listed.tag, reading=True)
    response = Response(listed.body, content_type="application/json")
    return _described(response, listed.tag, listed.updated_us, stated)


def _described(response: Response, tag: str, updated_us: int | None, stated: Preconditions) -> Response:
    response.set_etag(tag)
    if updated_us is not None:
        response.last_modified = datetime.fromtimestamp(updated_us // 1_000_000, UTC)
    if stated.is_known(tag):
        response.status_code = 304
        response.response = []
        response.headers.pop("Content-Length", None)
    return response


def _enter_to_change(kind: Kind) -> tuple[Caller, str]:
    caller, version = lrs.enter()
    if kind is Kind.STATE:
        lrs.demand(caller.may_state, caller, "state")
    else:
        lrs.demand(caller.may_profile, caller, "profile")
    return caller, version


def _asked(kind: Kind, version: str, names: Names) -> Asked:
    return rules.read(kind, request.args.items(multi=True), version, names)


def _preconditions() -> Preconditions:
    return preconditions.read(request.headers.get("If-Match"), request.headers.get("If-None-Match"))


def _sent(guard: Guard = Guard.NEVER) -> Sent:
    content_type = rules.read_type(request.headers.get("Content-Type"))
    stated = _preconditions()
    limits = _limits()
    most = limits.of_json if rules.is_json(content_type) else limits.of_any
    if (request.content_length or 0) > most:
        raise rules.refuse_size(most)
    chunks = lrs.chunks(most)
    if lrs.is_unsure_of_its_end():
        if not rules.is_json(content_type):
            raise LengthRequired(NEEDS_LENGTH)
        chunks = _whole(chunks)
    return Sent(chunks, content_type, stated, guard)


def _whole(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """JSON that may have been cut off: of all values a number alone is then one too."""
    end = b""
    for chunk in chunks:
        end = chunk.rstrip()[-1:] or end
        yield chunk
    if end.isdigit():
        raise LengthRequired(NEEDS_LENGTH)


def _limits() -> Limits:
    settings = current_app.config["SETTINGS"]
    most: int = settings.max_document_bytes
    return Limits(of_any=most, of_json=min(most, settings.max_body_bytes))
