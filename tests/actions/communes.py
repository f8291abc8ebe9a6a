"""A commune with three thôn, an officer of it, and rosters of it."""

from __future__ import annotations

from dataclasses import dataclass

from lms_tracker.actions import grants, people
from lms_tracker.actions.grants import Wanted
from lms_tracker.actions.rights import Viewer
from lms_tracker.store import database, dialects, places
from lms_tracker.store.grants import Scope
from lms_tracker.store.places import Place
from tests.actions.viewers import PASSWORD

HEADER = "Họ và tên;Năm sinh;Giới tính;Thôn;Số hộ;Quan hệ với chủ hộ;Dòng họ;Điện thoại;Email;Đồng ý\n"


@dataclass(frozen=True)
class Commune:
    """Numbers of places."""

    province: int
    commune: int
    east: int
    west: int
    third: int


def unit(name: str, kind: str, level: int, above: Place | None = None, code: str | None = None) -> Place:
    with database.writing() as connection:
        (number,) = places.new_ids(connection, 1)
        path = f"{above.path if above else '/'}{number}/"
        made = Place(number, level, code, kind, name, above.id if above else None, path, None, None)
        places.add(connection, [made])
    return made


def settle() -> Commune:
    province = unit("An Giang", "tinh", 1, code="91")
    commune = unit("Đông Hòa", "xa", 3, province, "31018")
    local = [unit(name, "thon", 4, commune) for name in ("Đông", "Tây", "3")]
    return Commune(province.id, commune.id, *(one.id for one in local))


def officer(login: str, place_id: int, role: str = "officer") -> Viewer:
    key = people.add_person(login.title(), login, PASSWORD).key
    grants.grant(None, Wanted(login, role, Scope(place_id=place_id)))
    found = people.viewer(key)
    assert found is not None
    return found


def roster(*lines: str) -> bytes:
    return (HEADER + "".join(f"{line}\n" for line in lines)).encode()


def table(select: str) -> list[tuple[object, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in dialects.rows(connection, select, ())]
