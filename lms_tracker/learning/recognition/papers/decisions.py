"""Decisions (quyết định), each numbered and for many names, which stand in its appendix."""

from collections.abc import Iterator, Sequence

from lms_tracker.learning.recognition.papers import texts
from lms_tracker.learning.recognition.papers.blocks import (
    Block,
    Cell,
    Column,
    NewPart,
    Paper,
    Row,
    Rows,
    Rule,
    Signatures,
    Style,
    Table,
    Text,
)
from lms_tracker.learning.recognition.papers.facts import (
    Decided,
    Letter,
    Meeting,
    Recognised,
    RoundFacts,
)
from lms_tracker.learning.recognition.papers.texts import DOTS
from lms_tracker.learning.recognition.papers.wording import (
    WORDS,
    counted,
    heading,
    letterhead,
    numbered,
    signer,
    titled,
)


def recognition(
    facts: RoundFacts, names: Sequence[Recognised], decided: Decided, meeting: Meeting, letter: Letter
) -> Paper:
    """Quyết định công nhận; before there is one, the draft of it with room for number and day."""
    return Paper(
        title=f"Quyết định công nhận {titled(facts)}",
        blocks=_recognition(facts, names, decided, meeting, letter),
    )


def _recognition(
    facts: RoundFacts, names: Sequence[Recognised], decided: Decided, meeting: Meeting, letter: Letter
) -> Iterator[Block]:
    subject = f"Về việc công nhận danh hiệu {titled(facts)}"
    yield from _opening(facts, decided, subject, (_of_meeting(facts, meeting), _of_letter(facts, letter)))
    noun = WORDS[facts.model].noun
    yield Text(
        f"Công nhận {counted(facts, len(names))} của {facts.where} đạt danh hiệu {titled(facts)}"
        " (có danh sách kèm theo).",
        bold="Điều 1.",
    )
    until = {one.valid_to for one in names}
    kept = next(iter(until)) if len(until) == 1 else None
    ends = f" Việc công nhận có giá trị đến hết ngày {texts.day(kept)}." if kept else ""
    yield Text(f"Quyết định này có hiệu lực kể từ ngày ký.{ends}", bold="Điều 2.")
    yield from _closing(facts, decided, f"các {noun} có tên tại Điều 1")
    yield from _appendix(facts, decided, f"{texts.capital(noun)} đạt danh hiệu {titled(facts)}")
    yield _names(facts, names)


def revocation(facts: RoundFacts, names: Sequence[Recognised], decided: Decided) -> Paper:
    """Quyết định thu hồi."""
    return Paper(
        title=f"Quyết định thu hồi công nhận {titled(facts)}", blocks=_revocation(facts, names, decided)
    )


def _revocation(facts: RoundFacts, names: Sequence[Recognised], decided: Decided) -> Iterator[Block]:
    yield from _opening(facts, decided, f"Về việc thu hồi công nhận danh hiệu {titled(facts)}", ())
    noun = WORDS[facts.model].noun
    yield Text(
        f"Thu hồi việc công nhận danh hiệu {titled(facts)} đối với {counted(facts, len(names))} của"
        f" {facts.where} (có danh sách kèm theo).",
        bold="Điều 1.",
    )
    why = texts.lines(decided.why) or (DOTS * 2,)
    yield Text(f"Lý do thu hồi: {why[0]}", bold="Điều 2.")
    for line in why[1:]:
        yield Text(line)
    yield Text("Quyết định này có hiệu lực kể từ ngày ký.", bold="Điều 3.")
    yield from _closing(facts, decided, f"các {noun} có tên tại Điều 1", article=4)
    yield from _appendix(facts, decided, f"{texts.capital(noun)} bị thu hồi danh hiệu {titled(facts)}")
    yield _revoked(facts, names)


def _opening(facts: RoundFacts, decided: Decided, subject: str, grounds: Sequence[str]) -> Iterator[Block]:
    """Up to QUYẾT ĐỊNH; the law on which the body acts is left to be written, for it differs by body."""
    body, used = decided.body, facts.criteria
    number = numbered(decided.number, "QĐ", body.name)
    yield letterhead(body, facts, texts.day_in_words(decided.day, facts.year), number)
    yield from heading("Quyết định", subject)
    yield Text(_authority(decided), Style.AUTHORITY)
    yield Text(f"Căn cứ {DOTS * 3};", Style.GROUND)
    criteria = f"{used.title} ban hành kèm theo {used.number} ngày {texts.day(used.day)} của {used.issuer}"
    found = [f"Căn cứ {criteria}", *(one for one in grounds if one)]
    if not grounds:
        found.append(f"Xét đề nghị của {facts.proposing.name}")
    for at, ground in enumerate(found, 1):
        yield Text(f"{ground}{'.' if at == len(found) else ';'}", Style.GROUND)
    yield Text("Quyết định:", Style.AUTHORITY)


