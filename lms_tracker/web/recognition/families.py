"""The citizens' page of their own family: whether it is a learning family, and what the head may know."""

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import families, models
from lms_tracker.web import addresses, sessions

blueprint = Blueprint("families", __name__, url_prefix="/family")


@blueprint.get("", strict_slashes=False)
def show() -> ResponseReturnValue:
    year = models.year_of(addresses.asked_number("year"))
    found = families.mine(sessions.signed_in(), year)
    return render_template(
        "citizens/family.html", found=found, year=year, this_year=clock.today().year, door="record"
    )


def set_up(app: Flask) -> None:
    app.register_blueprint(blueprint)
