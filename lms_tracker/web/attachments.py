"""Statements with their attachments' data in one body, as they are sent and as they are asked for."""

import secrets
from collections.abc import Callable, Iterator, Mapping

from flask import Response, current_app, request, stream_with_context

from lms_tracker.actions import attachments
from lms_tracker.web import lrs
from xapi.batches import Batch
from xapi.multipart import boundary_of

# From the text of the statements; the hashes of data that come along, None where they are still to come.
ReadStatements = Callable[[bytes, tuple[str, ...] | None], Batch]


def receive(read: ReadStatements, version: str) -> tuple[Batch, Mapping[bytes, bytes]]:
    """The statements of a request, and by SHA-2 the contents that came with them, stored already."""
    if request.mimetype == "multipart/mixed":
        boundary = boundary_of(request.headers["Content-Type"])
        chunks = lrs.chunks(current_app.config["SETTINGS"].max_multipart_bytes)
        return attachments.receive(chunks, boundary, lambda text: read(text, None), version)
    lrs.demand_json()
    batch = read(lrs.body(), ())
    attachments.demand_signatures(batch, version, lambda _: None)
    return batch, {}


def answer(first: bytes, statement_ids: list[bytes], statements: list[bytes]) -> Response:
    """JSON with the data of these statements' attachments, streamed; also where there are none."""
    boundary = secrets.token_hex(20)
    attached = attachments.attached_to(statement_ids, statements)
    body: Iterator[bytes] = attachments.written(first, attached, boundary)
    return Response(stream_with_context(body), content_type=f"multipart/mixed; boundary={boundary}")
