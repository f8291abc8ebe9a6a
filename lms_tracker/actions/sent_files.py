"""Files that a provider's people sent: laid aside until their sender has seen what they would do."""

from lms_tracker.actions import contents, rights
from lms_tracker.actions.rights import Viewer


def lay_aside(viewer: Viewer, provider_id: int, data: bytes, most_bytes: int) -> bytes:
    """Keep a file for a day; answers its key. Raises rights.NotAllowed, and contents.TooLarge."""
    rights.demand(rights.may_see_provider(viewer, provider_id))
    return contents.keep([data], most_bytes).content_key


def laid_aside(viewer: Viewer, provider_id: int, key: bytes) -> bytes:
    """A file that was laid aside. Raises rights.NotAllowed, and contents.Missing once it is gone."""
    rights.demand(rights.may_see_provider(viewer, provider_id))
    return b"".join(contents.read(key))
