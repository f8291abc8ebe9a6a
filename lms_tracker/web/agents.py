"""The Agents Resource (xAPI-Communication 2.4)."""

import msgspec
from flask import Flask, Response

from lms_tracker.actions import agents
from lms_tracker.web import lrs
from xapi import persons
from xapi.persons import AskedAgent

blueprint = lrs.resource("agents")

SCOPES = "profile, statements/read/mine, statements/read or all/read"
_readers = {"agent": persons.read_asked}


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/agents")
def get() -> Response:
    """The Person: the identifier that was asked for, and names from statements that the caller may read."""
    caller, version = lrs.enter()
    lrs.demand(caller.may_read_persons, caller, SCOPES)
    asked: AskedAgent = lrs.parameters(_readers, version, persons.PERSON)["agent"]
    person = persons.person(asked, agents.names(asked.identified, caller))
    return lrs.tagged(msgspec.json.encode(person))
