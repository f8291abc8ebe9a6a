"""Rounds written straight into the tables, for tests of rights: one open with Hoa in it, one decided."""

import os
from datetime import date

from sqlalchemy import insert

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import criteria
from lms_tracker.learning import names
from lms_tracker.store import database, places, schema

HOA = "Nguyễn Thị Hoa"


def held(keys: dict[str, bytes], commune: int) -> tuple[int, int, int, int]:
    """An open round with Hoa, and what one of last year decided: numbers of round, row, decision, title."""
    year, now = clock.today().year, clock.now_us()
    with database.writing() as connection:
        place = places.by_id(connection, commune)
        assert place is not None
        used = criteria.in_force(connection, "citizen", year, commune)
        hamlet = places.children(connection, commune, clock.today())[0].id
        open_, done = (
            _add(
                connection,
                "rounds",
                model="citizen",
                year=of,
                place_id=commune,
                number=1,
                title="",
                criteria_set_id=used.id,
                area="",
                opens_on=date(of, 1, 1),
                closes_on=date(of, 12, 31),
                state=state,
                minutes="",
                submission="",
                made_us=now,
                made_by=keys["approver"],
                revision=0,
            )
            for of, state in ((year, "open"), (year - 1, "decided"))
        )
        rows = [_row(connection, number, keys, hamlet) for number in (open_, done)]
        decision = _add(
            connection,
            "decisions",
            kind="recognition",
            round_id=done,
            place_id=commune,
            number="1/QĐ",
            decided_on=clock.today(),
            authority="Chủ tịch",
            signed_by="Chủ tịch",
            why="",
            made_us=now,
            made_by=keys["approver"],
            form_key=os.urandom(16),
        )
        title = _add(
            connection,
            "recognitions",
            decision_id=decision,
            assessment_id=rows[1],
            criteria_set_id=used.id,
            model="citizen",
            year=year - 1,
            person_key=keys["hoa"],
            place_id=hamlet,
            name=HOA,
            result="not-achieved",
            valid_from=clock.today(),
            revision=0,
        )
        _add(
            connection,
            "inspections",
            place_id=commune,
            model="citizen",
            year=year - 1,
            seed="1",
            of_many=1,
            size=1,
            state="open",
            note="",
            made_us=now,
            made_by=keys["approver"],
            revision=0,
        )
        connection.execute(
            insert(schema.inspection_items).values(
                inspection_id=1, recognition_id=title, finding="", note="", answer=""
            )
        )
    return open_, rows[0], decision, title


def _row(connection: object, number: int, keys: dict[str, bytes], hamlet: int) -> int:
    return _add(
        connection,
        "assessments",
        round_id=number,
        person_key=keys["hoa"],
        name=HOA,
        local_place_id=hamlet,
        sort_key=f"-{names.person_sort_key(HOA)}",
        population="",
        came_by="paper",
        registered_us=1,
        registered_by=keys["country-organiser"],
        proposed_points="",
        self_points="",
        reviewed_points="",
        state="registered",
        proposed_result="",
        note="",
        revision=0,
    )


def appealed(hoa: bytes, title: int) -> int:
    """An appeal of Hoa's that waits."""
    now = clock.now_us()
    with database.writing() as connection:
        return _add(
            connection,
            "appeals",
            recognition_id=title,
            person_key=hoa,
            words="Tôi có đủ minh chứng.",
            state="waiting",
            made_us=now,
            made_by=hoa,
            due_us=now,
            answer="",
            revision=0,
        )


def _add(connection: object, table: str, **values: object) -> int:
    done = connection.execute(insert(schema.metadata.tables[table]).values(**values))  # type: ignore[attr-defined]
    return int(done.inserted_primary_key[0])
