"""The minutes (biên bản) of the meeting that proposes, and the submission (tờ trình) of what it proposed."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from lms_tracker.learning.recognition.papers import texts
from lms_tracker.learning.recognition.papers.blocks import (
    Block,
    Cell,
    Column,
    Paper,
    Row,
    Signatures,
    Signer,
    Style,
    Table,
    Text,
)
from lms_tracker.learning.recognition.papers.facts import Figures, Letter, Meeting, RoundFacts
from lms_tracker.learning.recognition.papers.texts import DOTS
from lms_tracker.learning.recognition.papers.wording import (
    counted,
    heading,
    letterhead,
    numbered,
    signer,
    titled,
)


def minutes(facts: RoundFacts, figures: Sequence[Figures], meeting: Meeting) -> Paper:
    """Biên bản họp xét; `figures` are by thôn, or one of all."""
    return Paper(title=f"Biên bản họp xét {titled(facts)}", blocks=_minutes(facts, figures, meeting))


def _minutes(facts: RoundFacts, figures: Sequence[Figures], meeting: Meeting) -> Iterator[Block]:
    day = texts.day_in_words(meeting.held_on, facts.year)
    yield letterhead(facts.proposing, facts, day, numbered("", "BB", facts.proposing.name))
    yield from heading("Biên bản", f"Họp xét, đề nghị công nhận danh hiệu {titled(facts)}")
    where = texts.line(meeting.held_at) or DOTS
    yield Text(
        f"Hôm nay, {day}, tại {where}, {facts.proposing.name} tổ chức họp xét, đề nghị công nhận danh hiệu"
        f" {titled(facts)} của {facts.where}."
    )
    yield Text("I. Thành phần", Style.HEADING)
    yield Text(texts.line(meeting.chair) or DOTS, bold="Chủ trì:")
    yield Text(texts.line(meeting.secretary) or DOTS, bold="Thư ký:")
    present = texts.lines(meeting.present) or (DOTS * 3,)
    yield Text(present[0], bold="Có mặt:")
    for line in present[1:]:
        yield Text(line)
    yield Text("II. Nội dung", Style.HEADING)
    yield from _what_was_looked_at(facts, figures)
    yield from _voted(facts, meeting)
    yield Text("III. Kết luận", Style.HEADING)
    proposed = sum(one.proposed for one in figures)
    yield Text(
        f"Hội nghị thống nhất đề nghị {facts.deciding.name} xem xét, công nhận {counted(facts, proposed)}"
        f" đạt danh hiệu {titled(facts)} (có danh sách kèm theo)."
    )
    yield Text("Biên bản đã được đọc lại cho những người có mặt cùng nghe và thống nhất ký tên.")
    hint = "(Ký, ghi rõ họ tên)"
    yield Signatures(
        signers=(
            Signer("Thư ký", hint=hint, name=texts.name(meeting.secretary)),
            Signer("Chủ trì", hint=hint, name=texts.name(meeting.chair)),
        )
    )


def _what_was_looked_at(facts: RoundFacts, figures: Sequence[Figures]) -> Iterator[Block]:
    used = facts.criteria
    yield Text(
        f"1. Căn cứ {used.title} ban hành kèm theo {used.number} ngày {texts.day(used.day)} của"
        f" {used.issuer}, hội nghị đã xem xét kết quả tự đánh giá và thẩm định từ"
        f" {texts.day(facts.opens_on)} đến {texts.day(facts.closes_on)}, như sau:"
    )
    yield from figures_table(facts, figures)


def figures_table(facts: RoundFacts, figures: Sequence[Figures]) -> Iterator[Block]:
    """Figures by thôn with their sum; a share stands with what it is of, and how it was rounded (I14)."""
    heads = ("Đăng ký", "Đã thẩm định", "Đề nghị công nhận", "Chưa đạt", "Tỷ lệ đề nghị (%)")
    widths = (22, 24, 24, 20, 22)
    columns = (
        Column("STT", 12, "center"),
        Column(facts.grouped_by or "Đơn vị", 48),
        *(Column(head, width, "center") for head, width in zip(heads, widths, strict=True)),
    )
    rows = [Row((number, *_cells(one))) for number, one in enumerate(figures, 1)]
    names = ("registered", "reviewed", "proposed", "not_achieved")
    sums = {name: sum(getattr(one, name) for one in figures) for name in names}
    rows.append(Row((None, *_cells(Figures(group="Tổng cộng", **sums))), bold=True))
    yield Table(columns=columns, rows=rows, name="Số liệu")
    yield Text(
        "Tỷ lệ: số đề nghị công nhận trên số đăng ký, làm tròn đến hai chữ số thập phân."
        f" Đơn vị tính: {counted(facts, 0).partition(' ')[2]}.",
        Style.NOTE,
    )


def _cells(one: Figures) -> tuple[Cell, ...]:
    return (
        one.group,
        one.registered,
        one.reviewed,
        one.proposed,
        one.not_achieved,
        _percent(one.proposed, one.registered),
    )


def _percent(part: int, whole: int) -> str:
    """73,59; halves are rounded up. Empty where there is nothing to divide by."""
    if not whole:
        return ""
    value = (Decimal(part * 100) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{value}".replace(".", ",")


def _voted(facts: RoundFacts, meeting: Meeting) -> Iterator[Block]:
    for_, against = (
        DOTS[:6] if votes is None else str(votes) for votes in (meeting.votes_for, meeting.votes_against)
    )
    yield Text(f"2. Biểu quyết: đồng ý {for_}; không đồng ý {against}.")
    opinions = texts.lines(meeting.note) or ((DOTS * 3,) if meeting.held_on is None else ("Không có.",))
    yield Text(f"3. Ý kiến khác: {opinions[0]}")
    for line in opinions[1:]:
        yield Text(line)


def submission(facts: RoundFacts, figures: Sequence[Figures], meeting: Meeting, letter: Letter) -> Paper:
    """Tờ trình."""
    return Paper(title=f"Tờ trình {titled(facts)}", blocks=_submission(facts, figures, meeting, letter))


def _submission(
    facts: RoundFacts, figures: Sequence[Figures], meeting: Meeting, letter: Letter
) -> Iterator[Block]:
    body = facts.proposing
    day = texts.day_in_words(letter.sent_on, facts.year)
    yield letterhead(body, facts, day, numbered(letter.number, "TTr", body.name))
    yield from heading("Tờ trình", f"Về việc đề nghị công nhận danh hiệu {titled(facts)}")
    yield Text(f"Kính gửi: {texts.line(letter.to) or facts.deciding.name}", Style.CENTERED)
    used = facts.criteria
    yield Text(
        f"Căn cứ {used.title} ban hành kèm theo {used.number} ngày {texts.day(used.day)} của {used.issuer};",
        Style.GROUND,
    )
    held = texts.day_in_words(meeting.held_on, facts.year)
    yield Text(f"Căn cứ Biên bản họp xét {held} của {body.name}.", Style.GROUND)
    registered, proposed = (sum(getattr(one, name) for one in figures) for name in ("registered", "proposed"))
    yield Text(
        f"Năm {facts.year}, {facts.where} có {counted(facts, registered)} đăng ký danh hiệu {titled(facts)}."
        f" Sau khi thẩm định, có {counted(facts, proposed)} đủ điều kiện đề nghị công nhận, cụ thể:"
    )
    yield from figures_table(facts, figures)
    yield Text(
        f"{texts.capital(body.name)} kính đề nghị {texts.line(letter.to) or facts.deciding.name} xem xét,"
        f" quyết định công nhận {counted(facts, proposed)} có tên trong danh sách kèm theo đạt danh hiệu"
        f" {titled(facts)}."
    )
    yield Text("(Gửi kèm: danh sách đề nghị công nhận; biên bản họp xét.)", Style.NOTE)
    yield Signatures(signers=(signer(body, letter.signed_by),), receivers=("Như trên", "Lưu: VT"))
