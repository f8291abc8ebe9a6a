"""The organisers' pages of honours (khen thưởng): of a place and year, entered, withdrawn, as a workbook."""

import os

from flask import Blueprint, Flask, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms_tracker.actions import clock, residents
from lms_tracker.actions.recognition import awards, models
from lms_tracker.actions.recognition.awards import MOST_EXPORTED, AwardRefused, Wanted
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.recognition.awards import SubjectKind, forms
from lms_tracker.web import addresses, sessions
from lms_tracker.web.days import read_day
from lms_tracker.web.recognition import award_sheets, award_words

blueprint = Blueprint("awards", __name__, url_prefix="/organiser/recognition/awards")

FIELDS = (
    "subject_kind", "name", "login", "form", "what_for", "authority", "signed_by", "number", "decided_on",
    "year", "subject",
)  # fmt: skip
MOST_TYPED = 2_000


@blueprint.get("", strict_slashes=False, endpoint="list")
def list_page() -> ResponseReturnValue:
    """The honours of a place and year; without `place` the places to choose from."""
    viewer, year = sessions.signed_in(), models.year_of(addresses.asked_number("year"))
    place = addresses.asked_number("place")
    if place is None:
        mine = residents.my_places(viewer)
        if len(mine) == 1:
            return redirect(url_for("awards.list", place=mine[0].id, year=year))
        return render_template(
            "organisers/recognition/award_places.html", places=mine, year=year, door="organiser"
        )
    return _page(viewer, place, year, {"subject": request.args.get("subject", "")[:40]}, None)


@blueprint.post("", strict_slashes=False)
def add() -> ResponseReturnValue:
    """Enter an honour."""
    viewer, place = sessions.signed_in(), addresses.asked_number("place") or 0
    awards.demand_enter(viewer, place)
    typed = {name: request.form.get(name, "")[:MOST_TYPED] for name in FIELDS}
    try:
        wanted = _wanted(typed)
        awards.add(viewer, place, wanted, _form_key())
    except AwardRefused as refused:
        return _page(viewer, place, clock.today().year, typed, refused), 422
    flash(_("Đã ghi."))
    return redirect(url_for("awards.list", place=place, year=wanted.year), 303)


@blueprint.post("/<number:number>/withdraw")
def withdraw(number: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()
    try:
        found = awards.withdraw(viewer, number)
    except AwardRefused:
        abort(409)
    flash(_("Đã rút; mục này không còn được tính."))
    return redirect(url_for("awards.list", place=found.place_id, year=found.year), 303)


@blueprint.get("/workbook.xlsx")
def workbook() -> ResponseReturnValue:
    """The honours of a place and year as a workbook."""
    viewer, year = sessions.signed_in(), models.year_of(addresses.asked_number("year"))
    found = awards.listing(viewer, addresses.asked_number("place") or 0, year, size=MOST_EXPORTED)
    answer = Response(award_sheets.workbook(found), content_type=award_sheets.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="khen-thuong-{year}.xlsx"'
    return answer


def _wanted(typed: dict[str, str]) -> Wanted:
    day = read_day(typed["decided_on"])
    if day is None:
        raise AwardRefused("day", "decided_on")
    year = typed["year"].strip()
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise AwardRefused("year", "year")
    words = {name: typed[name] for name in FIELDS if name not in ("decided_on", "year")}
    return Wanted(**words, decided_on=day, year=int(year))


def _form_key() -> bytes:
    """The number that the form carries, by which it does its work once."""
    try:
        key = bytes.fromhex(request.form.get("key", ""))
    except ValueError:
        abort(400)
    if len(key) != 16:
        abort(400)
    return key


def _page(viewer: Viewer, place: int, year: int, typed: dict[str, str], refused: AwardRefused | None) -> str:
    page = addresses.page()
    found = awards.listing(viewer, place, year, page)
    subject = awards.named(viewer, place, typed["subject"]) if found.may_enter else None
    said = {"name": subject.name, "subject_kind": subject.kind.value} if subject else {}
    return render_template(
        "organisers/recognition/awards.html",
        found=found,
        page=page,
        subject=subject,
        typed={"year": str(year), **said, **typed},
        field=refused.field if refused else "",
        sentence=str(award_words.PROBLEMS[refused.rule]) if refused else "",
        forms=forms(),
        kinds=tuple(SubjectKind),
        form_key=os.urandom(16).hex(),
        this_year=clock.today().year,
        today=clock.today().isoformat(),
        door="organiser",
    )


def set_up(app: Flask) -> None:
    app.register_blueprint(blueprint)
    award_words.set_up(app)
