"""The demo's commune: the real unit with invented hamlets, and a roster of invented people in households.

Everything enters as an officer of the commune would enter it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date

from lms_tracker.actions import local_places, place_loading, places, roster_applying, rosters
from lms_tracker.actions.local_rules import Called
from lms_tracker.actions.rights import Viewer
from lms_tracker.demo.citizens import Citizen

COMMUNE, COMMUNE_LEVEL = "Gò Quao", 3
HAMLETS = (
    "Hòa Thạnh", "Phước Lợi", "An Bình", "Thạnh Xuân", "Hòa Phước", "An Phú", "Phước Thạnh", "Vĩnh Hòa",
    "Thới An", "Hòa Lợi", "Xuân Phú", "An Thới",
)  # fmt: skip
COLUMNS = (
    "STT", "Họ và tên", "Năm sinh", "Giới tính", "Ấp", "Số hộ", "Quan hệ với chủ hộ", "Dòng họ",
    "Điện thoại", "Email", "Đồng ý",
)  # fmt: skip
# Given names of family members without an account; women's and men's in turn.
RELATIVES = (
    "Thị Lan", "Văn Minh", "Thị Huệ", "Quốc Việt", "Thị Ngọc", "Hữu Nghĩa", "Thị Sen", "Văn Út", "Thị Mười",
    "Thanh Tùng", "Thị Bông", "Văn Đực", "Thị Đẹp", "Minh Khang", "Thị Năm", "Văn Sáu", "Thị Tư", "Hoàng Anh",
    "Thị Chín", "Văn Lến",
)  # fmt: skip
CLANS = ("Nguyễn", "Danh", "Trần")

Progress = Callable[[int, int], None]
Line = tuple[str, ...]


def load(progress: Progress) -> int:
    """The places of the country; answers the commune's number."""
    place_loading.load(None, progress)
    return next(
        found.place.id
        for found in places.find(COMMUNE, level=COMMUNE_LEVEL)
        if found.place.name == COMMUNE and found.place.kind == "xa"
    )


def name_hamlets(administrator: Viewer, commune: int) -> None:
    for name in HAMLETS:
        local_places.add(administrator, commune, Called("ap", name))


def settle(officer: Viewer, commune: int, people: Sequence[Citizen], today: date) -> dict[int, bytes]:
    """Apply the roster, and leave a later one for the officer to look at; answers the citizens' keys."""
    first = _file(_lines(people, today))
    roster_applying.apply(officer, rosters.hand_in(officer, commune, first, "danh-sach-ho-dan.csv"))
    rosters.hand_in(officer, commune, _file(_later(people, today)), "bo-sung-thang-nay.csv")
    numbers = {citizen.address: citizen.number for citizen in people}
    return {
        numbers[match.placed.line.email]: match.key
        for match in rosters.checked(commune, first, None, {}).matches
        if match.key is not None and match.placed.line.email in numbers
    }


def _file(lines: Sequence[Line]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows((str(number), *line) for number, line in enumerate(lines, 1))
    return text.getvalue().encode("utf-8-sig")


def _lines(people: Sequence[Citizen], today: date) -> list[Line]:
    found = []
    for citizen in people:
        found.append(_head(citizen, today))
        if citizen.number <= len(RELATIVES):
            found.append(_relative(citizen, today))
    return found


def _head(citizen: Citizen, today: date) -> Line:
    agreed = {0: "", 7: "không"}.get(citizen.number % 13, "có")
    return (
        citizen.name,
        str(_born(citizen, today)),
        "Nữ" if "Thị" in citizen.name.split() else "Nam",
        _hamlet(citizen),
        str(100 + citizen.number),
        "Chủ hộ",
        _clan(citizen),
        f"09{12000000 + 3571 * citizen.number:08}",
        citizen.address,
        agreed,
    )


def _relative(citizen: Citizen, today: date) -> Line:
    given = RELATIVES[citizen.number - 1]
    is_woman = given.startswith("Thị ")
    is_child = citizen.number % 3 == 0
    born = _born(citizen, today) + 26 if is_child else _born(citizen, today) + 2
    relation = "Con" if is_child else "Vợ" if is_woman else "Chồng"
    family = citizen.name.split()[0]
    # Thị is a Khmer woman's, not a family's.
    name = f"{'Danh' if family == 'Thị' else family} {given}"
    return (
        name,
        str(min(born, today.year - 6)),
        "Nữ" if is_woman else "Nam",
        _hamlet(citizen),
        str(100 + citizen.number),
        relation,
        _clan(citizen),
        "",
        "",
        "",
    )


def _later(people: Sequence[Citizen], today: date) -> list[Line]:
    """Somebody new, another telephone, and one who may be somebody known, about whom the officer is asked."""
    first = people[0]
    moved = list(_head(first, today))
    moved[7] = "0987654321"
    alike = list(_head(people[-1], today))
    alike[4], alike[7], alike[8] = "199", "0977000222", ""
    new = ("Lưu Thị Thanh Trúc", "1991", "Nữ", HAMLETS[0], "171", "Chủ hộ", "", "0939000111", "", "có")
    return [new, tuple(moved), tuple(alike)]


def _born(citizen: Citizen, today: date) -> int:
    return today.year - 24 - (citizen.number * 17) % 48


def _hamlet(citizen: Citizen) -> str:
    return HAMLETS[citizen.number % len(HAMLETS)]


def _clan(citizen: Citizen) -> str:
    family = citizen.name.split()[0]
    return family if family in CLANS else ""
