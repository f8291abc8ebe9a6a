"""Requests that wait are written together, and none is forgotten."""

import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.actions.grouping import Groups, Take


def handing_in(groups: Groups[int], *requests: int, size: int = 1) -> list[threading.Thread]:
    """One thread for each request, started one after the other, each when the one before it waits."""
    threads = []
    for request in requests:
        waiting = len(groups)
        thread = threading.Thread(target=groups.hand_in, args=(request, size), daemon=True)
        thread.start()
        while len(groups) == waiting:
            thread.join(0.001)
        threads.append(thread)
    return threads


class Writer:
    """Notes the groups; the first is taken only when the test allows it."""

    def __init__(self, fails: Callable[[list[int]], bool] = lambda group: False) -> None:
        self.groups: list[list[int]] = []
        self.may_begin = threading.Event()
        self._fails = fails

    def __call__(self, take: Take[int]) -> None:
        self.may_begin.wait(10)
        group = take()
        assert take() == group
        self.groups.append(group)
        if self._fails(group):
            raise RuntimeError("the writer fails")


def test_all_who_came_before_the_group_was_taken_are_in_it() -> None:
    writer = Writer()
    threads = handing_in(Groups(writer, most=100), 1, 2, 3)
    writer.may_begin.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    assert writer.groups == [[1, 2, 3]]


def test_a_group_ends_when_it_is_large_enough_and_the_next_one_writes_the_rest() -> None:
    writer = Writer()
    threads = handing_in(Groups(writer, most=5), 1, 2, 3, 4, 5, size=3)
    writer.may_begin.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    assert writer.groups == [[1, 2], [3, 4], [5]]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_sleeps_for_ever_when_a_writer_fails() -> None:
    writer = Writer(fails=lambda group: 1 in group)
    groups = Groups(writer, most=2)
    threads = handing_in(groups, 1, 2, 3, 4)
    writer.may_begin.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    assert writer.groups == [[1, 2], [3, 4]]
    groups.hand_in(5, 1)
    assert writer.groups[-1] == [5]


def test_whoever_did_not_take_a_group_before_failing_has_it_taken_away() -> None:
    def write(take: Take[int]) -> None:
        raise RuntimeError("before the group was taken")

    groups = Groups(write, most=2)
    with pytest.raises(RuntimeError):
        groups.hand_in(1, 1)
    assert len(groups) == 0


@given(st.integers(1, 6), st.integers(1, 8), st.integers(1, 5))
def test_every_request_is_written_once_in_the_order_of_its_thread(
    threads: int, requests: int, most: int
) -> None:
    written: list[int] = []
    groups = Groups[int](lambda take: written.extend(take()), most)

    def work(first: int) -> None:
        for request in range(first, first + requests):
            groups.hand_in(request, 1)
            assert request in written

    working = [threading.Thread(target=work, args=(100 * number,)) for number in range(threads)]
    for thread in working:
        thread.start()
    for thread in working:
        thread.join(10)
    expected = [100 * number + request for number in range(threads) for request in range(requests)]
    assert sorted(written) == expected
    for number in range(threads):
        own = [request for request in written if request // 100 == number]
        assert own == sorted(own)
