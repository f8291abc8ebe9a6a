"""All pages of figures, plans and reports, put into the application."""

from flask import Flask

from lms_tracker.web.reporting import (
    calls,
    figure_files,
    figures,
    indicators,
    plans,
    statistics,
    statistics_words,
    words,
)

# Forms with files, by endpoint, in bytes.
MOST_BYTES_OF = {
    "figure_files.send": figure_files.MOST_BYTES,
    "plans.load": plans.MOST_BYTES_OF_A_FORM,
}


def register(app: Flask) -> None:
    words.set_up(app)
    statistics_words.set_up(app)
    for blueprint in (
        figures.blueprint,
        figure_files.blueprint,
        plans.blueprint,
        calls.blueprint,
        indicators.blueprint,
        statistics.blueprint,
    ):
        app.register_blueprint(blueprint)
