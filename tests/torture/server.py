"""`lms-tracker serve` as it is, but for the delays: `python -m tests.torture.server PORT MEAN WRONG SEED`."""

import multiprocessing
import sys

from lms_tracker.cli import main
from tests.torture import delays

if __name__ == "__main__":
    port, mean, wrong, seed = sys.argv[1:]
    # Workers that were spawned would not have what is installed here.
    multiprocessing.set_start_method("fork")
    delays.install(float(mean), float(wrong), int(seed))
    main(["serve", "--port", port, "--workers", "1"])
