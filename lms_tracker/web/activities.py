"""The Activities Resource (xAPI-Communication 2.5)."""

import msgspec
from flask import Flask, Response

from lms_tracker.actions import activities
from lms_tracker.web import lrs
from xapi import parameters

blueprint = lrs.resource("activities")

CLAUSE = "xAPI-Communication 2.5"
SCOPES = "define, profile, statements/read/mine, statements/read or all/read"
_readers = {"activityId": parameters.iri(CLAUSE)}


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/activities")
def get() -> Response:
    """The activity with its merged definition in all languages; its id alone where nothing is known of it."""
    caller, version = lrs.enter()
    lrs.demand(caller.may_read_activities, caller, SCOPES)
    iri = lrs.parameters(_readers, version, CLAUSE)["activityId"]
    known = activities.definition(iri, caller)
    activity = {"objectType": "Activity", "id": iri}
    if known is None:
        return lrs.tagged(msgspec.json.encode(activity))
    return lrs.tagged(msgspec.json.encode({**activity, "definition": msgspec.Raw(known)}))
