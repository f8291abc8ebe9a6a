"""The citizens' pages: the home, one's record, each entry explained. Organisers read others' by them."""

from datetime import date

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import accounts, claims, clock, disputes, explanations, records
from lms_tracker.actions.records import Cursor
from lms_tracker.web import addresses, charts, sessions
from xapi.keys import format_id

blueprint = Blueprint("citizens", __name__)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    return render_template("citizens/home.html")


@blueprint.get("/record")
def record() -> ResponseReturnValue:
    """The record of whoever signed in."""
    return _record(sessions.signed_in().key)


@blueprint.get("/people/<key>/record")
def record_of(key: str) -> ResponseReturnValue:
    """Somebody's record, for those who may see it; the look is logged."""
    viewer, person_key = sessions.signed_in(), addresses.person_key(key)
    leads_to = accounts.leads_to(viewer, person_key)
    if leads_to != person_key:
        # Merged, or linked: what was there is in that record now.
        return redirect(url_for("citizens.record_of", key=leads_to.hex()))
    return _record(person_key)


@blueprint.get("/record/entries/<statement>")
def entry(statement: str) -> ResponseReturnValue:
    return _entry(sessions.signed_in().key, statement)


@blueprint.get("/people/<key>/record/entries/<statement>")
def entry_of(key: str, statement: str) -> ResponseReturnValue:
    sessions.signed_in()
    return _entry(addresses.person_key(key), statement)


def _record(person_key: bytes) -> ResponseReturnValue:
    year, cursor = _asked_year(), _asked_cursor()
    found = records.record(sessions.signed_in(), person_key, year, cursor)
    return render_template(
        "citizens/record.html",
        record=found,
        chart=charts.months(found.months, found.year),
        first_page=cursor is None,
        page=lambda **arguments: _record_address(found.person_key, found.is_own, found.year, **arguments),
        entry_address=lambda statement_id: _entry_address(found, statement_id, cursor),
        anchor=lambda statement_id: _anchor(format_id(statement_id)),
        may_enter=claims.may_enter(sessions.signed_in(), person_key),
        door="record" if found.is_own else "organiser",
    )


def _entry(person_key: bytes, statement: str) -> ResponseReturnValue:
    year, cursor = _asked_year(), _asked_cursor()
    found = explanations.explain(sessions.signed_in(), person_key, statement)
    back = _record_address(person_key, found.is_own, year, cursor=cursor)
    viewer = sessions.signed_in()
    return render_template(
        "citizens/entry.html",
        entry=found,
        typed={},
        problem="",
        disputes=disputes.about_entry(viewer, statement, person_key),
        may_assist=not found.is_own and disputes.may_assist(viewer, person_key),
        claim=disputes.claim_of_entry(viewer, statement),
        back=f"{back}#{_anchor(found.statement)}",
        entry_address=lambda other: _address(
            "entry", person_key, found.is_own, {"statement": other, **_place(year, cursor)}
        ),
        door="record" if found.is_own else "organiser",
    )


def _anchor(statement: str) -> str:
    # Short, because a page holds many; two alike on one page would only lead to the first of them.
    return f"e-{statement[:8]}"


def _record_address(
    person_key: bytes,
    is_own: bool,
    shown_year: int | None,
    year: int | None = None,
    cursor: Cursor | None = None,
) -> str:
    return _address("record", person_key, is_own, _place(shown_year if year is None else year, cursor))


def _entry_address(found: records.Record, statement_id: bytes, cursor: Cursor | None) -> str:
    """An entry explained; the address says also from which page, for the way back."""
    # Without a year the current one is meant.
    year = None if found.year == clock.today().year else found.year
    arguments = {"statement": format_id(statement_id), **_place(year, cursor)}
    return _address("entry", found.person_key, found.is_own, arguments)


def _address(endpoint: str, person_key: bytes, is_own: bool, arguments: dict[str, str | int]) -> str:
    if is_own:
        return url_for(f"citizens.{endpoint}", **arguments)  # type: ignore[arg-type]
    return url_for(f"citizens.{endpoint}_of", key=person_key.hex(), **arguments)  # type: ignore[arg-type]


def _place(year: int | None, cursor: Cursor | None) -> dict[str, str | int]:
    """Which page of a record, as arguments of its address."""
    arguments: dict[str, str | int] = {} if year is None else {"year": year}
    if cursor is not None:
        arguments["from"] = date.fromordinal(cursor.day).isoformat()
        if cursor.skip:
            arguments["skip"] = cursor.skip
    return arguments


def _asked_year() -> int | None:
    text = request.args.get("year", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        abort(404)
    return int(text)


def _asked_cursor() -> Cursor | None:
    text, skip = request.args.get("from", ""), request.args.get("skip", "0")
    if not text:
        return None
    if not (skip.isascii() and skip.isdigit() and len(skip) <= 9):
        abort(404)
    try:
        return Cursor(date.fromisoformat(text).toordinal(), int(skip))
    except ValueError:
        abort(404)
