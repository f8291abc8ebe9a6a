"""The About Resource (xAPI-Communication 2.8), open to everybody."""

import msgspec
from flask import Flask, Response, g, request

from lms_tracker.web import lrs
from xapi import versions
from xapi.faults import Refusal

blueprint = lrs.resource("about")

OF_1 = ["1.0.0", "1.0.1", "1.0.2", "1.0.3"]
ALL = [*OF_1, "2.0.0"]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/about")
def get() -> Response:
    """The versions we speak. A caller of 1.0.x is told of 1.0.x alone: TinCanPython breaks on 2.0.0."""
    header = request.headers.get(lrs.VERSION_HEADER)
    spoken = ALL
    if header is not None:
        try:
            g.version = versions.negotiate(header, None)
        except Refusal:
            g.version = versions.V2
        spoken = OF_1 if g.version == versions.V1 else ALL
    return Response(msgspec.json.encode({"version": spoken}), content_type="application/json")
