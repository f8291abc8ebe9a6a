"""The citizens' page of their own family: whether it is a learning family, and what the head may know."""

from flask import Blueprint, Flask, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import families, family_registrations, models
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.web import addresses, sessions

blueprint = Blueprint("families", __name__, url_prefix="/family")


@blueprint.get("", strict_slashes=False)
def show() -> ResponseReturnValue:
    return _page("")


def _page(problem: str) -> str:
    year = models.year_of(addresses.asked_number("year"))
    found = families.mine(sessions.signed_in(), year)
    return render_template(
        "citizens/family.html",
        found=found,
        year=year,
        this_year=clock.today().year,
        problem=problem,
        door="record",
    )


@blueprint.post("/<number:number>/rounds/<number:round_>/register")
def register(number: int, round_: int) -> ResponseReturnValue:
    """Register a household or clan, as its head."""
    viewer = sessions.signed_in()
    try:
        family_registrations.register(viewer, number, round_)
    except RecognitionRefused as refused:
        return _page(refused.rule), 422
    return redirect(url_for("families.show"), 303)


def set_up(app: Flask) -> None:
    app.register_blueprint(blueprint)
