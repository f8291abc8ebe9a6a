"""The form of self-assessment (phiếu tự đánh giá), with what is known filled in and blank where nothing is.

Proposed points are evidence and confer nothing (I11): the citizen's own column and the reviewers' are apart.
"""

from collections.abc import Iterator, Sequence

from lms_tracker.learning.recognition.papers import texts
from lms_tracker.learning.recognition.papers.blocks import (
    Block,
    Cell,
    Column,
    NewPart,
    Paper,
    Row,
    Rule,
    Signatures,
    Signer,
    Style,
    Table,
    Text,
)
from lms_tracker.learning.recognition.papers.facts import Form, Line, RoundFacts
from lms_tracker.learning.recognition.papers.texts import DOTS
from lms_tracker.learning.recognition.papers.word import MOTTO, MOTTO_LENGTH, NATION
from lms_tracker.learning.recognition.papers.wording import WORDS, titled

_TICKED = {0: "Chưa đạt", 1: "Đạt"}


def self_assessments(facts: RoundFacts, forms: Sequence[Form]) -> Paper:
    """Phiếu tự đánh giá, each from a page of its own on."""
    return Paper(title=f"Phiếu tự đánh giá {titled(facts)}", blocks=_all(facts, forms))


def _all(facts: RoundFacts, forms: Sequence[Form]) -> Iterator[Block]:
    for number, form in enumerate(forms):
        if number:
            yield NewPart()
        yield from _form(facts, form)


def _form(facts: RoundFacts, form: Form) -> Iterator[Block]:
    yield Text(NATION, Style.NATION)
    yield Text(MOTTO, Style.MOTTO)
    yield Rule(MOTTO_LENGTH + 8)
    yield Text("Phiếu tự đánh giá", Style.KIND)
    yield Text(f"Danh hiệu {titled(facts)}", Style.SUBJECT)
    yield Text(_by(facts), Style.REFERENCE)
    yield from _who(facts, form)
    if facts.criteria.least is not None:
        yield from _learned(form)
    yield Text("Điểm và minh chứng" if facts.criteria.least else "Kết quả từng tiêu chí", Style.HEADING)
    yield _table(facts, form)
    for note in (*_notes(facts, form), facts.criteria.note):
        if note:
            yield Text(note, Style.NOTE)
    yield Text("Tôi cam đoan những điều ghi trong phiếu này là đúng.")
    hint = "(Ký, ghi rõ họ tên)"
    day = texts.day_in_words(None, facts.year)
    yield Signatures(
        signers=(
            Signer("Người thẩm định", hint=hint, dated=texts.capital(day)),
            Signer("Người tự đánh giá", hint=hint, name=texts.name(form.name), dated=texts.capital(day)),
        )
    )


def _by(facts: RoundFacts) -> str:
    used = facts.criteria
    return f"({used.title}, {used.number} ngày {texts.day(used.day)} của {used.issuer})"


def _who(facts: RoundFacts, form: Form) -> Iterator[Block]:
    words = WORDS[facts.model]
    yield Text(texts.name(form.name) or DOTS * 2, Style.FORM, f"{words.column}:")
    if not words.has_birth:
        yield Text(texts.line(form.address) or DOTS * 2, Style.FORM, "Địa chỉ:")
        return
    yield Text(form.birth or DOTS, Style.FORM, "Năm sinh:")
    yield Text(texts.line(form.address) or DOTS * 2, Style.FORM, "Nơi ở:")
    if facts.criteria.populations:
        yield Text("", Style.FORM, "Nhóm đối tượng:")
    for code, title in facts.criteria.populations:
        yield Text(f"{'☒' if code == form.population else '☐'} {title}", Style.FORM)


def _learned(form: Form) -> Iterator[Block]:
    """Hours that were credited, by course; blank lines for who learns without a computer."""
    yield Text("Giờ học được ghi nhận trong năm", Style.HEADING)
    rows = [
        Row((number, one.title, one.category, texts.length(one.seconds)))
        for number, one in enumerate(form.learned, 1)
    ]
    if rows:
        whole = sum(one.seconds for one in form.learned)
        rows.append(Row((None, "Tổng cộng", None, texts.length(whole)), bold=True))
    columns = (
        Column("STT", 12, "center"),
        Column("Khóa học, hoạt động", 82),
        Column("Lĩnh vực", 38),
        Column("Thời gian", 34, "center"),
    )
    blank = [Row((None, None, None, None)) for _line in range(3)]
    yield Table(columns=columns, rows=rows or blank, name="Giờ học")


def _table(facts: RoundFacts, form: Form) -> Table:
    is_points = facts.criteria.least is not None
    columns = [Column("TT", 12, "center"), Column("Chỉ số" if is_points else "Tiêu chí", 54)]
    columns += [Column("Minh chứng", 46)]
    columns += [Column("Điểm gợi ý", 15, "center"), Column("Điểm tối đa", 15, "center")] if is_points else []
    columns += [Column("Tự chấm", 17, "center"), Column("Thẩm định", 17, "center")]
    rows = [Row(_cells(line, is_points), line.scored.group) for line in form.lines]
    if is_points:
        most = facts.criteria.most_total
        sums = (_sum(line.own for line in form.lines), _sum(line.reviewed for line in form.lines))
        rows.append(Row((None, "Tổng điểm", None, None, most, *sums), rows[-1].group if rows else "", True))
    return Table(columns=tuple(columns), rows=rows, name="Điểm", grouped_by="Nhóm")


def _cells(line: Line, is_points: bool) -> tuple[Cell, ...]:
    shown = [*line.evidence, *((line.why,) if line.why else ())]
    evidence = "; ".join(texts.line(part) for part in shown)
    begins: tuple[Cell, ...] = (line.scored.code, line.scored.title, evidence)
    if is_points:
        return (*begins, line.proposed, line.scored.most, line.own, line.reviewed)
    return (*begins, _tick(line.own), _tick(line.reviewed))


def _tick(value: int | None) -> str:
    return "" if value is None else _TICKED.get(value, str(value))


def _sum(points: Iterator[int | None] | Sequence[int | None]) -> int | None:
    """What was given together; nothing where nothing was."""
    given = [value for value in points if value is not None]
    return sum(given) if given else None


def _notes(facts: RoundFacts, form: Form) -> tuple[str, ...]:
    if facts.criteria.least is None:
        return (form.remark,)
    total, each = facts.criteria.least
    least = f"Mức đạt: từ {total} điểm trở lên, không chỉ số nào dưới {each} điểm."
    blank = "Chỉ số để trống ở cột gợi ý là chưa được đánh giá, không phải 0 điểm."
    return (least, f"{form.remark} {blank}".strip())
