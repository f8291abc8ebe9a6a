"""The pages of rounds, put into the application."""

from flask import Flask

from lms_tracker.web.recognition import (
    appeals,
    citizens,
    decisions,
    entries,
    grid_files,
    grids,
    inspections,
    lists,
    round_words,
    rounds,
)

# Forms that are larger than others, by endpoint.
MOST_BYTES_OF = {
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
        rounds, entries, grids, grid_files, lists, decisions, appeals, inspections, citizens,
    ):  # fmt: skip
        app.register_blueprint(part.blueprint)
    round_words.set_up(app)
