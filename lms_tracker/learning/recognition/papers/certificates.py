"""Certificates (giấy chứng nhận), one page each, with a number and room for the seal."""

from collections.abc import Iterator, Sequence

from lms_tracker.learning.recognition.papers import texts
from lms_tracker.learning.recognition.papers.blocks import (
    Block,
    NewPage,
    Paper,
    Rule,
    Signatures,
    Signer,
    Style,
    Text,
)
from lms_tracker.learning.recognition.papers.decisions import names_alone
from lms_tracker.learning.recognition.papers.facts import Decided, Recognised, RoundFacts
from lms_tracker.learning.recognition.papers.word import MOTTO, MOTTO_LENGTH, NATION
from lms_tracker.learning.recognition.papers.wording import WORDS, heading, numbered, signer, titled

# A name with more characters than these is written smaller, so that the page stays one.
LONG = 50


def certificates(facts: RoundFacts, names: Sequence[Recognised], decided: Decided) -> Paper:
    """Giấy chứng nhận of each of these names, in the order of the list."""
    return Paper(
        title=f"Giấy chứng nhận {titled(facts)}",
        blocks=_pages(facts, names, decided),
        landscape=True,
        framed=True,
    )


def register(facts: RoundFacts, names: Sequence[Recognised]) -> Paper:
    """The same as a list: sổ cấp giấy chứng nhận."""
    return Paper(
        title=f"Sổ cấp giấy chứng nhận {titled(facts)}",
        blocks=(
            *heading("Sổ cấp giấy chứng nhận", f"Danh hiệu {titled(facts)}"),
            names_alone(facts, names),
        ),
    )


def _pages(facts: RoundFacts, names: Sequence[Recognised], decided: Decided) -> Iterator[Block]:
    for number, one in enumerate(names):
        if number:
            yield NewPage()
        yield from _page(facts, one, decided)


def _page(facts: RoundFacts, one: Recognised, decided: Decided) -> Iterator[Block]:
    yield Text("", Style.CERTIFIED)
    yield Text(NATION, Style.NATION)
    yield Text(MOTTO, Style.MOTTO)
    yield Rule(MOTTO_LENGTH + 8)
    yield Text(texts.name(decided.body.name), Style.ISSUED_BY)
    yield Text("Giấy chứng nhận", Style.LARGE)
    name = texts.name(one.name)
    yield Text(name, Style.RECIPIENT if len(name) <= LONG else Style.LONG_RECIPIENT)
    about = ", ".join(part for part in (f"sinh {one.birth}" if one.birth else "", one.address) if part)
    if about:
        yield Text(texts.capital(about), Style.CERTIFIED)
    level = f", mức độ {one.level}" if one.level is not None else ""
    yield Text(f"Đạt danh hiệu “{WORDS[facts.model].title}” năm {facts.year}{level}", Style.CERTIFIED)
    kind = numbered(decided.number, "QĐ", decided.body.name)
    day = texts.day_in_words(decided.day, facts.year)
    yield Text(f"Theo Quyết định số {kind} {day} của {texts.name(decided.body.name)}", Style.CERTIFIED)
    last = signer(decided.body, decided.signed_by)
    number = f"Số: {one.certificate or '………………'}"
    kept = f"Có giá trị đến hết ngày {texts.day(one.valid_to)}" if one.valid_to else ""
    yield Signatures(
        signers=(
            Signer("", hint=number, name=kept),
            Signer(last.title, last.above, name=last.name, dated=f"{texts.name(facts.seat)}, {day}"),
        )
    )
