"""Which column of a roster is which: headings in Vietnamese or English, whatever their order and spelling.

Title rows may stand above the heading row, a second row of headings and a row of column numbers below it.
Columns of ethnicity, religion and personal numbers are not read, and neither are those that nobody knows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms_tracker.learning.course_sheets import Cell, Line, Unreadable
from lms_tracker.learning.names import folded

# A heading row stands among the first lines, if anywhere.
MOST_TITLE_LINES = 30
LONGEST_HEADING = 200


class Column(StrEnum):
    """What a roster may state of a person."""

    NAME = "name"
    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"
    BIRTH = "birth"
    BIRTH_YEAR = "birth_year"
    SEX = "sex"
    # Columns of one sex, with a tick or the year of birth.
    MALE = "male"
    FEMALE = "female"
    PLACE = "place"
    HOUSEHOLD = "household"
    HEAD = "head"
    RELATION = "relation"
    CLAN = "clan"
    PHONE = "phone"
    EMAIL = "email"
    CONSENT = "consent"


class LeftOut(StrEnum):
    """What is never read from a roster, also where a column of it is there."""

    ETHNICITY = "ethnicity"
    RELIGION = "religion"
    PERSONAL_NUMBER = "personal-number"
    # Free words about a person hold all of these and more, such as who is ill or poor.
    NOTE = "note"


# In the words of `folded`, without what stands in parentheses.
HEADINGS: dict[Column, tuple[str, ...]] = {
    Column.NAME: (
        "ho va ten", "ho ten", "ho va ten day du", "ho va ten cong dan", "ho ten cong dan", "ten cong dan",
        "ho ten khai sinh", "ho chu dem va ten khai sinh", "ho chu dem va ten", "ho va ten nhan khau",
        "ho va ten thanh vien", "ho ten thanh vien", "ten thanh vien", "ho va ten nguoi dan",
        "ho va ten nguoi hoc", "full name", "fullname", "name", "name of person",
    ),
    Column.FAMILY_NAME: (
        "ho", "ho dem", "ho va dem", "ho lot", "ho va ten dem", "ho va chu dem", "ho va ten lot",
        "ho va chu lot", "family name", "last name", "surname", "family and middle name",
    ),
    Column.GIVEN_NAME: ("ten", "ten goi", "given name", "first name"),
    Column.BIRTH: (
        "ngay sinh", "ngay thang nam sinh", "sinh ngay", "ngay thang sinh", "ngay sinh nam sinh",
        "birth date", "date of birth", "birthdate", "birthday", "dob", "born",
    ),
    Column.BIRTH_YEAR: (
        "nam sinh", "sinh nam", "ns", "year of birth", "birth year", "birthyear", "yob",
    ),
    Column.SEX: ("gioi tinh", "gioi", "phai", "nam nu", "sex", "gender"),
    Column.MALE: ("nam", "male", "nam sinh nam", "gioi tinh nam"),
    Column.FEMALE: ("nu", "female", "nam sinh nu", "gioi tinh nu"),
    Column.PLACE: (
        "thon", "ap", "to", "ban", "lang", "xom", "khom", "buon", "khu pho", "to dan pho", "khu dan cu",
        "thon ap", "thon ban", "thon to", "thon to dan pho", "thon ap to", "ap khom", "thon xom",
        "thon lang", "thon buon", "thon ban to dan pho", "thon ban ap", "thon ap ban", "ap khu pho",
        "ap khom to dan pho", "thon ban to dan pho khu pho", "thon ap khu pho", "dia ban", "dia ban dan cu",
        "noi o", "cho o", "noi cu tru", "noi o hien tai", "cho o hien nay", "noi o hien nay",
        "noi thuong tru", "village", "hamlet", "place", "residential group", "neighbourhood",
        "neighborhood",
    ),
    Column.HOUSEHOLD: (
        "so ho", "ma ho", "ho so", "so ho khau", "so ho gia dinh", "ho gia dinh", "ma ho gia dinh",
        "so thu tu ho", "stt ho", "so so ho khau", "ma so ho", "household", "household number",
        "household no", "household code", "household id",
    ),
    Column.HEAD: (
        "chu ho", "ho ten chu ho", "ho va ten chu ho", "ten chu ho", "head of household", "household head",
        "head", "name of head",
    ),
    Column.RELATION: (
        "quan he voi chu ho", "quan he chu ho", "quan he", "qh voi chu ho", "quan he vs chu ho",
        "moi quan he", "moi quan he voi chu ho", "qh chu ho", "relation", "relationship",
        "relation to head", "relationship to head", "relationship to head of household",
        "relation to head of household",
    ),
    Column.CLAN: ("dong ho", "ten dong ho", "thuoc dong ho", "ho toc", "clan", "lineage"),
    Column.PHONE: (
        "dien thoai", "so dien thoai", "sdt", "dt", "so dt", "di dong", "dien thoai di dong",
        "dien thoai lien he", "so dien thoai lien he", "phone", "phone number", "telephone", "mobile",
        "tel",
    ),
    Column.EMAIL: (
        "email", "e mail", "thu dien tu", "dia chi email", "dia chi thu dien tu", "hop thu",
        "email address",
    ),
    Column.CONSENT: (
        "dong y", "su dong y", "dong y xu ly du lieu", "dong y xu ly du lieu ca nhan",
        "dong y cho xu ly du lieu", "dong y cung cap du lieu", "dong y luu ho so hoc tap",
        "dong y luu du lieu", "dong y tham gia", "consent", "agreed", "agrees", "consent given",
    ),
}  # fmt: skip
# A heading that holds one of these is of what is left out, whatever else it says.
LEFT_OUT: dict[LeftOut, tuple[str, ...]] = {
    LeftOut.ETHNICITY: ("dan toc", "ethnic", "ethnicity", "ethnic group"),
    LeftOut.RELIGION: ("ton giao", "religion", "religious"),
    LeftOut.PERSONAL_NUMBER: (
        "dinh danh", "cccd", "cmnd", "cmtnd", "can cuoc", "chung minh", "ho chieu", "personal number",
        "id card", "identity card", "id number", "national id", "passport", "citizen id",
    ),
    LeftOut.NOTE: ("ghi chu", "note", "notes", "remark", "remarks", "comment", "comments"),
}  # fmt: skip
# The columns that tell one person from another, each by any of these sets.
NEEDED: tuple[tuple[Column, ...], ...] = ((Column.NAME, Column.GIVEN_NAME), (Column.BIRTH, Column.BIRTH_YEAR))

_BY_HEADING = {heading: column for column, headings in HEADINGS.items() for heading in headings}
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NO_WORD = re.compile(r"[^a-z0-9]+")
_COLUMN_NUMBER = re.compile(r"\(?(?:[0-9]{1,2}|[a-zA-Z])\)?")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where what stands: each known column with its places, in their order.

    `left_out` and `unknown` are headings as they were written, of what is not read. `line` is that of the
    headings, `begins` the number of lines before the first person.
    """

    places: dict[Column, int]
    left_out: tuple[tuple[LeftOut, str], ...]
    unknown: tuple[str, ...]
    line: int
    begins: int

    def has(self, *any_of: Column) -> bool:
        return any(column in self.places for column in any_of)


