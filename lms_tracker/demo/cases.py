"""What people of the commune declared, decided and contested before the demo begins."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from datetime import date, timedelta

from PIL import Image

from lms_tracker.actions import claim_reviews, claims, disputes, linking, people
from lms_tracker.actions.rights import Viewer
from lms_tracker.demo.citizens import Citizen

# What a claim of so many hours became: accepted whole, so many hours of it, refused, or waiting.
CLAIMS = (
    ("digital-skills", "Lớp dùng điện thoại thông minh cho người cao tuổi", "Đoàn Thanh niên xã", 4, 4, ""),
    (
        "agriculture", "Hội thảo đầu bờ: sạ hàng và bón phân theo lá", "Trạm Khuyến nông", 6, 3,
        "Giấy mời ghi một buổi 3 giờ nên ghi nhận 3 giờ.",
    ),
    (
        "other", "Xem phim tài liệu tại nhà", "Tự xem", 5, 0,
        "Chưa có minh chứng cho thấy nội dung và người hướng dẫn.",
    ),
    ("law", "Sinh hoạt câu lạc bộ pháp luật ở nhà văn hóa ấp", "Hội Phụ nữ xã", 2, None, ""),
    ("digital-skills", "Tập huấn phòng tránh lừa đảo qua mạng", "Công an xã", 3, None, ""),
)  # fmt: skip


def declare(everybody: Sequence[Viewer], officer: Viewer, reviewer: Viewer, today: date) -> None:
    """Claims in each state, one entered by the officer for somebody else, and one decision contested."""
    picture = _picture()
    for number, (category, title, taught_by, hours, accepted, reason) in enumerate(CLAIMS):
        viewer = everybody[number % len(everybody)]
        form = {
            "category": category,
            "title": title,
            "taught_by": taught_by,
            "first_day": _day(today, 9 + 3 * number).isoformat(),
            "last_day": "",
            "hours": str(hours),
            "minutes": "0",
            "per": "all",
            "description": "Học trực tiếp, có điểm danh và thực hành tại chỗ.",
        }
        is_assisted = number == len(CLAIMS) - 1
        maker, owner = (officer, viewer.key) if is_assisted else (viewer, None)
        claim = claims.begin(maker, form, _key(title), owner)
        claims.add_proof(maker, claim, "anh-lop-hoc.jpg", io.BytesIO(picture))
        claims.hand_in(maker, claim)
        if accepted is not None:
            revision = claim_reviews.review(reviewer, claim).claim.revision
            claim_reviews.decide(reviewer, claim, revision, 3600 * accepted, reason)
        if accepted == 0:
            disputes.open_about_claim(
                viewer, claim, "Tôi có học cùng tổ phụ nữ và có người ghi biên bản, mời xem lại giúp."
            )


def dispute_an_account(officer: Viewer, people_: Sequence[Citizen], keys: dict[int, bytes]) -> None:
    """The officer takes the last citizen's account of the language school for another's: now two claim it."""
    if len(people_) > 1:
        last, other = people_[-1], people_[-2]
        linking.link_by_sight(
            officer,
            keys[other.number],
            people.identified(json.dumps(last.at_language_centre)),
            "Người dân đưa thẻ học viên có mã này.",
        )


def _day(today: date, before: int) -> date:
    """A day of this year that lies behind us; on the first days of a year, of that."""
    return max(today - timedelta(days=before), date(today.year, 1, 1))


def _key(title: str) -> bytes:
    return hashlib.blake2b(title.encode(), digest_size=16).digest()


def _picture() -> bytes:
    """A picture that is plainly none of anybody: stripes."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((640, 480)).convert("RGB").save(file, "JPEG")
    return file.getvalue()
