"""Lists of a round: who registered, who is proposed, who did not achieve it."""

from collections.abc import Callable, Iterator, Sequence

from lms_tracker.learning.recognition.papers import texts
from lms_tracker.learning.recognition.papers.blocks import (
    Block,
    Cell,
    Column,
    Paper,
    Row,
    Rows,
    Signatures,
    Signer,
    Style,
    Table,
    Text,
)
from lms_tracker.learning.recognition.papers.facts import Entry, RoundFacts
from lms_tracker.learning.recognition.papers.wording import (
    WORDS,
    counted,
    heading,
    letterhead,
    signer,
    titled,
)

# More columns of points than this are no longer readable on A4; the total stands alone.
MOST_POINT_COLUMNS = 18


def registrations(facts: RoundFacts, entries: Sequence[Entry]) -> Paper:
    """Danh sách đăng ký."""
    words = WORDS[facts.model]
    columns = [Column("STT", 12, "center"), Column(words.column, 62)]
    columns += [Column("Năm sinh", 24, "center")] if words.has_birth else []
    columns += [Column("Nhóm đối tượng", 44)] if facts.criteria.populations else []
    columns += [Column("Ngày đăng ký", 26, "center"), Column("Hình thức", 28)]

    def rows() -> Iterator[Row]:
        for number, one in enumerate(entries, 1):
            cells: list[Cell] = [number, texts.name(one.name)]
            cells += [one.birth] if words.has_birth else []
            cells += [one.population] if facts.criteria.populations else []
            yield Row((*cells, one.registered_on, one.came_by), one.group)

    table = Table(
        columns=tuple(columns), rows=Rows(len(entries), rows), name="Đăng ký", grouped_by=facts.grouped_by
    )
    days = f"Thời gian đăng ký: từ {texts.day(facts.opens_on)} đến {texts.day(facts.closes_on)}."
    return Paper(
        title=f"Danh sách đăng ký {titled(facts)}",
        blocks=_list(facts, "Danh sách đăng ký", f"Danh hiệu {titled(facts)}", (days,), table),
    )


def proposed(facts: RoundFacts, entries: Sequence[Entry]) -> Paper:
    """Danh sách đề nghị công nhận, with the points of each indicator where they fit."""
    table = _points_table(facts, entries, "Đề nghị công nhận", "Ghi chú", lambda one: one.note)
    intro = (_by_criteria(facts), *_what_is_scored(facts))
    return Paper(
        title=f"Danh sách đề nghị công nhận {titled(facts)}",
        blocks=_list(facts, "Danh sách đề nghị công nhận", f"Danh hiệu {titled(facts)}", intro, table),
        landscape=True,
    )


def not_achieved(facts: RoundFacts, entries: Sequence[Entry]) -> Paper:
    """Danh sách chưa đạt, which is for the round's officers alone."""
    table = _points_table(facts, entries, "Chưa đạt", "Lý do", _why)
    intro = ("Lưu hành nội bộ; không niêm yết, không gửi kèm quyết định.", _by_criteria(facts))
    return Paper(
        title=f"Danh sách chưa đạt {titled(facts)}",
        blocks=_list(facts, "Danh sách chưa đạt", f"Danh hiệu {titled(facts)}", intro, table),
        landscape=True,
    )


def _why(one: Entry) -> str:
    return "; ".join(part for part in (one.why, one.note) if part)


def _list(facts: RoundFacts, kind: str, subject: str, intro: Sequence[str], table: Table) -> Iterator[Block]:
    yield letterhead(facts.proposing, facts, texts.day_in_words(None, facts.year))
    yield from heading(kind, subject)
    for line in intro:
        yield Text(line, Style.NOTE)
    yield table
    yield Text(f"Danh sách có {counted(facts, len(table.rows))}.", Style.NOTE)
    made_by = Signer("Người lập danh sách", hint="(Ký, ghi rõ họ tên)")
    yield Signatures(signers=(made_by, signer(facts.proposing)))


def _by_criteria(facts: RoundFacts) -> str:
    used = facts.criteria
    text = f"Theo {used.title}, ban hành kèm theo {used.number} ngày {texts.day(used.day)} của {used.issuer}."
    if used.least is not None:
        total, each = used.least
        text += f" Mức đạt: từ {total} điểm trở lên, không chỉ số nào dưới {each} điểm."
    return text


def _what_is_scored(facts: RoundFacts) -> tuple[str, ...]:
    """What the heads of the columns of points mean."""
    if len(facts.criteria.scored) > MOST_POINT_COLUMNS:
        return ()
    return ("; ".join(f"{one.code}. {one.title}" for one in facts.criteria.scored) + ".",)


def _points_table(
    facts: RoundFacts, entries: Sequence[Entry], name: str, last: str, remark: Callable[[Entry], str]
) -> Table:
    words, scored = WORDS[facts.model], facts.criteria.scored
    shown = scored if len(scored) <= MOST_POINT_COLUMNS else ()
    has_levels = any(one.level is not None for one in entries)
    columns = [Column("STT", 12, "center"), Column(words.column, 56)]
    columns += [Column("Năm sinh", 23, "center")] if words.has_birth else []
    columns += [Column(one.code, 10, "center") for one in shown]
    columns += [Column("Tổng điểm" if facts.criteria.least is not None else "Số mục đạt", 15, "center")]
    columns += [Column("Mức độ", 14, "center")] if has_levels else []
    columns += [Column(last, 46)]

    def rows() -> Iterator[Row]:
        for number, one in enumerate(entries, 1):
            cells: list[Cell] = [number, texts.name(one.name)]
            cells += [one.birth] if words.has_birth else []
            cells += one.points if shown else ()
            cells += [one.total]
            cells += [one.level] if has_levels else []
            yield Row((*cells, remark(one)), one.group)

    made = Rows(len(entries), rows)
    return Table(columns=tuple(columns), rows=made, name=name, grouped_by=facts.grouped_by)
