"""What a paper is made of, whatever program opens it: `word` and `sheets` write it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

# Numbers stay numbers in a spreadsheet; everything else is text there, whatever it begins with.
Cell = str | int | date | None
Align = Literal["left", "center", "right"]


class Style(StrEnum):
    """How a paragraph looks; the values are the style ids of the DOCX."""

    BODY = "Body"
    # The grounds of a decision, in italics.
    GROUND = "Ground"
    KIND = "Kind"
    SUBJECT = "Subject"
    HEADING = "PartHeading"
    CENTERED = "Centered"
    AUTHORITY = "Authority"
    REFERENCE = "Reference"
    NOTE = "SmallNote"
    FORM = "FormLine"
    # Of a certificate.
    NATION = "CertNation"
    MOTTO = "CertMotto"
    LARGE = "CertTitle"
    ISSUED_BY = "CertBody"
    RECIPIENT = "CertName"
    LONG_RECIPIENT = "CertLongName"
    CERTIFIED = "CertText"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `bold` is what stands in bold at its beginning."""

    text: str
    style: Style = Style.BODY
    bold: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line under a title, so many millimetres long."""

    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """The top of a paper: who issues it, its number, where and when.

    `number` with its abbreviation ("15/QĐ-UBND"), empty for a paper without one. `dated` is the line of place
    and day.
    """

    body: str
    above: str = ""
    number: str = ""
    dated: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, `width` in millimetres on paper."""

    title: str
    width: float
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Row:
    """`group` is the heading under which it stands ("" for none): a thôn, a competency."""

    cells: tuple[Cell, ...]
    group: str = ""
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that are made each time they are gone through: tens of thousands are never held together."""

    count: int
    make: Callable[[], Iterable[Row]]

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Row]:
        return iter(self.make())


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`name` is its sheet's in a spreadsheet, and `grouped_by` the title of the column for groups."""

    columns: tuple[Column, ...]
    rows: Sequence[Row] | Rows
    name: str
    grouped_by: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """`above` are the lines over the title ("TM. ỦY BAN NHÂN DÂN"); `name` is empty where nobody is named."""

    title: str
    above: tuple[str, ...] = ()
    hint: str = ""
    name: str = ""
    # The line of place and day over a signature; elsewhere it stands at the top of the paper.
    dated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    """Who signs, from left to right; `receivers` stand at the left of a single one."""

    signers: tuple[Signer, ...]
    receivers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins on a page of its own."""


@dataclass(frozen=True, slots=True)
class NewPart:
    """What follows is a part of its own, with pages that are counted anew: an appendix."""

    landscape: bool = False


Block = Text | Rule | Letterhead | Table | Signatures | NewPage | NewPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper, whose blocks are gone through once. `landscape` is of its first part.

    `framed` pages have a border, and no numbers.
    """

    title: str
    blocks: Iterable[Block]
    landscape: bool = False
    framed: bool = False
