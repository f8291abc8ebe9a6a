"""The reviewers' pages of flags: those that wait and those that are settled, each by itself, and settling."""

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms_tracker.actions import flags
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.watching import Kind
from lms_tracker.web import flag_charts, flag_words, sessions
from xapi.keys import format_id

blueprint = Blueprint("flags", __name__, url_prefix="/organiser/flags")

CONFIRMED, HARMLESS = "confirmed", "harmless"
# Of the list: those that do not wait any more.
SETTLED = "settled"


@blueprint.get("", strict_slashes=False, endpoint="list")
def list_page() -> ResponseReturnValue:
    viewer = sessions.signed_in()
    waiting = request.args.get("state") != SETTLED
    found = flags.waiting_and_settled(viewer, waiting=waiting, kind=_kind(), before=_before())
    return render_template(
        "organisers/flags.html",
        found=found,
        waiting=waiting,
        settled=SETTLED,
        state=None if waiting else SETTLED,
        kind=_kind(),
        kinds=list(Kind),
        first_page=_before() is None,
        door="organiser",
    )


@blueprint.get("/<number:number>")
def flag(number: int) -> ResponseReturnValue:
    return _page(sessions.signed_in(), number)


@blueprint.post("/<number:number>")
def settle(number: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()
    outcome, note = request.form.get("outcome", ""), request.form.get("note", "")
    typed = {"outcome": outcome, "note": note[: flags.MOST_CHARACTERS]}
    if outcome not in (CONFIRMED, HARMLESS):
        return _page(viewer, number, typed, outcome_problem=_("Mời Ông/Bà chọn một kết luận.")), 422
    try:
        flags.settle(viewer, number, _revision(), outcome == CONFIRMED, note)
    except flags.NoReason:
        problem = _("Mời Ông/Bà ghi lý do, nhiều nhất %(most)s ký tự.", most=flags.MOST_CHARACTERS)
        return _page(viewer, number, typed, note_problem=problem), 422
    except flags.Changed:
        problem = _(
            "Cảnh báo này vừa thay đổi hoặc đã có người giải quyết. Mời Ông/Bà xem lại trước khi quyết định."
        )
        return _page(viewer, number, typed, problem=problem), 409
    flash(_("Đã ghi kết luận của Ông/Bà."))
    return redirect(url_for("flags.list"), 303)


def _page(
    viewer: Viewer,
    number: int,
    typed: dict[str, str] | None = None,
    *,
    problem: str = "",
    outcome_problem: str = "",
    note_problem: str = "",
) -> str:
    story = flags.flag(viewer, number)
    kind, figures = story.row.flag.kind, story.row.flag.figures
    return render_template(
        "organisers/flag.html",
        story=story,
        flag=story.row.flag,
        told=flag_words.measured(kind, figures),
        chart=flag_charts.columns(kind, figures),
        has_line=flag_charts.has_line(kind),
        is_within=flag_charts.is_within(kind),
        bars=[
            (
                flag_words.bar_label(kind, bar),
                flag_words.bar_value(kind, bar.value),
                flag_words.bar_other(kind, bar.other),
            )
            for bar in figures.bars
        ],
        facts=flag_words.facts(kind, figures),
        statement=lambda text: format_id(bytes.fromhex(text)),
        typed=typed or {"outcome": "", "note": ""},
        problem=problem,
        outcome_problem=outcome_problem,
        note_problem=note_problem,
        most=flags.MOST_CHARACTERS,
        door="organiser",
    )


def _kind() -> Kind | None:
    text = request.args.get("kind", "")
    if not text:
        return None
    try:
        return Kind(text)
    except ValueError:
        abort(404)


def _before() -> int | None:
    text = request.args.get("before", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        abort(404)
    return int(text)


def _revision() -> int:
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def set_up(app: Flask) -> None:
    """The pages and the words that their templates use."""
    flag_words.set_up(app)
    app.register_blueprint(blueprint)
