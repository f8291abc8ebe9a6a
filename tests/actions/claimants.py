"""Claims as citizens make them, and proofs to put to them."""

import io
import os
from datetime import timedelta

from PIL import Image

from lms_tracker.actions import claim_reviews, claims, clock, contents
from lms_tracker.actions.rights import Viewer
from lms_tracker.store import claims as rows
from lms_tracker.store import database
from lms_tracker.store.claims import Claim, Proof


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **options: object) -> bytes:
    """A small photograph, not of one colour."""
    file = io.BytesIO()
    drawn = Image.linear_gradient("L").resize(size).convert("RGB")
    drawn.save(file, kind, **options)
    return file.getvalue()


def form(**changes: str) -> dict[str, str]:
    """A claim of two hours yesterday; on New Year's Day, of that day."""
    today = clock.today()
    day = max(today - timedelta(days=1), today.replace(month=1, day=1)).isoformat()
    return {
        "category": "digital-skills",
        "title": "Lớp an toàn số buổi tối",
        "taught_by": "Hội Khuyến học xã Đông Hòa",
        "first_day": day,
        "last_day": "",
        "hours": "2",
        "minutes": "0",
        "per": "all",
        "description": "Học cách đặt mật khẩu mạnh và nhận ra tin giả.",
        **changes,
    }


def draft(viewer: Viewer, person_key: bytes | None = None, **changes: str) -> int:
    return claims.begin(viewer, form(**changes), os.urandom(16), person_key)


def handed_in(viewer: Viewer, person_key: bytes | None = None, **changes: str) -> int:
    """A claim with one proof that waits for its review."""
    number = draft(viewer, person_key, **changes)
    # Straight to its place: to find out what it is takes a process of its own.
    kept = contents.keep([picture()], 1_000_000)
    with database.writing() as connection:
        rows.add_proof(connection, number, Proof(1, kept.content_key, "image/jpeg", "anh.jpg", kept.size))
    claims.hand_in(viewer, number)
    return number


def claim(number: int) -> Claim:
    with database.reading() as connection:
        found = rows.by_id(connection, number)
    assert found is not None
    return found


def decided(reviewer: Viewer, number: int, seconds: int, reason: str = "Đối chiếu với ảnh.") -> Claim:
    """Decide about a claim as it stands now."""
    claim_reviews.decide(reviewer, number, claim(number).revision, seconds, reason)
    return claim(number)
