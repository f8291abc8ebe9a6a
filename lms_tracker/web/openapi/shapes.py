"""Schemas of what xAPI speaks of (xAPI-Data 2). They guide; what is refused, the LRS decides and says why."""

from lms_tracker.web.openapi.pieces import Piece, array, record, schema, text

_IRI = {"type": "string", "format": "iri"}
_LANGUAGE_MAP = {
    "type": "object",
    "propertyNames": text("a language tag of RFC 5646", pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"),
    "additionalProperties": {"type": "string"},
}
_EXTENSIONS = {"type": "object", "propertyNames": _IRI, "additionalProperties": True}
_TIMESTAMP = text("ISO 8601 for 1.0.3, RFC 3339 for 2.0; with a time zone", format="date-time")
_UUID = {"type": "string", "format": "uuid"}

_IDENTIFIERS: tuple[tuple[str, Piece], ...] = (
    ("mbox", text("mailto: and an address", pattern="^mailto:[a-z0-9]{1,20}@[a-z0-9]{1,20}\\.vn$")),
    ("mbox_sha1sum", text("SHA-1 of the mbox, in hex", pattern="^[0-9a-f]{40}$")),
    ("openid", {"type": "string", "format": "uri"}),
    ("account", record(homePage=_IRI, name={"type": "string", "minLength": 1})),
)


def _actor(kind: str, **more: Piece) -> Piece:
    """One shape for each way to identify an actor: exactly one of them may be there."""
    return {
        "oneOf": [
            {
                "type": "object",
                "required": [name, *(["objectType"] if kind == "Group" else [])],
                "additionalProperties": False,
                "properties": {
                    "objectType": {"const": kind},
                    "name": {"type": "string"},
                    name: identifier,
                    **more,
                },
            }
            for name, identifier in _IDENTIFIERS
        ]
    }


_MEMBERS = array(schema("Agent"))
_ANONYMOUS_GROUP = {
    "type": "object",
    "required": ["member", "objectType"],
    "additionalProperties": False,
    "properties": {
        "objectType": {"const": "Group"},
        "name": {"type": "string"},
        "member": {**_MEMBERS, "minItems": 1},
    },
}
_ACTIVITY = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "objectType": {"const": "Activity"},
        "id": _IRI,
        "definition": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "name": _LANGUAGE_MAP,
                "description": _LANGUAGE_MAP,
                "type": _IRI,
                "moreInfo": _IRI,
                "extensions": _EXTENSIONS,
            },
        },
    },
}
_REFERENCE = {
    "type": "object",
    "required": ["id", "objectType"],
    "additionalProperties": False,
    "properties": {"objectType": {"const": "StatementRef"}, "id": _UUID},
}
_RESULT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "scaled": {"type": "number", "minimum": -1, "maximum": 1},
                "raw": {"type": "number"},
                "min": {"type": "number"},
                "max": {"type": "number"},
            },
        },
        "success": {"type": "boolean"},
        "completion": {"type": "boolean"},
        "response": {"type": "string"},
        "duration": text("ISO 8601", pattern="^PT[0-9]{1,4}(\\.[0-9]{1,2})?S$"),
        "extensions": _EXTENSIONS,
    },
}
_CONTEXT_ACTIVITIES = {
    "type": "object",
    "additionalProperties": False,
    "properties": {name: array(schema("Activity")) for name in ("parent", "grouping", "category", "other")},
}
_CONTEXT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "registration": _UUID,
        "instructor": {"anyOf": [schema("Agent"), schema("Group")]},
        "team": schema("Group"),
        "contextActivities": _CONTEXT_ACTIVITIES,
        "revision": {"type": "string"},
        "platform": {"type": "string"},
        "language": text("a language tag of RFC 5646", pattern="^[A-Za-z]{2,3}$"),
        "statement": schema("StatementRef"),
        "extensions": _EXTENSIONS,
    },
}
_ATTACHMENT = {
    "type": "object",
    "required": ["contentType", "display", "length", "sha2", "usageType"],
    "additionalProperties": False,
    "properties": {
        "usageType": _IRI,
        "display": _LANGUAGE_MAP,
        "description": _LANGUAGE_MAP,
        "contentType": text("an Internet Media Type"),
        "length": {"type": "integer", "minimum": 0},
        "sha2": text("SHA-2 of the data, in hex", pattern="^[0-9a-f]{64}$"),
        "fileUrl": _IRI,
    },
}
_OBJECT = {
    "anyOf": [
        schema("Activity"),
        {"allOf": [schema("Agent"), {"type": "object", "required": ["objectType"]}]},
        schema("Group"),
        schema("StatementRef"),
        schema("SubStatement"),
    ]
}
_SUBSTATEMENT = {
    "type": "object",
    "required": ["actor", "object", "objectType", "verb"],
    "additionalProperties": False,
    "properties": {
        "objectType": {"const": "SubStatement"},
        "actor": {"anyOf": [schema("Agent"), schema("Group")]},
        "verb": schema("Verb"),
        "object": schema("Activity"),
        "result": schema("Result"),
        "context": schema("Context"),
        "timestamp": _TIMESTAMP,
    },
}
_STATEMENT = {
    "type": "object",
    "required": ["actor", "object", "verb"],
    "properties": {
        "id": _UUID,
        "actor": {"anyOf": [schema("Agent"), schema("Group")]},
        "verb": schema("Verb"),
        "object": _OBJECT,
        "result": schema("Result"),
        "context": schema("Context"),
        "timestamp": _TIMESTAMP,
        "stored": _TIMESTAMP,
        "authority": {"anyOf": [schema("Agent"), schema("Group")]},
        "version": text("1.0, 1.0.x or 2.0.0"),
        "attachments": array(schema("Attachment")),
    },
}
_STRINGS = array({"type": "string"})

SCHEMAS: dict[str, Piece] = {
    "Agent": _actor("Agent"),
    "Group": {"oneOf": [*_actor("Group", member=_MEMBERS)["oneOf"], _ANONYMOUS_GROUP]},
    "Verb": {
        "type": "object",
        "required": ["id"],
        "additionalProperties": False,
        "properties": {"id": _IRI, "display": _LANGUAGE_MAP},
    },
    "Activity": _ACTIVITY,
    "StatementRef": _REFERENCE,
    "SubStatement": _SUBSTATEMENT,
    "Result": _RESULT,
    "Context": _CONTEXT,
    "Attachment": _ATTACHMENT,
    "Statement": _STATEMENT,
    "StatementResult": record(
        statements=array(schema("Statement")),
        more=text("where the next page is, from the root of the server; empty at the end"),
    ),
    "Person": {
        "type": "object",
        "required": ["objectType"],
        "properties": {
            "objectType": {"const": "Person"},
            "name": _STRINGS,
            "mbox": _STRINGS,
            "mbox_sha1sum": _STRINGS,
            "openid": _STRINGS,
            "account": array({"type": "object"}),
        },
    },
    "About": record(version=_STRINGS),
}
