"""A citizen's linked accounts: how each was proved, codes and letters, letting go, and "this is not me"."""

from collections.abc import Callable, Mapping

from flask import Blueprint, abort, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lms_tracker.actions import accounts, linking, proving
from lms_tracker.actions.identity import IdentityRefused
from lms_tracker.actions.rights import Viewer
from lms_tracker.web import sessions

blueprint = Blueprint("accounts", __name__)

# In the session of whoever asks, until they were shown: a code that was made, what came of a form, and where
# a letter went.
_CODE, _TOLD, _LETTER = "link_code", "link_told", "link_letter"


@blueprint.get("/record/accounts")
def mine() -> ResponseReturnValue:
    return _page({}, "", "")


def _page(typed: Mapping[str, str], form: str, problem: str) -> str:
    """The page; with a `problem`, what was wrong with which form and what was typed there."""
    viewer = sessions.signed_in()
    return render_template(
        "citizens/accounts.html",
        found=accounts.mine(viewer),
        code=session.pop(_CODE, None),
        told=session.pop(_TOLD, ""),
        letter=typed.get("address") or session.get(_LETTER, ""),
        typed=typed,
        form=form,
        problem=problem,
        door="record",
    )


def _refused(form: str, problem: str, status: int = 422) -> ResponseReturnValue:
    names = ("address", "code", "actor", "why")
    typed = {name: request.form.get(name, "")[:500] for name in names}
    return make_response(_page(typed, form, problem), status)


def told(outcome: str, endpoint: str = "accounts.mine", **values: str) -> ResponseReturnValue:
    """Lead to a page that says once what came of a form."""
    session[_TOLD] = outcome
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[arg-type]


def pop_told() -> str:
    return str(session.pop(_TOLD, ""))


@blueprint.post("/record/accounts/code")
def make_code() -> ResponseReturnValue:
    viewer = sessions.signed_in()
    try:
        made = proving.make_code(viewer)
    except proving.TooManyTries:
        return _refused("code", "too-many", 429)
    session[_CODE] = [made.code, made.expires_us]
    return redirect(url_for("accounts.mine", _anchor="code"), 303)


@blueprint.post("/record/accounts/letter")
def send_letter() -> ResponseReturnValue:
    viewer, address = sessions.signed_in(), request.form.get("address", "")
    try:
        proving.send_code(viewer, address, _letter)
    except IdentityRefused as refused:
        return _refused("letter", refused.rule)
    except proving.TooManyTries:
        return _refused("letter", "too-many", 429)
    except proving.NoLetters:
        return _refused("letter", "no-letters", 409)
    session[_LETTER] = address.strip()
    return told("sent")


def _letter(code: str, minutes: int) -> tuple[str, str]:
    hours = minutes // 60
    body = [
        _("Kính gửi Ông/Bà,"),
        _("Mã xác nhận địa chỉ thư điện tử trên Sổ học tập: %(code)s", code=code),
        ngettext(
            "Mã dùng được một lần trong %(num)d giờ, trên chính tài khoản đã yêu cầu.",
            "Mã dùng được một lần trong %(num)d giờ, trên chính tài khoản đã yêu cầu.",
            hours,
        ),
        _("Nếu Ông/Bà không yêu cầu, mời bỏ qua thư này và không đưa mã cho ai."),
    ]
    return _("Mã xác nhận địa chỉ thư điện tử"), "\n\n".join(body) + "\n"


@blueprint.post("/record/accounts/prove")
def prove() -> ResponseReturnValue:
    viewer, address = sessions.signed_in(), request.form.get("address", "")
    try:
        outcome = proving.prove_address(viewer, address, request.form.get("code", ""))
    except IdentityRefused as refused:
        return _refused("prove", refused.rule)
    if outcome is None:
        return _refused("prove", "wrong-code")
    session.pop(_LETTER, None)
    return told(outcome.value)


@blueprint.post("/record/accounts/unlink")
def unlink() -> ResponseReturnValue:
    def act(viewer: Viewer, actor_key: bytes, why: str) -> None:
        linking.unlink(viewer, viewer.key, actor_key, why)

    return _changed(act, "unlinked")


@blueprint.post("/record/accounts/deny")
def deny() -> ResponseReturnValue:
    return _changed(linking.deny, "denied")


def _changed(act: Callable[[Viewer, bytes, str], None], done: str) -> ResponseReturnValue:
    viewer = sessions.signed_in()
    actor_key = asked_actor()
    try:
        act(viewer, actor_key, request.form.get("why", ""))
    except IdentityRefused as refused:
        return _refused("change", refused.rule)
    return told(done)


def asked_actor() -> bytes:
    """The key of the identifier that one of our own forms is about; anything else is answered 400."""
    try:
        key = bytes.fromhex(request.form.get("actor", ""))
    except ValueError:
        abort(400)
    if len(key) != 16:
        abort(400)
    return key


# --- an address that a provider made ---------------------------------------------------------------------


@blueprint.get("/links/<token>")
def offer(token: str) -> ResponseReturnValue:
    sessions.signed_in()
    found = proving.offer(token)
    if found is None:
        return render_template("citizens/account_gone.html", door="record"), 410
    return render_template("citizens/account_offer.html", found=found, token=token, door="record")


@blueprint.post("/links/<token>")
def confirm(token: str) -> ResponseReturnValue:
    viewer = sessions.signed_in()
    if request.form.get("answer") != "yes":
        abort(400)
    try:
        outcome = proving.confirm(viewer, token)
    except IdentityRefused as refused:
        return _refused("offer", refused.rule)
    if outcome is None:
        return render_template("citizens/account_gone.html", door="record"), 410
    return told(outcome.value)
