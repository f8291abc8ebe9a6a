"""Who proposes and who decides: settings by model, place or organisation, and day."""

from dataclasses import replace
from datetime import date

import pytest

from lms_tracker.actions.recognition import authorities
from lms_tracker.actions.recognition.authorities import Authority, AuthorityRefused, Wanted
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import NotAllowed
from lms_tracker.store import database
from tests.actions.territory import organisation, place
from tests.actions.viewers import somebody

OURS = Wanted("citizen", "deciding", "UBND xã Gò Quao", "Chủ tịch", "Quyết định 12/QĐ-UBND")
D2024, D2026 = date(2024, 12, 20), date(2026, 1, 10)

pytestmark = pytest.mark.usefixtures("in_app")


def asked(model: str, part: str, on: date, at: int | None = None, of: int | None = None) -> Authority | None:
    with database.reading() as connection:
        return authorities.authority(connection, model, part, on, at, of)


def test_a_decision_of_2024_finds_the_bodies_of_2024():
    province = place("An Giang")
    district = place("Gò Quao", province)
    old, new = place("Định An", district), place("Gò Quao", province)
    then, now = asked("commune", "deciding", D2024, old), asked("commune", "deciding", D2026, new)
    assert then == Authority(
        "Phòng Giáo dục và Đào tạo xã Gò Quao",
        "Trưởng phòng",
        "Thông tư 25/2023/TT-BGDĐT, theo Tạp chí Việt Đức",
        "verified",
    )
    assert now is not None
    assert (now.signs_as, now.status) == ("Chủ tịch", "draft")
    assert asked("commune", "deciding", date(2023, 12, 1), old) != then


def test_where_nobody_entered_anything_the_usual_body_is_a_draft():
    village = place("Ấp 1", place("Gò Quao", place("Huyện", place("An Giang"))))
    found = asked("citizen", "proposing", D2026, village)
    assert found is not None
    assert (found.body, found.status) == ("Hội Khuyến học xã Gò Quao", "draft")
    nobody = asked("citizen", "proposing", D2026)
    assert nobody is not None
    assert nobody.body == "Hội Khuyến học cấp xã"


def test_the_nearest_setting_upwards_wins_and_an_organisations_before_its_places():
    province = place("An Giang")
    commune = place("Gò Quao", province)
    sector = organisation("Ngành giáo dục", at=commune)
    school = organisation("Trường 1", sector)
    everywhere, above, here = (replace(OURS, body=body) for body in ("mọi nơi", "tỉnh", "xã"))
    authorities.add(None, everywhere)
    authorities.add(None, replace(above, place_id=province))
    assert asked("citizen", "deciding", D2026, commune).body == "tỉnh"
    authorities.add(None, replace(here, place_id=commune))
    assert asked("citizen", "deciding", D2026, commune).body == "xã"
    assert asked("citizen", "deciding", D2026, None, school).body == "xã"
    authorities.add(None, replace(OURS, body="ngành", organisation_id=sector))
    assert asked("citizen", "deciding", D2026, None, school).body == "ngành"
    assert asked("citizen", "deciding", D2026).body == "mọi nơi"


def test_a_setting_holds_in_its_days_both_included_and_another_takes_over():
    commune = place("Gò Quao")
    first = authorities.add(None, replace(OURS, body="trước", place_id=commune))
    with pytest.raises(AuthorityRefused) as overlap:
        authorities.add(None, replace(OURS, body="sau", place_id=commune, valid_from=date(2025, 7, 1)))
    assert overlap.value.rule == "overlap"
    authorities.end(None, first, date(2025, 6, 30))
    authorities.add(None, replace(OURS, body="sau", place_id=commune, valid_from=date(2025, 7, 1)))
    assert asked("citizen", "deciding", date(2025, 6, 30), commune).body == "trước"
    assert asked("citizen", "deciding", date(2025, 7, 1), commune).body == "sau"


def test_the_same_setting_sent_twice_is_one():
    commune = place("Gò Quao")
    wanted = replace(OURS, place_id=commune)
    assert authorities.add(None, wanted) == authorities.add(None, wanted)
    assert len(authorities.listed(None)) == 1


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"body": " "}, "body"),
        ({"body": "a\x00b"}, "body"),
        ({"signs_as": "x" * 201}, "signs-as"),
        ({"source": ""}, "source"),
        ({"model": "king"}, "model"),
        ({"part": "both"}, "part"),
        ({"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)}, "days"),
        ({"valid_from": date(1, 1, 1)}, "days"),
        ({"place_id": 999_999}, "where"),
        ({"place_id": 1, "organisation_id": 1}, "where"),
    ],
)
def test_what_cannot_be_entered_is_refused_with_the_rule(change, rule):
    with pytest.raises(AuthorityRefused) as refused:
        authorities.add(None, replace(OURS, **change))
    assert refused.value.rule == rule


def test_a_setting_is_ended_once_and_not_before_it_began():
    number = authorities.add(None, replace(OURS, valid_from=date(2025, 1, 1)))
    with pytest.raises(AuthorityRefused, match="begins after"):
        authorities.end(None, number, date(2024, 6, 1))
    authorities.end(None, number, date(2025, 12, 31))
    with pytest.raises(AuthorityRefused, match="ends before"):
        authorities.end(None, number, date(2026, 12, 31))
    with pytest.raises(NotFound):
        authorities.end(None, 999_999, date(2026, 12, 31))


def test_a_mistake_ended_on_the_day_before_its_first_never_holds_and_makes_room():
    number = authorities.add(None, replace(OURS, valid_from=date(2025, 1, 1)))
    authorities.end(None, number, date(2024, 12, 31))
    authorities.add(None, replace(OURS, body="đúng"))
    assert asked("citizen", "deciding", D2026).body == "đúng"


def test_only_an_administrator_of_the_place_enters_and_ends_I17():
    commune, other = place("Gò Quao"), place("Vĩnh Tuy")
    nobody = somebody("lan", ("viewer", None))
    with pytest.raises(NotAllowed):
        authorities.add(nobody, replace(OURS, place_id=commune))
    admin = somebody("minh", ("administrator", None))
    number = authorities.add(admin, replace(OURS, place_id=other))
    with pytest.raises(NotAllowed):
        authorities.end(nobody, number, D2026)
    (row,) = authorities.listed(nobody)
    assert (row.where, row.may_end) == ("xã Vĩnh Tuy", False)
