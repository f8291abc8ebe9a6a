"""The words of the papers for each model."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.papers import texts
from lms_tracker.learning.recognition.papers.blocks import Letterhead, Rule, Signer, Style, Text
from lms_tracker.learning.recognition.papers.facts import Body, RoundFacts


@dataclass(frozen=True, slots=True)
class Words:
    """`noun` is what is recognised, `column` the head of the column of names, `short` for names of files."""

    title: str
    noun: str
    column: str
    short: str
    has_birth: bool = False


WORDS: Mapping[Model, Words] = {
    Model.CITIZEN: Words("Công dân học tập", "công dân", "Họ và tên", "cong-dan", True),
    Model.HOUSEHOLD: Words("Gia đình học tập", "gia đình", "Gia đình (hộ)", "gia-dinh"),
    Model.CLAN: Words("Dòng họ học tập", "dòng họ", "Dòng họ", "dong-ho"),
    Model.COMMUNITY: Words("Cộng đồng học tập", "thôn, tổ dân phố", "Thôn, tổ dân phố", "cong-dong"),
    Model.COMMUNE: Words(
        "Cộng đồng học tập cấp xã", "xã, phường, đặc khu", "Xã, phường, đặc khu", "cong-dong-cap-xa"
    ),
    Model.UNIT: Words("Đơn vị học tập", "đơn vị", "Tên đơn vị", "don-vi"),
}

# Abbreviations of bodies in the numbers of their papers, by how their names begin.
_ABBREVIATIONS = (("ủy ban nhân dân", "UBND"), ("uỷ ban nhân dân", "UBND"), ("hội khuyến học", "HKH"))

CAME_BY: Mapping[str, str] = {
    "self": "Tự đăng ký",
    "paper": "Cán bộ đăng ký",
    "proposed": "Hội đồng đề nghị",
}
# Why somebody who was reviewed is neither proposed nor refused (actions.recognition.lists).
LEFT_OUT: Mapping[str, str] = {
    "gone": "Đã chuyển khỏi địa bàn, đơn vị",
    "never": "Không thuộc địa bàn, đơn vị",
    "died": "Đã mất",
    "title": "Đã được công nhận trong năm",
}
# Categories are data: one that is not named here is written as it was imported.
CATEGORIES: Mapping[str, str] = {
    "digital-skills": "Kỹ năng số",
    "foreign-language": "Ngoại ngữ",
    "law": "Pháp luật",
    "agriculture": "Nông nghiệp",
    "other": "Lĩnh vực khác",
}
# What a document is, by what stands in its number.
_DOCUMENTS = (("/QĐ", "Quyết định số"), ("/TT", "Thông tư số"), ("/NĐ", "Nghị định số"))


def document(number: str) -> str:
    """A document by its kind and number: "Quyết định số 324/QĐ-KHVN"."""
    whole = texts.line(number, 200)
    bare = re.sub(r"/\d{4}(?=/)", "", whole)
    kind = next((words for mark, words in _DOCUMENTS if mark in bare), "văn bản số")
    return whole if not whole[:1].isdigit() else f"{kind} {whole}"


def titled(facts: RoundFacts) -> str:
    """“Công dân học tập” năm 2026, with the number of the round from the second on."""
    more = f" (đợt {facts.number})" if facts.number > 1 else ""
    return f"“{WORDS[facts.model].title}” năm {facts.year}{more}"


def symbol(kind: str, body: str) -> str:
    """What follows the number of a body's paper: QĐ-UBND; with room to write for other bodies."""
    low = texts.line(body).lower()
    known = (short for name, short in _ABBREVIATIONS if low.startswith(name))
    return f"{kind}-{next(known, '……')}"


def numbered(number: str, kind: str, body: str) -> str:
    """A number as papers have it, with room to write where it was not given yet."""
    return texts.line(number, 80) or f"……/{symbol(kind, body)}"


def letterhead(body: Body, facts: RoundFacts, day_in_words: str, number: str = "") -> Letterhead:
    return Letterhead(
        body=texts.name(body.name),
        above=texts.name(body.above),
        number=number,
        dated=f"{texts.name(facts.seat)}, {day_in_words}",
    )


def heading(kind: str, *subject: str) -> tuple[Text | Rule, ...]:
    """The kind of a paper and what it is about, with the rule below."""
    return (Text(kind, Style.KIND), *(Text(line, Style.SUBJECT) for line in subject), Rule(40))


def signer(body: Body, name: str = "") -> Signer:
    """Who signs for a body; a deputy signs in place of the head (Nghị định 30/2020/NĐ-CP, Phụ lục I).

    What the chair of a people's committee decides is signed by the chair; other papers of a committee by the
    chair on its behalf, which is left to whoever signs.
    """
    title = texts.name(body.signs_as)
    low = title.lower()
    if low.startswith("phó "):
        return Signer(title, (f"KT. {title[4:]}",), name=texts.name(name))
    return Signer(title, name=texts.name(name))


def counted(facts: RoundFacts, count: int) -> str:
    """138.068 công dân."""
    return f"{texts.count(count)} {WORDS[facts.model].noun}"