def _authority(decided: Decided) -> str:
    """Who decides: the chair of a people's committee, any other body as itself."""
    body, signs = texts.name(decided.body.name), texts.name(decided.body.signs_as)
    if signs.lower().removeprefix("phó ").startswith("chủ tịch") and body.lower()[:15] in (
        "ủy ban nhân dân",
        "uỷ ban nhân dân",
    ):
        return f"Chủ tịch {body}"
    return body


def _of_meeting(facts: RoundFacts, meeting: Meeting) -> str:
    return f"Căn cứ Biên bản họp xét {texts.day_in_words(meeting.held_on, facts.year)}"


def _of_letter(facts: RoundFacts, letter: Letter) -> str:
    number = numbered(letter.number, "TTr", facts.proposing.name)
    day = texts.day_in_words(letter.sent_on, facts.year)
    return f"Xét đề nghị của {facts.proposing.name} tại Tờ trình số {number} {day}"


def _closing(facts: RoundFacts, decided: Decided, named: str, article: int = 3) -> Iterator[Block]:
    yield Text(
        f"{texts.capital(facts.proposing.name)}, các tổ chức, cá nhân có liên quan và {named} chịu trách"
        " nhiệm thi hành Quyết định này./.",
        bold=f"Điều {article}.",
    )
    yield Signatures(
        signers=(signer(decided.body, decided.signed_by),), receivers=(f"Như Điều {article}", "Lưu: VT")
    )


def _appendix(facts: RoundFacts, decided: Decided, subject: str) -> Iterator[Block]:
    yield NewPart()
    yield Text("Danh sách", Style.KIND)
    yield Text(subject, Style.SUBJECT)
    number = numbered(decided.number, "QĐ", decided.body.name)
    day = texts.day_in_words(decided.day, facts.year)
    yield Text(f"(Kèm theo Quyết định số {number} {day} của {_authority(decided)})", Style.REFERENCE)
    yield Rule(40)


def _names(facts: RoundFacts, names: Sequence[Recognised]) -> Table:
    words = WORDS[facts.model]
    has_levels = any(one.level is not None for one in names)
    has_points = any(one.points is not None for one in names)
    columns = [Column("STT", 13, "center"), Column(words.column, 68)]
    columns += [Column("Năm sinh", 25, "center")] if words.has_birth else []
    columns += [Column("Mức độ", 16, "center")] if has_levels else []
    columns += [Column("Tổng điểm", 18, "center")] if has_points else []
    columns += [Column("Số giấy chứng nhận", 42, "center")]

    def rows() -> Iterator[Row]:
        for number, one in enumerate(names, 1):
            cells: list[Cell] = [number, texts.name(one.name)]
            cells += [one.birth] if words.has_birth else []
            cells += [one.level] if has_levels else []
            cells += [one.points] if has_points else []
            yield Row((*cells, one.certificate), one.group)

    made = Rows(len(names), rows)
    return Table(columns=tuple(columns), rows=made, name="Danh sách", grouped_by=facts.grouped_by)


def _revoked(facts: RoundFacts, names: Sequence[Recognised]) -> Table:
    words = WORDS[facts.model]
    columns = [Column("STT", 12, "center"), Column(words.column, 52)]
    columns += [Column("Năm sinh", 23, "center")] if words.has_birth else []
    columns += [
        Column("Quyết định công nhận", 38, "center"),
        Column("Số giấy chứng nhận", 32, "center"),
        Column("Thu hồi từ ngày", 24, "center"),
    ]
    rows = []
    for number, one in enumerate(names, 1):
        cells: list[Cell] = [number, texts.name(one.name)]
        cells += [one.birth] if words.has_birth else []
        rows.append(Row((*cells, one.earlier, one.certificate, one.revoked_on), one.group))
    return Table(columns=tuple(columns), rows=rows, name="Danh sách", grouped_by=facts.grouped_by)


def names_alone(facts: RoundFacts, names: Sequence[Recognised]) -> Table:
    """The list of a decision as a register of certificates."""
    return _names(facts, names)
