"""Taking turns at SQLite's one writer."""

import multiprocessing
import threading
from multiprocessing.synchronize import Event
from pathlib import Path

from lms_tracker.store.turns import Turns


def test_one_thread_at_a_time_has_the_turn(tmp_path: Path) -> None:
    (tmp_path / "x.db").touch()
    turns, inside, most = Turns(str(tmp_path / "x.db"), 30), [0], [0]

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
    (tmp_path / "x.db").touch()
    mine, others = Turns(str(tmp_path / "x.db"), 30), Turns(str(tmp_path / "x.db"), 30)
    with others.mine(), mine.mine_if_free() as free:
        assert not free
    with mine.mine_if_free() as free:
        assert free
        with others.mine_if_free() as free_too:
            assert not free_too
    with others.mine_if_free() as free:
        assert free


def _hold(path: str, held: Event, release: Event) -> None:
    with Turns(path, 30).mine():
        held.set()
        release.wait(30)


def test_a_process_that_is_killed_leaves_the_turn_to_the_next(tmp_path: Path) -> None:
    path = str(tmp_path / "x.db")
    Path(path).touch()
    spawn = multiprocessing.get_context("spawn")
    held, release = spawn.Event(), spawn.Event()
    process = spawn.Process(target=_hold, args=(path, held, release))
    process.start()
    assert held.wait(30)
    turns = Turns(path, 30)
    with turns.mine_if_free() as free:
        assert not free
    process.kill()
    process.join()
    process.close()
    with turns.mine():
        pass


def test_a_turn_that_is_not_had_in_time_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "x.db").touch()
    others, mine = Turns(str(tmp_path / "x.db"), 30), Turns(str(tmp_path / "x.db"), 0.1)
    entered = False
    with others.mine(), mine.mine():
        entered = True
    assert entered
    # Whoever was left behind in the queue gives the turn up as soon as it comes.
    with mine.mine(), others.mine_if_free() as free:
        assert not free


def test_the_next_in_the_queue_has_the_turn_when_it_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "x.db").touch()
    others, mine = Turns(str(tmp_path / "x.db"), 30), Turns(str(tmp_path / "x.db"), 30)
    order: list[str] = []

    def wait() -> None:
        with mine.mine():
            order.append("mine")

    with others.mine():
        waiting = threading.Thread(target=wait)
        waiting.start()
        waiting.join(0.05)
        order.append("others")
    waiting.join()
    assert order == ["others", "mine"]


def test_where_the_file_cannot_be_had_nobody_waits(tmp_path: Path) -> None:
    turns = Turns(str(tmp_path / "nowhere" / "x.db"), 30)
    with turns.mine():
        pass
    with turns.mine_if_free() as free:
        assert free
