"""The organisers' pages of the models of learning: of a place, of all its families, of one of them."""

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import clock, residents
from lms_tracker.actions.recognition import models
from lms_tracker.actions.records import NotFound
from lms_tracker.learning.recognition.models import Model
from lms_tracker.web import addresses, sessions
from lms_tracker.web.recognition import model_words, share_charts

blueprint = Blueprint("models", __name__, url_prefix="/organiser/recognition/models")


@blueprint.get("", strict_slashes=False)
def overview() -> ResponseReturnValue:
    """The models of a place; without `place` the places to choose from, of one alone straight its models."""
    viewer, year = sessions.signed_in(), models.year_of(addresses.asked_number("year"))
    place = addresses.asked_number("place")
    if place is None:
        mine = residents.my_places(viewer)
        if len(mine) == 1:
            return redirect(url_for("models.overview", place=mine[0].id, year=year))
        return render_template(
            "organisers/recognition/model_places.html", places=mine, year=year, door="organiser"
        )
    found = models.overview(viewer, place, year)
    return render_template(
        "organisers/recognition/models.html", found=found, this_year=clock.today().year, door="organiser"
    )


@blueprint.get("/<model>")
def listed(model: str) -> ResponseReturnValue:
    """The subjects of a model at a place, narrowed by `state`."""
    viewer, year = sessions.signed_in(), models.year_of(addresses.asked_number("year"))
    found = models.listing(
        viewer,
        _model(model),
        addresses.asked_number("place") or 0,
        year,
        request.args.get("state", ""),
        addresses.page(),
    )
    return render_template(
        "organisers/recognition/model_list.html",
        found=found,
        filters=model_words.FILTERS,
        page=addresses.page(),
        this_year=clock.today().year,
        door="organiser",
    )


@blueprint.get("/<model>/<number:subject>")
def show(model: str, subject: int) -> ResponseReturnValue:
    """One household, clan, place or unit in a year."""
    viewer, year = sessions.signed_in(), models.year_of(addresses.asked_number("year"))
    found = models.page_of(viewer, _model(model), subject, year)
    return render_template(
        "organisers/recognition/model.html", found=found, this_year=clock.today().year, door="organiser"
    )


def _model(text: str) -> Model:
    found = next((model for model in models.MODELS if model == text), None)
    if found is None:
        raise NotFound
    return found


def set_up(app: Flask) -> None:
    app.register_blueprint(blueprint)
    model_words.set_up(app)
    app.add_template_global(share_charts.bars, "share_bars")
