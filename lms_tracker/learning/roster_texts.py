"""From the bytes of a roster to its lines, whichever way a spreadsheet of the last thirty years saved it.

Text is UTF-8, UTF-16 or Windows-1258, with commas, semicolons or tabs; marks may be composed or not. Text in
the fonts of before Unicode (TCVN3, "VnTime"; VNI) looks like letters and is none: it is told, not guessed.
"""

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO

from lms_tracker.learning import course_sheets
from lms_tracker.learning.course_sheets import Bounds, Cell, Line, Unreadable

BOUNDS = Bounds(bytes=32 * 1024 * 1024, unpacked_bytes=160 * 1024 * 1024, tags=8_000_000, lines=100_001)
# What no cell of a roster comes near. Putting marks in order takes time that grows with the square of their
# number, so that longer text is cut before it is looked at; its reader refuses what is left.
MOST_CHARACTERS = 1_000
# Lines in which the separator and the old fonts are looked for.
LOOKED_AT = 300
SEPARATORS = ";,\t"
# So many cells in an old font are no slip of the pen.
FEW = 3

_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_UTF_32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_PRINTED = "UTF-8 text or an XLSX workbook"
_DATE_1904 = re.compile(rb"""<(?:\w{1,9}:)?workbookPr\s[^<>]*?date1904\s*=\s*["'](?:1|true)["']""")

# Letters of Vietnamese beside those of ASCII.
LETTERS = frozenset(
    unicodedata.normalize("NFC", base + tone)
    for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for tone in ("", *"\u0300\u0301\u0303\u0309\u0323")
) | frozenset("đĐ")
# What text in TCVN3 shows in the place of letters, as Western text (ISO 8859-1); never a part of a word else.
_TCVN3 = re.compile("[A-Za-z][¨©®ª«¬\xadµ¸¶·¹»¾¼½ÆÇËÎÏÐÑÖ×ØÜÞßåæçëîïñ÷øûþ]|[®§][A-Za-z]")
# VNI writes each mark as a letter behind the vowel; these pairs stand in no word of Vietnamese.
_VNI = re.compile(
    "[aA][âáàåãäùøûõïêéèúüëÂÁÀÅÃÄÙØÛÕÏÊÉÈÚÜË]|[eE][âáàåãäùøûõïÂÁÀÅÃÄÙØÛÕÏ]|[öÖ]|[ñÑ]|[oO][åäùøûõïÅÄÙØÛÕÏ]"
)
# UTF-8 that was once taken for Western text and saved so.
_TWICE = re.compile("á[º»]|Ã[¡-¿]|Ä[\u2018\x91‘]|Æ[°¡]")


def read_lines(body: bytes, bounds: Bounds = BOUNDS) -> list[Line]:
    """All lines that are not blank, text in NFC. Raises Unreadable."""
    course_sheets.bound_size(body, bounds)
    if body.startswith(b"PK"):
        found = course_sheets.read_lines(body, bounds)
        course_sheets.refuse_formulas_without_values(body)
        lines = [_composed(line) for line in found]
    else:
        text = decoded(body)
        separated = course_sheets.text_lines(text, _separator(text))
        lines = course_sheets.within((_composed(line) for line in separated), bounds)
    _refuse_old_fonts(lines[:LOOKED_AT])
    return lines


def counts_from_1904(body: bytes) -> bool:
    """Whether a workbook, read before, numbers days from 1904, as those of old Macintoshes do."""
    if not body.startswith(b"PK"):
        return False
    with zipfile.ZipFile(BytesIO(body)) as archive:
        names = [name for name in archive.namelist() if name == "xl/workbook.xml"]
        return any(_DATE_1904.search(archive.read(name)) for name in names)


def decoded(body: bytes) -> str:
    """The text of a file that is no workbook. Raises Unreadable, with the line of the first wrong byte."""
    if body.startswith(_OLD_WORKBOOK):
        raise Unreadable("file-xls", "a workbook saved as XLSX", "a workbook of Excel 97-2003 (.xls)")
    if body.startswith(_UTF_32):
        raise Unreadable("file-encoding", _PRINTED, "UTF-32")
    utf_16 = _UTF_16.get(body[:2]) or _utf_16_without_mark(body[:400])
    if utf_16 is not None:
        return _utf_16(body, utf_16)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if _has_letters_in_utf_8(body):
            line = body.count(b"\n", 0, error.start) + 1
            found = f"byte 0x{body[error.start]:02x} among UTF-8"
            raise Unreadable("file-encoding-mixed", _PRINTED, found, line) from None
    return _windows_1258(body)


def _utf_16(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise Unreadable("file-encoding", _PRINTED, "damaged UTF-16") from None


def _utf_16_without_mark(start: bytes) -> str | None:
    """Separators and spaces are ASCII, so every other byte of them is zero."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd * 5 >= len(start) // 2 > 0 == even:
        return "utf-16-le"
    return "utf-16-be" if even * 5 >= len(start) // 2 > 0 == odd else None


def _has_letters_in_utf_8(body: bytes) -> bool:
    """Whether there are letters of Vietnamese in UTF-8, so that the file is of two encodings, or damaged."""
    return re.search(rb"\xe1[\xba\xbb][\x80-\xbf]|\xc6[\xa0\xa1\xaf\xb0]|\xc4[\x90\x91]", body) is not None


def _windows_1258(body: bytes) -> str:
    """The text of one byte a letter, if it is Windows-1258; else it is said what it looks like."""
    western = body.decode("latin-1")
    try:
        text = unicodedata.normalize("NFC", _bounded_marks(body.decode("cp1258")))
    except UnicodeDecodeError:
        text = ""
    strange = {letter for letter in text if not letter.isascii()} - LETTERS - frozenset("–—‘’“”…\xa0•°º")
    if text and not strange:
        return text
    _refuse_old_fonts([Line(1, (part,)) for part in western[:20_000].splitlines()])
    raise Unreadable("file-encoding", _PRINTED, "text in an encoding that is not known")


def _bounded_marks(text: str) -> str:
    if re.search("[\u0300\u0301\u0303\u0309\u0323]{4}", text):
        raise Unreadable("file-encoding", _PRINTED, "marks without letters")
    return text


def _separator(text: str) -> str:
    """What parts the cells: whatever the first lines have most of."""
    start = text[: LOOKED_AT * 200].split("\n")[:20]
    return max(SEPARATORS, key=lambda one: max(line.count(one) for line in start))


def _composed(line: Line) -> Line:
    return replace(line, cells=tuple(map(_cell, line.cells)))


def _cell(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    if cell.isascii():
        return cell.strip()
    return unicodedata.normalize("NFC", cell[: MOST_CHARACTERS + 1].replace("\xa0", " ")).strip()


def _refuse_old_fonts(lines: Iterable[Line]) -> None:
    cells = [cell for line in lines for cell in line.cells if isinstance(cell, str) and not cell.isascii()]
    for rule, name, pattern in (
        ("file-encoded-twice", "UTF-8 taken for Western text", _TWICE),
        ("file-vni", "text in a VNI font", _VNI),
        ("file-tcvn3", "text in a TCVN3 font (.VnTime)", _TCVN3),
    ):
        found = sum(1 for cell in _few(cells) if pattern.search(cell))
        if found >= FEW and found * 4 >= len(cells):
            raise Unreadable(rule, "text in Unicode", name)


def _few(cells: list[str]) -> Iterator[str]:
    return iter(cells[:2_000])
