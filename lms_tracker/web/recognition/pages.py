"""The pages of rounds, put into the application."""

from flask import Flask

from lms_tracker.web.recognition import (
    appeals,
    authorities,
    citizens,
    criteria_sets,
    decisions,
    entries,
    grid_files,
    grids,
    inspections,
    lists,
    papers,
    round_words,
    rounds,
)

# Forms that are larger than others, by endpoint.
MOST_BYTES_OF = {
    "criteria.send": criteria_sets.MOST_BYTES,
    "grids.save": grids.MOST_BYTES,
    "grid_files.preview": grid_files.MOST_BYTES_OF_A_FORM,
}
# Forms that carry a picture or PDF.
WITH_PROOF = frozenset({"recognition.add_proof", "decisions.decide"})


def most_bytes_of_proof() -> int:
    """How large a form with one picture or PDF may be."""
    return citizens.most_bytes_of_a_proof()


def set_up(app: Flask) -> None:
    """Blueprints, and what people read of rounds."""
    for part in (
        rounds, entries, grids, grid_files, lists, decisions, papers, appeals, inspections, citizens,
    ):  # fmt: skip
        app.register_blueprint(part.blueprint)
    criteria_sets.register(app)
    authorities.register(app)
    round_words.set_up(app)
