"""Taking turns at SQLite's one writer."""

import multiprocessing
import threading
from multiprocessing.synchronize import Event
from pathlib import Path

from lms_tracker.store.turns import Turns


def test_one_thread_at_a_time_has_the_turn(tmp_path: Path) -> None:
    turns, inside, most = Turns(str(tmp_path / "x.db")), [0], [0]

    def work() -> None:
        for _ in range(200):
            with turns.mine():
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_whoever_does_not_want_to_wait_is_told_that_the_turn_is_taken(tmp_path: Path) -> None:
    mine, others = Turns(str(tmp_path / "x.db")), Turns(str(tmp_path / "x.db"))
    with others.mine(), mine.mine_if_free() as free:
        assert not free
    with mine.mine_if_free() as free:
        assert free
        with others.mine_if_free() as free_too:
            assert not free_too
    with others.mine_if_free() as free:
        assert free


def _hold(path: str, held: Event, release: Event) -> None:
    with Turns(path).mine():
        held.set()
        release.wait(30)


def test_a_process_that_is_killed_leaves_the_turn_to_the_next(tmp_path: Path) -> None:
    path = str(tmp_path / "x.db")
    spawn = multiprocessing.get_context("spawn")
    held, release = spawn.Event(), spawn.Event()
    process = spawn.Process(target=_hold, args=(path, held, release))
    process.start()
    assert held.wait(30)
    turns = Turns(path)
    with turns.mine_if_free() as free:
        assert not free
    process.kill()
    process.join()
    process.close()
    with turns.mine():
        pass
