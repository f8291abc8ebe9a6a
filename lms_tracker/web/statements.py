"""The Statement Resource (xAPI-Communication 2.1)."""

from datetime import UTC, datetime
from urllib.parse import quote_plus, urlencode

from flask import Flask, Response, current_app, request
from msgspec import json

from lms_tracker.actions.availability import UNAVAILABLE
from lms_tracker.actions.recording import Recorded, Recorder
from lms_tracker.actions.searching import One, Reader, Shape
from lms_tracker.web import attachments, credentials, errors, lrs
from xapi import batches, keys, queries
from xapi.batches import Batch
from xapi.faults import Fault, Refusal
from xapi.languages import wishes
from xapi.timestamps import format_position

blueprint = lrs.resource("statements")

ADDRESS = "/xapi/statements"
# Our own parameter in `more`: the position of the last statement of the page before.
CURSOR = "cursor"
CLAUSE = "xAPI-Communication 2.1.1"
READERS = "statements/read/mine, statements/read or all/read"


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
    # Of the application, because a method that is not offered has no blueprint to answer it.
    app.after_request(promise)


@blueprint.post("/statements")
def post() -> Response:
    """Store one statement or a batch; answers the array of ids in their order."""
    caller, version = lrs.enter()
    lrs.demand(caller.may_write, caller, "statements/write")
    if request.args:
        name = next(iter(request.args))
        message = "expected no parameters on POST statements"
        raise Refusal(
            [Fault(None, name[:80], "parameter-unknown", message, name[:80], "xAPI-Communication 3.2")]
        )

    def read(text: bytes, attached: tuple[str, ...] | None) -> Batch:
        return batches.read(text, version=version, attached=attached, **lrs.limits())

    batch, contents = attachments.receive(read, version)
    recorded = _recorder().record(batch, caller, version, contents)
    return _answered(Response(ids_of(recorded), content_type="application/json"), recorded.through)


def ids_of(recorded: Recorded) -> bytes:
    """The ids of what was stored, in the order it came, as JSON."""
    return json.encode([keys.format_id(statement_id) for statement_id in recorded.ids])


@blueprint.put("/statements")
def put() -> Response:
    """Store one statement under the id of the parameter `statementId`."""
    caller, version = lrs.enter()
    lrs.demand(caller.may_write, caller, "statements/write")
    wanted = _id_parameter()

    def read(text: bytes, attached: tuple[str, ...] | None) -> Batch:
        batch = batches.read(text, version=version, allow_array=False, attached=attached, **lrs.limits())
        statement = batch.statements[0]
        if statement.id not in (None, wanted):
            message = "expected the id of the parameter statementId, or none"
            raise Refusal([Fault(0, "id", "id-differs", message, str(statement.value["id"]), CLAUSE)])
        statement.id = wanted
        return batch

    batch, contents = attachments.receive(read, version)
    recorded = _recorder().record(batch, caller, version, contents)
    return _answered(Response(status=204), recorded.through)


@blueprint.get("/statements")
def get() -> Response:
    """One statement by its id, or a StatementResult of those that match."""
    caller, version = lrs.enter()
    lrs.demand(caller.may_read_mine, caller, READERS)
    by_id = "statementId" in request.args or "voidedStatementId" in request.args
    query = queries.read(request.args.items(multi=True), version, own=() if by_id else (CURSOR,))
    shape = Shape(query.format, wishes(request.headers.get("Accept-Language")))
    wanted = query.statement_id or query.voided_statement_id
    if wanted is not None:
        is_voided = query.voided_statement_id is not None
        one = _reader().one(wanted, caller, voided=is_voided, shape=shape)
        answer = (
            _not_found() if one.found is None else _single(one.found, wanted, with_data=query.attachments)
        )
        return _answered(answer, one.through)
    page = _reader().page(query, _cursor(), caller, shape)
    through = page.through
    more = "" if page.last is None else _more(page.last)
    body = b'{"statements":[' + b",".join(page.statements) + b'],"more":' + json.encode(more) + b"}"
    if query.attachments:
        return _answered(attachments.answer(body, page.ids, page.statements), through)
    return _answered(Response(body, content_type="application/json"), through)


def _single(found: One, statement_id: bytes, *, with_data: bool) -> Response:
    text = found.statement
    if with_data:
        response = attachments.answer(text, [statement_id], [text])
    else:
        response = Response(text, content_type="application/json")
    # A statement never changes (IEEE 9274.1.1 4.1.6.1).
    response.last_modified = datetime.fromtimestamp(found.stored // 1_000_000, UTC)
    return response


def promise(response: Response) -> Response:
    """Consistent-Through is on every answer, whatever its status (xAPI-Communication 2.1.3)."""
    if request.path != ADDRESS or lrs.THROUGH_HEADER in response.headers:
        return response
    if response.status_code == 503:
        # The database did not answer; who asks it again waits once more, for nothing.
        return response
    try:
        return _answered(response, _reader().through())
    except UNAVAILABLE:
        return response


def _recorder() -> Recorder:
    recorder: Recorder = current_app.extensions["lms_tracker.recorder"]
    return recorder


def _reader() -> Reader:
    reader: Reader = current_app.extensions["lms_tracker.reader"]
    return reader


def _answered(response: Response, through: int) -> Response:
    response.headers[lrs.THROUGH_HEADER] = format_position(through)
    return response


def _not_found() -> Response:
    message = "no statement with this id stands, or it is not this credential's to read"
    return errors.answer(404, message)


def _id_parameter() -> bytes:
    unknown = [name for name in request.args if name != "statementId"]
    given = request.args.getlist("statementId")
    if unknown or len(given) != 1:
        message = "expected the parameter statementId, once, and no other"
        got = ", ".join(unknown)[:80] or f"statementId {len(given)} times"
        raise Refusal([Fault(None, "statementId", "parameter-needed", message, got, CLAUSE)])
    return queries.read_statement_id(given[0])


def _cursor() -> int | None:
    text = request.args.get(CURSOR)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        message = "expected the address that `more` named, unchanged"
        raise Refusal([Fault(None, CURSOR, "cursor", message, text[:80], "xAPI-Data 2.5.1")])
    return int(text)


def _more(last: int) -> str:
    """An address relative to the server's root (xAPI-Data 2.5.1) that goes on after this page."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != CURSOR]
    query = urlencode([*kept, (CURSOR, str(last))], quote_via=quote_plus)
    return f"{credentials.base_path()}/xapi/statements?{query}"
