"""Ports for servers that are given the number before they listen at it."""

import itertools
import os
import socket
import threading

LOOPBACK = "127.0.0.1"
# Below the ports that systems give to whoever asks for any: between the choice and the server's start no
# connection and no server of another test can come to hold the port.
LOWEST, HIGHEST = 15_000, 31_999
_LOCK = threading.Lock()
# Each process of a run begins elsewhere and takes no port twice.
_tried = itertools.count(os.getpid() * 499)


def free_port() -> int:
    """A port at which nobody listens, and that nobody else of this run is given."""
    with _LOCK:
        for tried in itertools.islice(_tried, HIGHEST - LOWEST + 1):
            port = LOWEST + tried % (HIGHEST - LOWEST + 1)
            if _can_be_bound(port):
                return port
    raise RuntimeError(f"no port from {LOWEST} to {HIGHEST} is free")


def _can_be_bound(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
