"""People, what they may do, and signing in, on both databases."""

import unicodedata
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from flask import Flask

from lms_tracker.actions import crediting, passwords, people
from lms_tracker.actions.passwords import WeakPassword
from lms_tracker.actions.people import PersonRefused, TooManyAttempts
from lms_tracker.actions.throttling import FORGET_AFTER, LONGEST_WAIT, Throttle
from lms_tracker.store import database, due
from lms_tracker.store import people as rows
from tests.actions import learners

PASSWORD = "đi học mỗi ngày"
AGENT = '{"account": {"homePage": "https://lms.example.vn", "name": "hoa"}}'


@pytest.fixture(autouse=True)
def in_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Within the application's context, with nobody's failures remembered and hashes that are quick."""
    for name, free in (("_by_login_and_place", 5), ("_by_login", 30), ("_by_place", 200)):
        monkeypatch.setattr(people, name, Throttle(free=free))
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._hash_of_nobody.cache_clear()
    with app.app_context():
        yield app
    passwords._hash_of_nobody.cache_clear()


def test_a_person_who_was_added_can_sign_in_whatever_the_case_of_the_login() -> None:
    added = people.add_person("Nguyễn Thị Hoa", "Hoa@Example.vn", PASSWORD)
    found = people.authenticate(" hoa@example.VN ", PASSWORD)
    assert found is not None
    assert (found.key, found.name, found.roles) == (added.key, "Nguyễn Thị Hoa", frozenset())


def test_a_wrong_password_and_an_unknown_login_look_alike_and_cost_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people.add_person("Hoa", "hoa", PASSWORD)
    verified: list[str] = []
    verify = passwords._hasher.verify
    monkeypatch.setattr(
        passwords, "_hasher", Watched(lambda known, given: verified.append(known) or verify(known, given))
    )
    assert people.authenticate("hoa", "sai mật khẩu rồi") is None
    assert people.authenticate("nobody", "sai mật khẩu rồi") is None
    assert len(verified) == 2


class Watched(PasswordHasher):
    """A hasher whose `verify` is another function."""

    def __init__(self, verify: object) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verify = verify  # type: ignore[method-assign,assignment]


def test_the_empty_password_of_nobody_opens_no_account() -> None:
    assert people.authenticate("nobody", "") is None


def test_one_password_typed_on_two_keyboards_is_one_password() -> None:
    people.add_person("Hoa", "hoa", "mật khẩu của tôi")
    assert people.authenticate("hoa", unicodedata.normalize("NFD", "mật khẩu của tôi")) is not None


def test_a_hash_with_old_parameters_is_renewed_at_the_next_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    people.add_person("Hoa", "hoa", PASSWORD)
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    assert people.authenticate("hoa", PASSWORD) is not None
    with database.reading() as connection:
        person = rows.by_login(connection, "hoa")
    assert person is not None
    assert "t=2" in person.password_hash


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("hoa", "quá ngắn"),
        ("nguyenthihoa", "NguyenThiHoa"),
        ("nguyenthihoa@example.vn", "nguyenthihoa"),
        ("hoa", "aaaaaaaaaaaa"),
        ("hoa", "x" * 2000),
    ],
)
def test_a_weak_password_is_refused_and_nobody_is_added(login: str, password: str) -> None:
    with pytest.raises(WeakPassword, match="expected a password"):
        people.add_person("Hoa", login, password)
    with database.reading() as connection:
        assert rows.by_login(connection, login) is None


@pytest.mark.parametrize(
    ("name", "login"),
    [("Hoa\0", "hoa"), ("Hoa\n", "ho\0a"), ("Hoa", "ho\0a"), ("Hoa", "hoa\ud800"), ("\ud800", "hoa")],
)
def test_a_name_or_login_that_cannot_be_printed_is_refused_and_nobody_has_it(name: str, login: str) -> None:
    with pytest.raises(PersonRefused, match="that can be printed"):
        people.add_person(name, login, PASSWORD)
    assert people.authenticate(login, PASSWORD) is None


def test_a_password_with_half_a_surrogate_pair_is_not_taken_and_fits_nobody() -> None:
    with pytest.raises(WeakPassword, match="surrogate"):
        people.add_person("Hoa", "hoa", PASSWORD + "\ud800")
    people.add_person("Hoa", "hoa", PASSWORD)
    assert people.authenticate("hoa", PASSWORD + "\ud800") is None


def test_a_login_belongs_to_one_person() -> None:
    people.add_person("Hoa", "hoa", PASSWORD)
    with pytest.raises(PersonRefused, match="taken"):
        people.add_person("Hoa khác", "HOA", PASSWORD)


def test_an_identifier_belongs_to_one_person_and_a_refusal_adds_nobody() -> None:
    people.add_person("Hoa", "hoa", PASSWORD, [AGENT])
    with pytest.raises(PersonRefused, match="belongs to another person"):
        people.add_person("Tám", "tam", PASSWORD, ["mailto:tam@example.vn", AGENT])
    with database.reading() as connection:
        assert rows.by_login(connection, "tam") is None
        assert due.person_keys(connection, [people.identified("mailto:tam@example.vn").key]) == {
            people.identified("mailto:tam@example.vn").key: people.identified("mailto:tam@example.vn").key
        }


@pytest.mark.parametrize("text", ["hoa@example.vn", "mailto:", '{"name": "Hoa"}', '{"mbox": 5}', "[]", "{"])
def test_an_identifier_that_is_none_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(PersonRefused, match="expected"):
        people.add_person("Hoa", "hoa", PASSWORD, [text])


def test_linking_an_identifier_brings_the_hours_that_were_earned_before(in_app: Flask) -> None:
    caller = learners.provider()
    learners.add_course(caller)
    learners.record(in_app, caller, learners.studied("hoa", "2026-10-01T09:00:00Z", "PT1H"))
    crediting.recount_due()
    actor = people.identified(AGENT).key
    assert learners.placed_seconds(actor) == 3600
    person = people.add_person("Hoa", "hoa", PASSWORD, [AGENT])
    with database.reading() as connection:
        assert due.marks(connection, [actor])
    crediting.recount_due()
    assert learners.placed_seconds(person.key) == 3600
    assert learners.placed_seconds(actor) == 0


def test_after_a_few_failures_even_the_right_password_has_to_wait() -> None:
    people.add_person("Hoa", "hoa", PASSWORD)
    for _failure in range(5):
        assert people.authenticate("hoa", "không phải cái này") is None
    with pytest.raises(TooManyAttempts) as refused:
        people.authenticate("hoa", PASSWORD)
    assert 1 <= refused.value.seconds <= LONGEST_WAIT


def test_guesses_from_elsewhere_do_not_keep_a_person_out_until_there_are_many() -> None:
    people.add_person("Hoa", "hoa", PASSWORD)
    for place in range(25):
        assert people.authenticate("hoa", "không phải cái này", f"203.0.114.{place}") is None
    assert people.authenticate("hoa", PASSWORD, "203.0.114.200") is not None
    for place in range(25, 30):
        people.authenticate("hoa", "không phải cái này", f"203.0.114.{place}")
    with pytest.raises(TooManyAttempts):
        people.authenticate("hoa", PASSWORD, "203.0.114.201")


def test_many_logins_tried_from_one_public_place_slow_that_place_but_a_proxys_own_address_says_nothing() -> (
    None
):
    for place, slowed in (("10.0.0.1", False), ("127.0.0.1", False), ("8.8.8.8", True)):
        for number in range(200):
            people.authenticate(f"login-{place}-{number}", "không phải cái này", place)
        if slowed:
            with pytest.raises(TooManyAttempts):
                people.authenticate("somebody", PASSWORD, place)
        else:
            assert people.authenticate("somebody", PASSWORD, place) is None


def test_a_sign_in_forgets_the_failures_before_it() -> None:
    people.add_person("Hoa", "hoa", PASSWORD)
    for _round in range(3):
        for _failure in range(4):
            people.authenticate("hoa", "không phải cái này")
        assert people.authenticate("hoa", PASSWORD) is not None


def test_waiting_doubles_up_to_a_bound_and_ends() -> None:
    throttle, now = Throttle(free=2), 0.0
    waits = []
    for _failure in range(12):
        throttle.failed("hoa", now)
        waits.append(throttle.wait("hoa", now))
        now += waits[-1]
    assert waits[:5] == [0, 2, 4, 8, 16]
    assert max(waits) == LONGEST_WAIT
    assert throttle.wait("hoa", now) == 0
    assert throttle.wait("hoa", now + FORGET_AFTER + 1) == 0


def test_a_throttle_remembers_a_bounded_number_of_names() -> None:
    throttle = Throttle(free=1, keys=10)
    for number in range(1000):
        throttle.failed(f"name {number}", 0.0)
    assert throttle.wait("name 0", 0.0) == 0
    assert throttle.wait("name 999", 0.0) > 0
    assert len(throttle._failures) == 10
