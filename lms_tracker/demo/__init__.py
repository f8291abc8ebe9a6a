"""A commune to look at: invented people, providers and courses, and what its learners did, sent over HTTP.

Nothing here is needed by the service; everything here uses it as a stranger would.
"""

from lms_tracker.demo.serving import run

__all__ = ["run"]
