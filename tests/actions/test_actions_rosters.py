"""Rosters handed in, decided about and applied: nobody doubled, nobody lost, nobody merged in silence."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask

from lms_tracker.actions import clock, identity, roster_applying, rosters
from lms_tracker.actions.rights import NotAllowed, Viewer
from lms_tracker.actions.roster_communes import PURPOSE
from lms_tracker.actions.rosters import Decisions, RosterRefused, Settled
from lms_tracker.learning.roster_lines import RosterRefusal
from lms_tracker.learning.roster_matching import Verdict
from lms_tracker.store import consents, database, kinships, links, residences
from tests.actions import communes
from tests.actions.communes import Commune, officer, roster, table

FILE = roster(
    "NGUYỄN VĂN AN;1/2/1960;Nam;Thôn Đông;12;Chủ hộ;Nguyễn;0912345678;an@example.vn;x",
    "Trần Thị Lệ;1962;Nữ;Thôn Đông;12;Vợ;;;;không",
    "Nguyễn Thị Ánh;2010;Nữ;thôn tây;3;Chủ hộ;Nguyễn;;;",
)
KEPT = ("people", "residences", "kinships", "kinship_members", "consents", "links")


@dataclass(frozen=True)
class Setting:
    app: Flask
    at: Commune
    ha: Viewer


@pytest.fixture
def setting(in_app: Flask) -> Setting:
    at = communes.settle()
    return Setting(in_app, at, officer("thuha", at.commune))


def hand_in(setting: Setting, body: bytes = FILE, **more: object) -> int:
    return rosters.hand_in(setting.ha, setting.at.commune, body, "ho-dan.csv", **more)  # type: ignore[arg-type]


def applied(
    setting: Setting, body: bytes = FILE, said: dict[int, str] | None = None, **more: object
) -> dict[str, int]:
    number = hand_in(setting, body, **more)
    if said:
        rosters.decide(setting.ha, number, Decisions(said, {}, {}))
    return roster_applying.apply(setting.ha, number)


def counts() -> dict[str, int]:
    return {name: int(str(table(f"SELECT COUNT(*) FROM {name}")[0][0])) for name in KEPT}


def seen(setting: Setting, number: int) -> rosters.Seen:
    _, found = rosters.preview(setting.ha, number)
    assert found is not None
    return found


def keys() -> dict[str, bytes]:
    return {str(name): bytes(key) for name, key in table("SELECT name, person_key FROM people")}  # type: ignore[call-overload]


def homes(name: str) -> list[tuple[int, date | None, date | None]]:
    with database.reading() as connection:
        return [
            (one.place_id, one.since, one.until) for one in residences.of_person(connection, keys()[name])
        ]


def households(name: str) -> list[tuple[str, str, date | None, date | None]]:
    with database.reading() as connection:
        found = kinships.of_person(connection, keys()[name])
    return [
        (one.kinship.name, one.relation, one.since, one.until)
        for one in found
        if one.kinship.kind == kinships.HOUSEHOLD
    ]


def test_a_roster_is_looked_at_before_anybody_is_entered(setting: Setting) -> None:
    before = counts()
    found = seen(setting, hand_in(setting))
    assert [one.verdict for one in found.matches] == [Verdict.NEW] * 3
    assert [one.placed.place_id for one in found.matches] == [
        setting.at.east,
        setting.at.east,
        setting.at.west,
    ]
    assert counts() == before


def test_a_roster_that_is_applied_enters_people_households_clans_and_consent(setting: Setting) -> None:
    done = applied(setting)
    assert (done["new"], done["waiting"], done["wrong"], done["consents"], done["emails"]) == (3, 0, 0, 2, 1)
    an = table("SELECT name, birth_year, sex, phone, login, search FROM people WHERE name = 'Nguyễn Văn An'")
    assert an == [("Nguyễn Văn An", 1960, "male", "0912345678", None, "nguyen van an")]
    assert homes("Nguyễn Văn An") == [(setting.at.east, None, None)]
    assert households("Nguyễn Văn An") == [("12", "head", None, None)]
    assert households("Trần Thị Lệ") == [("12", "Vợ", None, None)]
    clans = table("SELECT k.name, COUNT(*) FROM kinships k JOIN kinship_members m ON m.kinship_id = k.id"
                  " WHERE k.kind = 'clan' GROUP BY k.id, k.name")  # fmt: skip
    assert clans == [("Nguyễn", 2)]
    with database.reading() as connection:
        held = consents.newest(connection, list(keys().values()), PURPOSE)
    assert held[keys()["Nguyễn Văn An"]].given is True
    assert held[keys()["Trần Thị Lệ"]].given is False
    assert keys()["Nguyễn Thị Ánh"] not in held
    assert {(one.how, one.by_person) for one in held.values()} == {("roster", setting.ha.key)}


def test_the_same_roster_again_changes_nothing_and_asks_nothing(setting: Setting) -> None:
    applied(setting)
    before = counts()
    found = seen(setting, hand_in(setting))
    assert found.questions == []
    done = roster_applying.apply(setting.ha, hand_in(setting))
    assert (done["new"], done["changed"], done["unchanged"], done["consents"], done["emails"]) == (
        0,
        0,
        3,
        0,
        0,
    )
    assert counts() == before


def test_two_people_with_one_name_and_birth_year_stay_two_when_the_officer_says_so(setting: Setting) -> None:
    body = roster(
        "Nguyễn Văn An;1960;Nam;Thôn Đông;12;Chủ hộ;;;;", "Nguyễn Văn An;1960;Nam;Thôn Đông;15;Con;;;;"
    )
    assert applied(setting, body)["waiting"] == 1
    assert counts()["people"] == 2  # the officer and the first of them
    assert applied(setting, body, {3: "new"})["new"] == 1
    assert counts()["people"] == 3
    again = applied(setting, body)
    assert (again["waiting"], again["new"], again["unchanged"]) == (0, 0, 2)
    assert counts()["people"] == 3


def test_a_person_said_to_be_the_same_is_corrected_and_never_doubled(setting: Setting) -> None:
    applied(setting)
    body = roster("Nguyễn Văn Án;1/2/1960;Nam;Thôn Đông;12;Chủ hộ;;0987654321;;")
    number = hand_in(setting, body)
    (asked,) = seen(setting, number).questions
    rosters.decide(setting.ha, number, Decisions({2: asked.candidates[0].answer}, {}, {}))
    an = keys()["Nguyễn Văn An"]
    roster_applying.apply(setting.ha, number)
    assert keys()["Nguyễn Văn Án"] == an
    assert table("SELECT phone, search FROM people WHERE name = 'Nguyễn Văn Án'") == [
        ("0987654321", "nguyen van an")
    ]
    assert counts()["people"] == 4


def test_who_moved_within_the_commune_lived_in_one_place_until_the_day_before(setting: Setting) -> None:
    applied(setting)
    day = clock.today() - timedelta(days=10)
    body = roster("Nguyễn Thị Ánh;2010;Nữ;Thôn Đông;12;Con;;;;")
    number = hand_in(setting, body, as_of=day)
    (asked,) = seen(setting, number).questions
    assert asked.candidates[0].differs == ("place",)
    rosters.decide(setting.ha, number, Decisions({2: asked.candidates[0].answer}, {}, {}))
    roster_applying.apply(setting.ha, number)
    eve = day - timedelta(days=1)
    assert homes("Nguyễn Thị Ánh") == [(setting.at.east, day, None), (setting.at.west, None, eve)]
    assert households("Nguyễn Thị Ánh") == [("3", "head", None, eve), ("12", "Con", day, None)]
    older = roster("Nguyễn Thị Ánh;2010;Nữ;Thôn Tây;3;Chủ hộ;;;;")
    number = hand_in(setting, older, as_of=day - timedelta(days=5))
    answer = seen(setting, number).questions[0].candidates[0].answer
    rosters.decide(setting.ha, number, Decisions({2: answer}, {}, {}))
    roster_applying.apply(setting.ha, number)
    assert homes("Nguyễn Thị Ánh")[0] == (setting.at.east, day, None)


def test_who_is_in_the_list_no_longer_is_listed_and_leaves_only_when_an_officer_says_so(
    setting: Setting,
) -> None:
    applied(setting)
    shorter = roster("Nguyễn Văn An;1/2/1960;Nam;Thôn Đông;12;Chủ hộ;;;;")
    number = hand_in(setting, shorter)
    found = seen(setting, number)
    # Of the other thôn the list says nothing at all.
    assert [one.name for one in found.absent] == ["Trần Thị Lệ"]
    roster_applying.apply(setting.ha, number)
    assert homes("Trần Thị Lệ") == [(setting.at.east, None, None)]
    day = clock.today() - timedelta(days=3)
    number = hand_in(setting, shorter)
    rosters.decide(setting.ha, number, Decisions({}, {}, {keys()["Trần Thị Lệ"]: ("died", day)}))
    assert roster_applying.apply(setting.ha, number)["gone"] == 1
    assert homes("Trần Thị Lệ") == [(setting.at.east, None, day)]
    assert table("SELECT COUNT(*) FROM people WHERE died_on IS NOT NULL") == [(1,)]
    assert households("Trần Thị Lệ")[0][3] == day
    # An old list brings nobody back without a question.
    back = seen(setting, hand_in(setting))
    (asked,) = back.questions
    assert asked.candidates[0].differs == ("died",)


def test_nobody_is_said_to_have_left_or_died_on_a_day_before_they_came_or_were_born(
    setting: Setting,
) -> None:
    before = clock.today() - timedelta(days=30)
    applied(setting)
    moved = roster("Trần Thị Lệ;1962;Nữ;Thôn Tây;12;Vợ;;;;", "Nguyễn Thị Ánh;2010;Nữ;thôn tây;3;Chủ hộ;;;;")
    said = {2: f"person:{keys()['Trần Thị Lệ'].hex()}"}
    applied(setting, moved, said, as_of=before)
    number = hand_in(setting, roster("Nguyễn Thị Ánh;2010;Nữ;thôn tây;3;Chủ hộ;Nguyễn;;;"))
    assert [one.name for one in seen(setting, number).absent] == ["Trần Thị Lệ"]
    for day in (date(1, 1, 1), date(1961, 12, 31), before - timedelta(days=1)):
        with pytest.raises(RosterRefused) as refused:
            rosters.decide(setting.ha, number, Decisions({}, {}, {keys()["Trần Thị Lệ"]: ("died", day)}))
        assert refused.value.rule == "gone-day"
    rosters.decide(setting.ha, number, Decisions({}, {}, {keys()["Trần Thị Lệ"]: ("died", before)}))
    assert roster_applying.apply(setting.ha, number)["gone"] == 1


def test_a_withdrawal_wins_over_an_older_roster(setting: Setting) -> None:
    applied(setting)
    key = keys()["Nguyễn Văn An"]
    with database.writing() as connection:
        consents.add(connection, [(key, False)], PURPOSE, "signed-in", key, clock.now_us())
    assert applied(setting)["consents"] == 0
    assert applied(setting, as_of=clock.today() - timedelta(days=1))["consents"] == 0
    with database.reading() as connection:
        assert consents.newest(connection, [key], PURPOSE)[key].given is False


def test_a_place_that_nobody_knows_waits_until_an_officer_says_which_it_is(setting: Setting) -> None:
    body = roster(
        "Lê Văn Tám;1950;Nam;Xóm Bến;;;;;;", "Lê Văn Chín;1951;Nam;Xóm Bến;;;;;;", "Lê A;1950;;;;;;;;"
    )
    number = hand_in(setting, body)
    found = seen(setting, number)
    assert found.unplaced == {"Xóm Bến": 2, "": 1}
    assert [one.rule for one in found.problems] == ["place-unknown", "place-unknown", "place-needed"]
    rosters.decide(setting.ha, number, Decisions({}, {"Xóm Bến": setting.at.third}, {}))
    assert roster_applying.apply(setting.ha, number)["new"] == 2
    assert homes("Lê Văn Tám") == [(setting.at.third, None, None)]


def test_local_places_are_meant_however_they_are_written(setting: Setting) -> None:
    written = ("Thôn 03", "thon dong", "ĐÔNG", "Ấp Tây", "Số 5, thôn Tây")
    names = ("An", "Bá", "Cư", "Du", "Em")
    lines = [f"Lê Văn {name};1950;;{text};;;;;;" for name, text in zip(names, written, strict=True)]
    found = seen(setting, hand_in(setting, roster(*lines)))
    at = setting.at
    assert [one.placed.place_id for one in found.matches] == [at.third, at.east, at.east, at.west, at.west]


def test_of_two_officers_who_apply_one_preview_at_once_one_does(setting: Setting) -> None:
    number = hand_in(setting)
    outcomes: list[object] = []
    ready = threading.Barrier(2)

    def press() -> None:
        with setting.app.app_context():
            ready.wait()
            try:
                outcomes.append(roster_applying.apply(setting.ha, number)["new"])
            except Settled:
                outcomes.append("settled")

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["3", "settled"]
    assert counts()["people"] == 4


def test_two_previews_of_one_file_applied_at_once_enter_everybody_once(setting: Setting) -> None:
    numbers = [hand_in(setting), hand_in(setting)]
    ready = threading.Barrier(2)

    def press(number: int) -> None:
        with setting.app.app_context():
            ready.wait()
            roster_applying.apply(setting.ha, number)

    threads = [threading.Thread(target=press, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts()["people"] == 4
    assert counts()["residences"] == 3


def test_killed_while_it_writes_a_roster_leaves_nothing_and_is_applied_whole_later(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, before = hand_in(setting), counts()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(consents, "add", killed)
        with pytest.raises(KeyboardInterrupt):
            roster_applying.apply(setting.ha, number)
    assert counts() == before
    assert roster_applying.apply(setting.ha, number)["new"] == 3
    with pytest.raises(Settled):
        roster_applying.apply(setting.ha, number)


def test_killed_before_addresses_are_linked_the_same_file_links_them(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(identity, "begin", killed)
        with pytest.raises(KeyboardInterrupt):
            applied(setting)
    assert applied(setting)["emails"] == 1
    assert counts()["people"] == 4


def test_an_address_of_a_family_or_of_somebody_else_is_nobody_s_identifier_by_a_roster(
    setting: Setting,
) -> None:
    shared = roster("Lê A;1950;;Tây;;;;;nha@example.vn;", "Lê B;1951;;Tây;;;;;nha@example.vn;")
    assert applied(setting, shared)["emails"] == 0
    assert applied(setting)["emails"] == 1
    assert applied(setting, roster("Lê C;1952;;Tây;;;;;an@example.vn;"))["emails"] == 0
    assert table("SELECT COUNT(*) FROM barred_actors") == [(0,)]


def test_a_record_that_was_merged_is_known_as_the_one_it_became(setting: Setting) -> None:
    body = roster("Lê Văn An;1950;;Tây;1;;;;;", "Lê Văn An;1950;;Tây;2;;;;;")
    applied(setting, body, {3: "new"})
    entered = table("SELECT person_key FROM people WHERE login IS NULL")
    first, second = (bytes(row[0]) for row in entered)  # type: ignore[call-overload]
    with database.writing() as connection:
        # As a merge leaves it.
        links.put(connection, second, first, clock.now_us())
    found = seen(setting, hand_in(setting, roster("Lê Văn An;1950;;Tây;1;;;;;")))
    assert [one.key for one in found.commune.known] == [first]
    assert {one.key for one in found.matches} | {
        candidate.key for one in found.matches for candidate in one.candidates
    } <= {first, None}


# --- rights and bounds -----------------------------------------------------------------------------------


def test_i17_only_who_may_enter_people_of_a_place_hands_in_sees_or_applies_its_rosters(
    setting: Setting,
) -> None:
    number = hand_in(setting)
    others = [
        officer("viewer", setting.at.commune, "viewer"),
        officer("elsewhere", communes.unit("Tây Hòa", "xa", 3).id),
        officer("below", setting.at.east),
    ]
    for other in others:
        with pytest.raises(NotAllowed):
            rosters.hand_in(other, setting.at.commune, FILE, "x")
        with pytest.raises(NotAllowed):
            rosters.preview(other, number)
        with pytest.raises(NotAllowed):
            rosters.decide(other, number, Decisions({}, {}, {}))
        with pytest.raises(NotAllowed):
            roster_applying.apply(other, number)
        with pytest.raises(NotAllowed):
            rosters.throw_away(other, number)
        with pytest.raises(NotAllowed):
            rosters.newest(other, setting.at.commune)
    with pytest.raises(rosters.NoRoster):
        rosters.preview(setting.ha, 999)
    assert rosters.hand_in(others[2], setting.at.east, FILE, "x")
    above = officer("above", setting.at.province)
    assert rosters.preview(above, number)[1] is not None


def test_an_officer_of_a_thon_neither_sees_nor_moves_people_of_another(setting: Setting) -> None:
    applied(setting)
    below = officer("below", setting.at.east)
    body = roster("Nguyễn Thị Ánh;2010;Nữ;Thôn Đông;12;Con;;;;")
    number = rosters.hand_in(below, setting.at.east, body, "x")
    _, found = rosters.preview(below, number)
    assert found is not None
    assert [one.verdict for one in found.matches] == [Verdict.NEW]
    assert {one.place_id for one in found.commune.known} == {setting.at.east}


def test_a_province_a_future_day_and_a_broken_file_are_refused(setting: Setting) -> None:
    above = officer("above", setting.at.province)
    with pytest.raises(RosterRefused) as refused:
        rosters.hand_in(above, setting.at.province, FILE, "x")
    assert refused.value.rule == "place-level"
    with pytest.raises(RosterRefused) as refused:
        hand_in(setting, as_of=clock.today() + timedelta(days=1))
    assert refused.value.rule == "as-of-future"
    with pytest.raises(RosterRefusal):
        hand_in(setting, b"\xd0\xcf\x11\xe0" + bytes(100))
    with pytest.raises(RosterRefused) as refused:
        rosters.decide(
            setting.ha,
            hand_in(setting),
            Decisions({}, {}, {b"k" * 16: ("moved", clock.today() + timedelta(1))}),
        )
    assert refused.value.rule == "gone-day"


def test_previews_keep_no_people_once_settled_and_do_not_pile_up(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, gone = hand_in(setting), hand_in(setting)
    roster_applying.apply(setting.ha, kept)
    rosters.throw_away(setting.ha, gone)
    with pytest.raises(Settled):
        rosters.throw_away(setting.ha, gone)
    assert {row[0] for row in table("SELECT rows FROM rosters")} == {""}
    old = hand_in(setting)
    assert rosters.drop_old() == 0
    later = clock.now_us() + 31 * rosters.DAY_US
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now_us", lambda: later)
        assert rosters.drop_old() == 1
    assert [one.state for one in rosters.newest(setting.ha, setting.at.commune)] == [
        "discarded", "discarded", "applied",
    ]  # fmt: skip
    assert old
    for _ in range(rosters.MOST_WAITING):
        hand_in(setting)
    with pytest.raises(RosterRefused) as refused:
        hand_in(setting)
    assert refused.value.rule == "too-many-previews"
