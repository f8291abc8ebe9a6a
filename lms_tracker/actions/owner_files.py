"""Files that hold statements are for their owner alone, as the database is."""

import os


def for_its_owner(path: str, flags: int) -> int:
    """An opener for `open`: what is made is for its owner; what is there stays as it is."""
    return os.open(path, flags, 0o600)
