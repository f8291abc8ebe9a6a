"""People of a place, each by themselves, and households and clans, for whoever may see them."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms_tracker.actions import residents
from lms_tracker.actions.residents import ResidentRefused
from lms_tracker.actions.rights import Viewer
from lms_tracker.web import roster_words, sessions

blueprint = Blueprint("residents", __name__, url_prefix="/organiser/people")

PROBLEMS = {
    "what": _l("Mời Ông/Bà chọn chuyển đi hay qua đời."),
    "day": _l("Mời Ông/Bà ghi ngày có trong lịch."),
    "day-future": _l("Ngày này chưa tới."),
    "day-before-birth": _l("Ngày này trước khi người đó sinh ra."),
    "day-before-since": _l("Ngày này trước khi người đó đến ở."),
    "answer": _l("Mời Ông/Bà chọn một câu trả lời."),
}
SEXES = {"male": _l("nam"), "female": _l("nữ")}
KINDS = {"household": _l("Hộ gia đình"), "clan": _l("Dòng họ")}
HOW = {
    "roster": _l("theo danh sách"),
    "paper": _l("trên giấy"),
    "signed-in": _l("tự trả lời trên hệ thống"),
}


@blueprint.get("", strict_slashes=False, endpoint="list")
def list_page() -> ResponseReturnValue:
    """The people of a place; without `place` the places to choose from, of one alone straight its people."""
    viewer = sessions.signed_in()
    if "place" not in request.args:
        mine = residents.my_places(viewer)
        if len(mine) == 1:
            return redirect(url_for("residents.list", place=mine[0].id))
        return render_template("organisers/people_places.html", places=mine, door="organiser")
    text = request.args.get("find", "")[:200].strip()
    found = residents.people_of(viewer, number("place"), text, _after_person())
    following = _packed(found.next[0], found.next[1].hex()) if found.next else ""
    return render_template(
        "organisers/people.html", found=found, sought=text, following=following, door="organiser"
    )


@blueprint.get("/<key>")
def person(key: str) -> ResponseReturnValue:
    return _person(sessions.signed_in(), _key(key))


def _person(viewer: Viewer, key: bytes, problem: str = "", status: int = 200) -> ResponseReturnValue:
    typed = request.form if status != 200 else {}
    found = residents.person(viewer, key)
    text = render_template(
        "organisers/person.html", found=found, key=key.hex(), problem=problem, typed=typed, door="organiser"
    )
    return text, status


@blueprint.post("/<key>/leave")
def leave(key: str) -> ResponseReturnValue:
    """Somebody moved away or died."""
    viewer, person_key = sessions.signed_in(), _key(key)
    residents.demand_enter(viewer, person_key, where_they_live=True)
    day = _day(request.form.get("day", "").strip())
    if day is None:
        return _person(viewer, person_key, str(PROBLEMS["day"]), 422)
    try:
        residents.leave(viewer, person_key, request.form.get("what", ""), day)
    except ResidentRefused as refused:
        return _person(viewer, person_key, str(PROBLEMS[refused.rule]), 422)
    return redirect(url_for("residents.list"), 303)


@blueprint.post("/<key>/consent")
def consent(key: str) -> ResponseReturnValue:
    """Somebody agreed, or withdrew it, on paper."""
    viewer, person_key = sessions.signed_in(), _key(key)
    residents.demand_enter(viewer, person_key)
    answer = request.form.get("answer", "")
    if answer not in ("yes", "no"):
        return _person(viewer, person_key, str(PROBLEMS["answer"]), 422)
    residents.note_consent(viewer, person_key, answer == "yes")
    return redirect(url_for("residents.person", key=key), 303)


@blueprint.get("/kinships")
def kinships() -> ResponseReturnValue:
    """Households, or with kind=clan clans, of a place."""
    kind = request.args.get("kind", "household")
    found = residents.kinships_of(sessions.signed_in(), number("place"), kind, _after_number())
    following = _packed(found.next[0], str(found.next[1])) if found.next else ""
    return render_template("organisers/kinships.html", found=found, following=following, door="organiser")


def number(name: str) -> int:
    text = request.args.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        abort(404)
    return int(text)


def _key(text: str) -> bytes:
    if len(text) != 32:
        abort(404)
    try:
        return bytes.fromhex(text)
    except ValueError:
        abort(404)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _packed(*parts: str) -> str:
    """Where a list goes on, for an address."""
    return urlsafe_b64encode(" ".join(parts).encode()).decode().rstrip("=")


def _after() -> tuple[str, str] | None:
    text = request.args.get("after", "")
    if not text:
        return None
    try:
        sort_key, _space, last = urlsafe_b64decode(text[:2_000] + "==").decode("ascii").partition(" ")
    except (binascii.Error, ValueError):
        abort(404)
    if not (sort_key.isalnum() or not sort_key) or not last.isalnum():
        abort(404)
    return sort_key, last


def _after_person() -> tuple[str, bytes] | None:
    after = _after()
    return None if after is None else (after[0], _key(after[1]))


def _after_number() -> tuple[str, int] | None:
    after = _after()
    if after is None:
        return None
    if not (after[1].isascii() and after[1].isdigit() and len(after[1]) <= 12):
        abort(404)
    return after[0], int(after[1])


def relation(text: str) -> str:
    """A relation as the roster said it."""
    return str(_("Chủ hộ")) if text == "head" else text


def set_up(app: Flask) -> None:
    roster_words.set_up(app)
    app.add_template_filter(relation, "relation")
    app.add_template_filter(lambda sex: str(SEXES.get(sex, "")), "sex")
    app.add_template_filter(lambda kind: str(KINDS.get(kind, kind)), "kinship_kind")
    app.add_template_filter(lambda how: str(HOW.get(how, how)), "consent_how")
