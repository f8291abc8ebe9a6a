"""The demo as one command: set up, serve with the jobs, and let the providers' programs send."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from lms_tracker import logs, serving
from lms_tracker.config import Settings
from lms_tracker.demo import sending, telling
from lms_tracker.demo.citizens import NAMES
from lms_tracker.demo.folder import Folder
from lms_tracker.demo.setting_up import set_up

HOST = "127.0.0.1"
SECONDS_TO_STOP = 2


def run(port: int, data_dir: Path, citizens: int = len(NAMES)) -> None:
    """Serve the demo commune of `data_dir` until SIGTERM or Ctrl+C, made first if it is not there yet.

    Raises ConfigurationError when a setting is wrong or the port is taken.
    """
    folder = Folder(data_dir)
    base_url = f"http://{HOST}:{port}"
    settings = replace(
        Settings.from_environment(),
        database_url=f"sqlite:///{folder.database}",
        secret_key=folder.secret_key(),
        base_url=base_url,
        log_level=os.environ.get("LMS_TRACKER_LOG_LEVEL", "warning"),
    )
    # What the learners' programs get wrong on purpose need not be told twice.
    logs.configure(settings.log_level, settings.log_format)
    serving.check(settings, HOST, port)
    if folder.made() is None:
        telling.setting_up()
    with telling.progress("Setting up") as advance:
        set_up(folder, settings, citizens, advance)
    # Spawned before the server forks, so that neither inherits anything of the other.
    program = serving.spawned(sending.run, (folder.path, base_url), "lms-tracker-demo")
    try:
        serving.serve(settings, HOST, port, settings.workers, with_jobs=True)
    finally:
        program.terminate()
        program.join(SECONDS_TO_STOP)
