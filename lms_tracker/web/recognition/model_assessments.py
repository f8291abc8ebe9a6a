"""Households, clans, communities and units in a round: all of them with what is computed, and one alone."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lms_tracker.actions.recognition import model_assessments, model_reviews
from lms_tracker.actions.recognition.model_reviews import CellsRefused, Proposal
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.recognition.grids import MOST_NOTE
from lms_tracker.web import addresses, sessions

blueprint = Blueprint("model_assessments", __name__, url_prefix="/organiser/recognition/models")

# A sentence for whoever sent a form, and the field that it is about.
PROBLEMS = {
    "state": (_l("Đợt xét này đã chốt danh sách nên không đánh giá được nữa."), ""),
    "own": (_l("Đây là hộ, dòng họ hoặc đơn vị của chính Ông/Bà: người khác phải đánh giá."), ""),
    "own-entry": (_l("Ông/Bà đã nhập điểm tự chấm của dòng này nên người khác phải thẩm định."), ""),
    "changed": (_l("Người khác vừa thay đổi dòng này; mời Ông/Bà xem lại rồi ghi."), ""),
    "result": (_l("Mời Ông/Bà chọn một kết quả có trong danh sách."), "result"),
    "unassessed": (_l("Còn mục chưa rõ nên chưa đề nghị được kết quả."), "result"),
}
NOTE_WANTED = _l("Mời Ông/Bà ghi lý do vì kết quả đề nghị khác với các mục ở trên.")
NOTE_LONG = _l("Lý do gồm nhiều nhất %(most)s ký tự.", most=MOST_NOTE)
CONFLICTS = ("state", "own", "own-entry", "changed")
MOST_TYPED = 2_000


@blueprint.get("/lists/<number:number>")
def listed(number: int) -> ResponseReturnValue:
    """The subjects of a round with how they stand."""
    page = addresses.page()
    found = model_assessments.round_page(sessions.signed_in(), number, page)
    return render_template(
        "organisers/recognition/model_round.html", found=found, page=page, door="organiser"
    )


@blueprint.post("/lists/<number:number>/propose")
def propose(number: int) -> ResponseReturnValue:
    """Keep what the items come to for every row where all of them are known."""
    try:
        count = model_reviews.propose_all(sessions.signed_in(), number)
    except RecognitionRefused as refused:
        flash(str(PROBLEMS[refused.rule][0]), "bad")
    else:
        flash(ngettext("Đã ghi đề nghị cho %(num)s dòng.", "Đã ghi đề nghị cho %(num)s dòng.", count))
    return redirect(url_for("model_assessments.listed", number=number), 303)


@blueprint.get("/assessments/<number:number>")
def show(number: int) -> ResponseReturnValue:
    return _page(sessions.signed_in(), number)


@blueprint.post("/assessments/<number:number>")
def review(number: int) -> ResponseReturnValue:
    """Keep what a reviewer ticked and proposes."""
    viewer = sessions.signed_in()
    result, _space, level = request.form.get("result", "").partition(" ")
    wanted = Proposal(result, int(level) if level in ("1", "2") else None)
    try:
        model_reviews.review(viewer, number, addresses.form_number("revision"), _ticks(), wanted, _note())
    except CellsRefused as refused:
        note = refused.problems.get("note", "")
        words = NOTE_LONG if note == "long" else NOTE_WANTED
        return _page(viewer, number, (str(words), "note")), 422
    except RecognitionRefused as refused:
        sentence, field = PROBLEMS[refused.rule]
        status = 409 if refused.rule in CONFLICTS else 422
        return _page(viewer, number, (str(sentence), field)), status
    flash(_("Đã ghi đánh giá."))
    return redirect(url_for("model_assessments.show", number=number), 303)


def _ticks() -> dict[str, str]:
    """What was ticked, by item code; "" where nothing was chosen."""
    return {
        name.removeprefix("item-"): text[:20]
        for name, text in list(request.form.items())[:500]
        if name.startswith("item-")
    }


def _note() -> str:
    return request.form.get("note", "")[:MOST_TYPED]


def _page(viewer: Viewer, number: int, problem: tuple[str, str] | None = None) -> str:
    """The row; what was typed is shown again where something is wrong."""
    found = model_assessments.sheet(viewer, number)
    sentence, field = problem or ("", "")
    return render_template(
        "organisers/recognition/model_assessment.html",
        found=found,
        sentence=sentence,
        field=field,
        ticks=_ticks() if problem else {code: str(value) for code, value in found.ticks.items()},
        note=_note() if problem else found.row.note,
        chosen=request.form.get("result", "") if problem else "",
        most_note=MOST_NOTE,
        door="organiser",
    )


def set_up(app: Flask) -> None:
    app.register_blueprint(blueprint)
