"""A round with all that its papers tell, names that do harm included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.papers import (
    certificates,
    decisions,
    lists,
    meetings,
    self_assessments,
)
from lms_tracker.learning.recognition.papers.blocks import Paper
from lms_tracker.learning.recognition.papers.facts import (
    Body,
    Criteria,
    Decided,
    Entry,
    Figures,
    Form,
    Learned,
    Letter,
    Line,
    Meeting,
    Recognised,
    RoundFacts,
    Scored,
)

NAMES = (
    "Nguyễn Văn An",
    "Trần Thị Bình",
    "=cmd|' /C calc'!A0",
    "+84912345678",
    "@SUM(1+1)",
    "#N/A",
    "Lê \x00\x07\x1b\ud800Cường",
    "Danh Sà \u202eRây\u2069",
    "Phạm Thi\u0323\u0302 Đàn",
    "Bé Năm 😀 <w:t>&amp;]]>",
    "محمد علي",
    "Rất dài " * 60,
    "X" * 150,
)

SCORED = tuple(
    Scored(code=str(number), title=f"Chỉ số thứ {number}", most=10, group="A" if number < 5 else "B")
    for number in range(1, 11)
)
POINTS = Criteria(
    title="Bộ tiêu chí Công dân học tập",
    number="Quyết định số 324/QĐ-KHVN",
    day=date(2023, 10, 25),
    issuer="Hội Khuyến học Việt Nam",
    scored=SCORED,
    note="Lời văn chưa đối chiếu.",
    least=(80, 5),
    populations=(
        ("residents", "Người dân"),
        ("workers", "Người lao động"),
        ("officials", "Cán bộ"),
        ("pupils", "Học sinh"),
    ),
)
ITEMS = Criteria(
    title="Tiêu chí đơn vị học tập",
    number="Thông tư 24/2023/TT-BGDĐT",
    day=date(2023, 12, 11),
    issuer="Bộ Giáo dục và Đào tạo",
    scored=tuple(Scored(code=f"1.{n}", title=f"Mục {n}", most=None, group="Điều kiện") for n in range(1, 6)),
)


def round_of(model: Model = Model.CITIZEN) -> RoundFacts:
    return RoundFacts(
        model=model,
        year=2026,
        number=1,
        where="xã Gò Quao, tỉnh An Giang",
        seat="Gò Quao",
        grouped_by="" if model == Model.COMMUNE else "Ấp",
        criteria=POINTS if model in (Model.CITIZEN, Model.HOUSEHOLD) else ITEMS,
        opens_on=date(2026, 10, 1),
        closes_on=date(2026, 12, 15),
        proposing=Body(name="Hội Khuyến học xã Gò Quao", signs_as="Chủ tịch", above="Hội Khuyến học tỉnh"),
        deciding=Body(name="Ủy ban nhân dân xã Gò Quao", signs_as="Phó Chủ tịch"),
    )


def entries(facts: RoundFacts, count: int = 26) -> list[Entry]:
    width = len(facts.criteria.scored)
    return [
        Entry(
            name=NAMES[at % len(NAMES)],
            group=f"Ấp {at // 10 + 1}" if facts.grouped_by else "",
            birth=str(1950 + at % 60),
            population="Người dân",
            came_by="Tự đăng ký",
            registered_on=date(2026, 10, 1 + at % 28),
            self_total=80,
            total=85,
            points=tuple((at + number) % 4 + 7 for number in range(width)),
            level=None if facts.criteria.least else 1,
            note="-1+1",
            why="Chỉ số 6 dưới 5 điểm",
        )
        for at in range(count)
    ]


def recognised(facts: RoundFacts, count: int = 26) -> list[Recognised]:
    return [
        Recognised(
            name=one.name,
            group=one.group,
            birth=one.birth,
            address=f"{one.group}, xã Gò Quao",
            level=one.level,
            points=one.total,
            certificate=f"CDHT-2026-{number:05d}",
            earlier="15/QĐ-UBND ngày 05/01/2027",
            revoked_on=date(2027, 3, 1),
        )
        for number, one in enumerate(entries(facts, count), 1)
    ]


FIGURES = [
    Figures(group=f"Ấp {at}", registered=3, reviewed=2, proposed=1, not_achieved=1) for at in range(1, 13)
]
MEETING = Meeting(
    held_on=date(2026, 12, 20),
    held_at="Nhà văn hóa",
    chair="Nguyễn Văn Sáu",
    secretary="Trần Thị Mai",
    present="Đại diện xã\nĐại diện 12 ấp",
    votes_for=15,
    votes_against=1,
    note="Không",
)
LETTER = Letter(number="07/TTr-HKH", sent_on=date(2026, 12, 22), to="Chủ tịch xã", signed_by="Nguyễn Văn Sáu")


def decided(facts: RoundFacts) -> Decided:
    return Decided(
        number="15/QĐ-UBND", day=date(2027, 1, 5), body=facts.deciding, signed_by="Lê Minh", why="Khai sai."
    )


def forms(facts: RoundFacts) -> list[Form]:
    blank = tuple(Line(scored=one) for one in facts.criteria.scored)
    filled = tuple(
        Line(scored=one, evidence=("đọc sách",), proposed=3, why="8 giờ học", own=1, reviewed=None)
        for one in facts.criteria.scored
    )
    learned = (Learned("Kỹ năng số cơ bản", "Kỹ năng số", 8_100), Learned("=1+1", "Ngoại ngữ", 59))
    return [
        Form(name="Nguyễn Văn An", birth="1960", population="workers", learned=learned, lines=filled),
        Form(lines=blank),
    ]


def papers(model: Model = Model.CITIZEN, count: int = 26) -> Mapping[str, Callable[[], Paper]]:
    """Every paper, each made anew when it is called."""
    facts = round_of(model)
    rows, names, made = entries(facts, count), recognised(facts, count), decided(facts)
    draft = Decided(body=facts.deciding)
    return {
        "registrations": lambda: lists.registrations(facts, rows),
        "proposed": lambda: lists.proposed(facts, rows),
        "not-achieved": lambda: lists.not_achieved(facts, rows),
        "minutes": lambda: meetings.minutes(facts, FIGURES, MEETING),
        "minutes-blank": lambda: meetings.minutes(facts, FIGURES, Meeting()),
        "submission": lambda: meetings.submission(facts, FIGURES, MEETING, LETTER),
        "decision": lambda: decisions.recognition(facts, names, made, MEETING, LETTER),
        "decision-draft": lambda: decisions.recognition(facts, names, draft, Meeting(), Letter()),
        "revocation": lambda: decisions.revocation(facts, names, made),
        "certificates": lambda: certificates.certificates(facts, names, made),
        "register": lambda: certificates.register(facts, names),
        "forms": lambda: self_assessments.self_assessments(facts, forms(facts)),
    }
