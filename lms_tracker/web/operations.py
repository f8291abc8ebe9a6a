"""What those who run the service look at: is it alive, is it ready, how is it doing."""

from flask import Blueprint, Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from lms_tracker.actions import availability, figures

blueprint = Blueprint("operations", __name__)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
def healthz() -> Response:
    """This process answers."""
    return Response("ok\n", content_type="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """The database answers too and has a schema."""
    if availability.is_ready():
        return Response("ready\n", content_type="text/plain")
    return Response("the database does not answer or was not migrated\n", 503, content_type="text/plain")


@blueprint.get("/metrics")
def metrics() -> Response:
    """Prometheus text. Figures come from the database, so that every process answers alike."""
    registry = CollectorRegistry()
    for name, (meaning, value) in figures.now().items():
        Gauge(f"lms_tracker_{name}", meaning, registry=registry).set(value)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