def find(lines: Sequence[Line]) -> Columns:
    """The columns of a roster. Raises Unreadable where there is no row of headings, or a heading twice."""
    at, known = max(
        ((at, _known(line.cells)) for at, line in enumerate(lines[:MOST_TITLE_LINES])), key=lambda one: one[1]
    )
    if known < 2:
        expected = "a row of headings, among them the full name and the year of birth"
        raise Unreadable("header-missing", expected, "none in the first lines")
    headings = [_text(cell) for cell in lines[at].cells]
    begins = at + 1
    if begins < len(lines) and _is_second_row(lines[begins].cells):
        headings = _together(headings, [_text(cell) for cell in lines[begins].cells])
        begins += 1
    if begins < len(lines) and _numbers_columns(lines[begins].cells):
        begins += 1
    return _placed(headings, lines[at].number, begins)


def _placed(headings: Sequence[str], line: int, begins: int) -> Columns:
    places: dict[Column, int] = {}
    left_out: list[tuple[LeftOut, str]] = []
    unknown: list[str] = []
    for place, heading in enumerate(headings):
        never = _never(heading)
        column = None if never else meant(heading)
        if never is not None:
            left_out.append((never, heading[:80]))
        elif column is None:
            unknown += [heading[:80]] if heading and not _counts(heading) else []
        elif column in places:
            expected = "each column once"
            raise Unreadable("column-twice", expected, f"{headings[places[column]]}, {heading}"[:80], line)
        else:
            places[column] = place
    if Column.GIVEN_NAME in places and Column.NAME in places:
        del places[Column.GIVEN_NAME]
    return Columns(places, tuple(left_out), tuple(unknown), line, begins)


