"""Commands that run until they are told to end."""

from __future__ import annotations

from pathlib import Path

import click

from lms_tracker.cli.opening import configured, opened
from lms_tracker.cli.output import as_json_option, show

port_option = click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port to listen on."
)


@click.command()
@port_option
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-data"),
    show_default=True,
    help="The folder that keeps the demo's database and secrets.",
)
def demo(port: int, data: Path) -> None:
    """Set up a demo commune and serve it, printing addresses and logins.

    A second start keeps the data.
    """
    from lms_tracker import demo as commune

    with configured():
        commune.run(port, data)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@port_option
@click.option("--workers", type=click.IntRange(1, 256), help="Processes that answer [LMS_TRACKER_WORKERS].")
@click.option("--with-jobs", is_flag=True, help="Run the clock and the credit worker in one more process.")
@as_json_option
def serve(host: str, port: int, workers: int | None, with_jobs: bool, as_json: bool) -> None:
    """Answer requests until SIGTERM."""
    from lms_tracker import serving
    from lms_tracker.actions import availability

    with opened():
        availability.ask()
    with configured() as settings:
        serving.check(settings, host, port)
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        show({"address": address}, f"Serving at {address}; Ctrl+C ends it.", as_json)
        serving.serve(settings, host, port, workers or settings.workers, with_jobs)


@click.command()
@as_json_option
def jobs(as_json: bool) -> None:
    """Run the clock and the credit worker until SIGTERM."""
    from lms_tracker import jobs
    from lms_tracker.actions import availability

    with opened() as app:
        availability.ask()
        show({"jobs": "running"}, "Running the jobs; Ctrl+C ends them.", as_json)
        jobs.run(app)
