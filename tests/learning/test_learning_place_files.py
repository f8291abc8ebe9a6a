"""Files of places: what is refused, and how the shipped one is made from the package it comes from."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import sqlite3
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.learning import place_files
from lms_tracker.learning.place_files import PlaceFileError, parse
from tests.house.imports import ROOT

UNITS = "@places\t1\n@units\t-\t2025-06-30\n1\t91\ttinh\tKiên Giang\n3\t30952\tthi-tran\tGò Quao\n"
BOTH = UNITS + "@units\t2025-07-01\t-\n1\t91\ttinh\tAn Giang\n3\t30952\txa\tGò Quao\n3\t30958\txa\tĐịnh Hòa\n"


def test_a_file_is_read() -> None:
    found = parse(f"{BOTH}@moves\t2025-07-01\n91\t91\n30952\t30952\tmost\n30952\t30958\tpart\n".encode())
    assert [(unit.name, unit.parent) for unit in found.units] == [
        ("Kiên Giang", None), ("Gò Quao", 0), ("An Giang", None), ("Gò Quao", 2), ("Định Hòa", 2),
    ]  # fmt: skip
    assert [(move.old, move.new, move.is_split, move.is_default) for move in found.moves] == [
        (0, 2, False, False), (1, 3, True, True), (1, 4, True, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 0, "empty"),
        ("1\t91\ttinh\tA\n", 1, "@places"),
        ("@places\t2\n", 1, "@places"),
        ("@places\t1\n1\t91\ttinh\tA\n", 2, "section"),
        ("@places\t1\n@people\t-\t-\n", 2, "@units"),
        ("@places\t1\n@units\t-\t30/06/2025\n", 2, "30/06/2025"),
        ("@places\t1\n@units\t2025-07-01\t2025-06-30\n", 2, "before the first"),
        ("@places\t1\n@units\t-\t-\n3\t30952\txa\tA\n", 3, "above"),
        ("@places\t1\n@units\t-\t-\n1\t9\ttinh\tA\n", 3, "digits"),
        ("@places\t1\n@units\t-\t-\n1\t٩١\ttinh\tA\n", 3, "digits"),
        ("@places\t1\n@units\t-\t-\n4\t91\tthon\tA\n", 3, "level"),
        ("@places\t1\n@units\t-\t-\n1\t91\txa\tA\n", 3, "kind"),
        ("@places\t1\n@units\t-\t-\n1\t91\ttinh\t\n", 3, "name"),
        ("@places\t1\n@units\t-\t-\n1\t91\ttinh\tA\x00\n", 3, "name"),
        ("@places\t1\n@units\t-\t-\n1\t91\ttinh\n", 3, "expected level"),
        (UNITS + "3\t30952\txa\tGò Quao\n", 5, "at the same time"),
        (BOTH + "@moves\t-\n", 9, "@moves with one"),
        (BOTH + "@moves\t2025-07-01\n91\t92\n", 10, "'92'"),
        (BOTH + "@moves\t2024-07-01\n91\t91\n", 10, "itself"),
        (BOTH + "@moves\t2025-07-01\n91\t91\thalf\n", 10, "half"),
        (BOTH + "@moves\t2025-07-01\n30952\t30952\n30952\t30958\tpart\n", 11, "already"),
        (BOTH + "@moves\t2025-07-01\n30952\t30952\tpart\n30952\t30958\n", 11, "already"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(PlaceFileError, match=reason) as refused:
        parse(text.encode())
    assert refused.value.line == line


def test_what_is_no_text_or_far_too_long_is_refused() -> None:
    for body in (b"\xff\xfe\x00", b"@places\t1\n" + b"#" * place_files.MOST_BYTES):
        with pytest.raises(PlaceFileError):
            parse(body)


@given(
    st.lists(st.sampled_from([*BOTH.split("\n"), "@moves\t2025-07-01", "91\t91", "\t", "@", "@units", "1"]))
)
def test_lines_in_any_order_are_read_or_refused(lines: list[str]) -> None:
    try:
        found = parse("\n".join(["@places\t1", *lines]).encode())
    except PlaceFileError:
        return
    assert all(unit.parent is None or unit.parent < index for index, unit in enumerate(found.units))


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    path = ROOT / "tools" / "places_from_vietnamadminunits.py"
    spec = importlib.util.spec_from_file_location("places_from_vietnamadminunits", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wheel_of_two_communes() -> bytes:
    """What the package's wheel holds of the commune Gò Quao, as far as the tool reads it."""
    database = sqlite3.connect(":memory:")
    database.executescript(
        """
        CREATE TABLE admin_units_legacy (provinceCode, districtCode, wardCode, province, district, ward,
          provinceKey, districtKey, wardKey);
        INSERT INTO admin_units_legacy VALUES ('91', '907', '30952', 'Tỉnh Kiên Giang', 'Huyện  Gò Quao',
          'Thị Trấn Gò Quao', 'tinhkiengiang', 'huyengoquao', 'thitrangoquao');
        CREATE TABLE admin_units (provinceCode, wardCode, province, ward, provinceKey, wardKey);
        INSERT INTO admin_units VALUES
          ('91', '30952', 'Tỉnh An Giang', 'Xã Gò Quao', 'tinhangiang', 'xagoquao');
        """
    )
    old = "tinhkiengiang_huyengoquao_thitrangoquao"
    converter = {
        "DICT_PROVINCE": {"tinhangiang": ["tinhkiengiang"]},
        "DICT_PROVINCE_WARD_NO_DIVIDED": {"tinhangiang": {"xagoquao": [old]}},
        "DICT_PROVINCE_WARD_DIVIDED": {},
    }
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("vietnamadminunits/data/dataset.db", database.serialize())
        archive.writestr("vietnamadminunits/data/converter_2025.json", json.dumps(converter))
        archive.writestr("vietnamadminunits-1.0.4.dist-info/licenses/LICENSE", "MIT License")
    database.close()
    return body.getvalue()


def test_the_tool_makes_the_same_file_each_time(tool: ModuleType, tmp_path: Path) -> None:
    wheel = tmp_path / "some.whl"
    wheel.write_bytes(wheel_of_two_communes())
    expected = hashlib.sha256(wheel.read_bytes()).hexdigest()
    made = []
    for _ in range(2):
        tool.main(wheel, tmp_path, expected)
        made.append((tmp_path / "places.tsv").read_bytes())
    assert made[0] == made[1]
    assert json.loads((tmp_path / "source.json").read_bytes())["sha256"] == place_files.digest(made[0])
    found = parse(made[0])
    assert [(unit.kind, unit.name) for unit in found.units] == [
        ("tinh", "Kiên Giang"), ("huyen", "Gò Quao"), ("thi-tran", "Gò Quao"),
        ("tinh", "An Giang"), ("xa", "Gò Quao"),
    ]  # fmt: skip
    assert [(move.old, move.new) for move in found.moves] == [(0, 3), (2, 4)]


def test_the_tool_refuses_any_other_wheel(tool: ModuleType, tmp_path: Path) -> None:
    wheel = tmp_path / "some.whl"
    wheel.write_bytes(wheel_of_two_communes())
    with pytest.raises(SystemExit, match="SHA-256"):
        tool.main(wheel, tmp_path)
    assert list(tmp_path.iterdir()) == [wheel]
