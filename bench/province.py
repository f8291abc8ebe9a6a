"""A province of many citizens, written past the service: communes, thôn, families, schools and recognitions.

Half of the communes were made in July 2025 of three older ones, one of them split, and the people of these
still stand under the older thôn: what statistics have to bring together is the worst case, not the best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any

from bench.databases import Databases, Fresh, Loader

COMMUNES, THON = 100, 12
OLD_OF_A_COMMUNE = 3
PER_HOUSEHOLD, PER_CLAN = 4, 80
SCHOOLS_OF_A_COMMUNE = 5
# Of how many people one has credit, and one is recognised.
CREDIT_EVERY, RECOGNISED_EVERY = 10, 5
AT_ONCE = 50_000
CRITERIA = 1_000_000
YEAR = 2026
ENDED, BEGAN = "2025-06-30", "2025-07-01"
FIRST_DAY_OF_CREDIT = 739_600

Row = tuple[Any, ...]


@dataclass(slots=True)
class Province:
    """Numbers of places; `homes` are the thôn in which people live, with the commune of each."""

    id: int = 1
    communes: list[int] = field(default_factory=list)
    homes: list[tuple[int, int]] = field(default_factory=list)


def fill(databases: Databases, database: Fresh, people: int, tell: Callable[[str], None]) -> Province:
    found, places, moves = Province(), list[Row](), list[Row]()
    _make_places(found, places, moves)
    loader = databases.loader(database)
    _load(
        loader,
        "places",
        "id level code kind name parent_id path valid_from valid_to search spelling sort_key",
        places,
    )
    _load(loader, "place_moves", "from_id to_id on_date is_split is_default", moves)
    _load_organisations(loader, found)
    _load_rounds(loader, found)
    for begin in range(0, people, AT_ONCE):
        tell(f"{begin:,} people")
        _load_people(loader, found, range(begin, min(begin + AT_ONCE, people)))
    loader.finish(1)
    return found


def _load(loader: Loader, table: str, columns: str, rows: Sequence[Row]) -> None:
    loader.write(table, columns.split(), rows)


# --- places ----------------------------------------------------------------------------------------------


def _make_places(found: Province, places: list[Row], moves: list[Row]) -> None:
    number = found.id

    def add(level: int, above: Row | None, name: str, first: str | None, last: str | None) -> Row:
        nonlocal number
        path = f"{above[6] if above else '/'}{number}/"
        code = {1: "91", 3: f"{30_000 + number:05d}"}.get(level)
        kind = {1: "tinh", 2: "huyen", 3: "xa", 4: "thon"}[level]
        row = (number, level, code, kind, name, above and above[0], path, first, last, *[name.lower()] * 3)
        places.append(row)
        number += 1
        return row

    province = add(1, None, "Tỉnh", None, None)
    district = add(2, province, "Huyện", None, ENDED)
    for place in range(COMMUNES):
        is_new = place % 2 == 0
        commune = add(3, province, f"Xã {place}", BEGAN if is_new else None, None)
        found.communes.append(commune[0])
        homes = [commune]
        if is_new:
            homes = [add(3, district, f"Xã {place}.{old}", None, ENDED) for old in range(OLD_OF_A_COMMUNE)]
            for index, old in enumerate(homes):
                # The last one of every tenth commune went to this one and to the next.
                splits = index == OLD_OF_A_COMMUNE - 1 and place % 10 == 0
                moves.append((old[0], commune[0], BEGAN, splits, False))
                if splits and len(found.communes) > 1:
                    moves.append((old[0], found.communes[-2], BEGAN, True, False))
        for index in range(THON):
            home = homes[index % len(homes)]
            thon = add(4, home, f"Thôn {index}", None, ENDED if is_new else None)
            found.homes.append((thon[0], commune[0]))


def _load_organisations(loader: Loader, found: Province) -> None:
    rows, number = [], 0
    for commune in found.communes:
        for _ in range(SCHOOLS_OF_A_COMMUNE):
            number += 1
            rows.append(
                (number, "school", f"Trường {number}", None, f"/{number}/", commune, None, None, "", "")
            )
    columns = "id kind name parent_id path place_id valid_from valid_to search sort_key"
    _load(loader, "organisations", columns, rows)


def _load_rounds(loader: Loader, found: Province) -> None:
    """One round of citizens and one decision for each commune."""
    person = bytes(16)
    _load(
        loader,
        "criteria_sets",
        "id code model body is_shipped made_us",
        [(CRITERIA, "bench", "citizen", "{}", True, 1)],
    )
    rounds, decisions = [], []
    for commune in found.communes:
        opened = (
            commune,
            "citizen",
            YEAR,
            commune,
            None,
            1,
            "",
            CRITERIA,
            "",
            f"{YEAR}-01-01",
            f"{YEAR}-12-31",
        )
        rounds.append((*opened, "decided", "", "", 1, person, 1))
        decided = (commune, "recognition", commune, commune, None, "1/QĐ", f"{YEAR}-10-01", "", "", "")
        decisions.append((*decided, None, None, None, 1, person, md5(str(commune).encode()).digest()))
    _load(
        loader,
        "rounds",
        "id model year place_id organisation_id number title criteria_set_id area opens_on closes_on state"
        " minutes submission made_us made_by revision",
        rounds,
    )
    _load(
        loader,
        "decisions",
        "id kind round_id place_id organisation_id number decided_on authority signed_by why content_key"
        " content_type content_name made_us made_by form_key",
        decisions,
    )


# --- people ----------------------------------------------------------------------------------------------


def _key(number: int) -> bytes:
    return md5(b"person %d" % number).digest()


def _load_people(loader: Loader, found: Province, numbers: range) -> None:
    homes = [found.homes[number % len(found.homes)] for number in numbers]
    _load(
        loader,
        "people",
        "person_key name created_us search sort_key birth_year",
        [(_key(number), "Trần Văn Ánh", 1, "tran van anh", "anh", 1940 + number % 80) for number in numbers],
    )
    _load(
        loader,
        "residences",
        "id person_key place_id since until",
        [(n + 1, _key(n), home, None, None) for n, (home, _) in zip(numbers, homes, strict=True)],
    )
    _load_families(loader, found, numbers)
    recognised = [number for number in numbers if number % RECOGNISED_EVERY == 0]
    where = [found.homes[number % len(found.homes)] for number in recognised]
    _load(
        loader,
        "assessments",
        "id round_id person_key name sort_key population came_by registered_us registered_by proposed_points"
        " self_points reviewed_points state proposed_result note revision",
        [
            (
                n + 1,
                commune,
                _key(n),
                "",
                "",
                "",
                "paper",
                1,
                bytes(16),
                "",
                "",
                "",
                "reviewed",
                "achieved",
                "",
                1,
            )
            for n, (_, commune) in zip(recognised, where, strict=True)
        ],
    )
    _load(
        loader,
        "recognitions",
        "id decision_id assessment_id criteria_set_id model year person_key place_id name result valid_from"
        " revision",
        [
            (
                n + 1,
                commune,
                n + 1,
                CRITERIA,
                "citizen",
                YEAR,
                _key(n),
                home,
                "",
                "achieved",
                f"{YEAR}-10-01",
                0,
            )
            for n, (home, commune) in zip(recognised, where, strict=True)
        ],
    )
    _load(
        loader,
        "totals",
        "person_key day course_id placed_seconds nominal_seconds",
        [
            (_key(n), FIRST_DAY_OF_CREDIT + n % 300, 1, 3_600, 0)
            for n in sorted(numbers, key=_key)
            if n % CREDIT_EVERY == 0
        ],
    )


def _load_families(loader: Loader, found: Province, numbers: range) -> None:
    """Neighbours in a thôn are one family; some of those together one clan."""
    kinships, members = [], []
    for number in numbers:
        place = number % len(found.homes)
        home, _ = found.homes[place]
        order = number // len(found.homes)
        for kind, size, base in (("household", PER_HOUSEHOLD, 0), ("clan", PER_CLAN, 10**9)):
            kinship = base + order // size * len(found.homes) + place + 1
            if order % size == 0:
                kinships.append((kinship, kind, str(kinship), home, "", "", 1))
            members.append((2 * number + (base > 0) + 1, kinship, _key(number), "", None, None))
    _load(loader, "kinships", "id kind name place_id search sort_key created_us", kinships)
    _load(loader, "kinship_members", "id kinship_id person_key relation since until", members)


def course(provider: int) -> Iterator[tuple[str, Row]]:
    """The one course of the credit."""
    columns = "id provider_id code title category domain level basis stated_seconds hour_minutes reading"
    yield columns, (1, provider, "bench", "", "digital-skills", "", "", "measured", None, 60, "")