def missing(columns: Columns, needs_place: bool) -> list[Column]:
    """The columns that are needed and not there."""
    needed = (*NEEDED, (Column.PLACE,)) if needs_place else NEEDED
    found = [any_of[0] for any_of in needed if not columns.has(*any_of)]
    if Column.BIRTH in found and columns.has(Column.MALE, Column.FEMALE):
        found.remove(Column.BIRTH)
    return found


def meant(heading: str) -> Column | None:
    """The column that a heading names; None where nobody knows."""
    return _BY_HEADING.get(_words(heading))


def _never(heading: str) -> LeftOut | None:
    words = f" {_NO_WORD.sub(' ', folded(heading)).strip()} "
    for kind, parts in LEFT_OUT.items():
        # Asides such as "(ghi chú: nam, nữ)" stand in the heading of what is read.
        if _words(heading) in parts or (
            kind is not LeftOut.NOTE and any(f" {one} " in words for one in parts)
        ):
            return kind
    return None


def _words(heading: str) -> str:
    bare = _ASIDE.sub(" ", heading.replace("&", " va ").replace("+", " "))
    return _NO_WORD.sub(" ", folded(bare)).strip()


def _text(cell: Cell) -> str:
    return " ".join(cell.split())[:LONGEST_HEADING] if isinstance(cell, str) else ""


def _known(cells: Sequence[Cell]) -> int:
    """How many headings a row has that are known. A row of people has hardly one, a title one at most."""
    return len({meant(text) for text in map(_text, cells) if text} - {None})


def _is_second_row(cells: Sequence[Cell]) -> bool:
    """Whether a row parts the headings above it: the year of birth of men and of women in two columns."""
    found = {meant(_text(cell)) for cell in cells if cell is not None and cell != ""}
    return bool(found) and found <= {
        Column.MALE, Column.FEMALE, Column.FAMILY_NAME, Column.GIVEN_NAME, Column.BIRTH, Column.BIRTH_YEAR,
    }  # fmt: skip


def _together(above: list[str], below: list[str]) -> list[str]:
    """What stands below is the heading, where something does."""
    wide = max(len(above), len(below))
    pairs = zip(above + [""] * (wide - len(above)), below + [""] * (wide - len(below)), strict=True)
    return [lower or upper for upper, lower in pairs]


def _numbers_columns(cells: Sequence[Cell]) -> bool:
    texts = [str(cell) for cell in cells if cell is not None and cell != ""]
    return len(texts) > 2 and all(_COLUMN_NUMBER.fullmatch(text) for text in texts)


def _counts(heading: str) -> bool:
    """The column of running numbers, of which nothing needs to be said."""
    return _words(heading) in ("stt", "tt", "so thu tu", "no", "order", "#", "")
