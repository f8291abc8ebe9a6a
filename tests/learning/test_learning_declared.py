"""What citizens declare: how much of it the policy lets count, of a claim and of a year."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.credit import decide
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.reasons import Reason
from tests.learning.cast import COURSE, HOUR, course, said, studied
from tests.learning.posted import posted

VERB = "https://w3id.org/lms-tracker/xapi/verbs/declared"
OURS = Catalogue([course(basis="nominal"), course(2, "https://khac.vn", provider_id=2)], [1, 2], 1,
                 own_providers=[1])  # fmt: skip
# The middle of 2027, when 2026 is closed, as microseconds.
LATE = 1_814_000_000_000_000


def declared(number, day, length, **changes):
    return posted(number, VERB, f"{day} 00:00", length, iri=f"{COURSE}/{number}", **changes)


def counted(evidence, **policy):
    return said(decide(evidence, OURS, Policy(version=1, **policy)))


def test_a_claim_counts_up_to_the_cap_of_a_claim_and_the_rest_says_why():
    assert counted([declared(1, "2026-10-01", "PT30H")], declared_cap=8 * HOUR) == {
        (1, 1, "2026-10-01", "nominal", "credited", 8 * HOUR),
        (1, 1, "2026-10-01", "nominal", "over a cap", 22 * HOUR),
    }


def test_claims_of_a_year_count_up_to_the_cap_of_the_year_in_the_order_of_their_days():
    evidence = [
        declared(1, "2026-12-31", "PT4H"),
        declared(2, "2026-02-01", "PT7H"),
        declared(3, "2026-03-01", "PT5H"),
        declared(4, "2027-01-01", "PT4H"),
    ]
    assert counted(evidence, declared_year_cap=10 * HOUR) == {
        (2, 1, "2026-02-01", "nominal", "credited", 7 * HOUR),
        (3, 1, "2026-03-01", "nominal", "credited", 3 * HOUR),
        (3, 1, "2026-03-01", "nominal", "over a cap", 2 * HOUR),
        (1, 1, "2026-12-31", "nominal", "over a cap", 4 * HOUR),
        (4, 1, "2027-01-01", "nominal", "credited", 4 * HOUR),
    }


def test_what_the_cap_of_a_claim_cuts_uses_up_nothing_of_the_year():
    evidence = [declared(1, "2026-02-01", "PT9H"), declared(2, "2026-03-01", "PT4H")]
    found = counted(evidence, declared_cap=5 * HOUR, declared_year_cap=9 * HOUR)
    assert sum(row[-1] for row in found if row[-2] == "credited") == 9 * HOUR


def test_what_came_after_its_year_was_closed_takes_nothing_from_what_came_in_time():
    evidence = [
        declared(1, "2026-11-01", "PT6H", came=LATE),
        declared(2, "2027-06-01", "PT6H", came=LATE),
    ]
    found = decide(evidence, OURS, Policy(version=1, closes=(3, 31), declared_year_cap=9 * HOUR))
    assert [(row.statement_id[-1], row.reason, row.seconds, row.note) for row in found] == [
        (1, Reason.CREDITED, 3 * HOUR, 1),
        (1, Reason.OVER_A_CAP, 3 * HOUR, 1),
        (2, Reason.CREDITED, 6 * HOUR, 0),
    ]


def test_caps_of_declared_hours_touch_nothing_else():
    learned = studied(5, "2026-10-01 08:00", "2026-10-01 11:00", "https://khac.vn", provider_id=2)
    found = counted([learned, declared(1, "2026-10-01", "PT3H")], declared_cap=HOUR, declared_year_cap=HOUR)
    assert (5, 2, "2026-10-01", "placed", "credited", 3 * HOUR) in found
    assert (1, 1, "2026-10-01", "nominal", "credited", HOUR) in found


days = st.sampled_from(["2026-01-01", "2026-12-31", "2027-01-01", "2027-02-03"])


@pytest.mark.parametrize("of_claim", [None, 3 * HOUR])
@given(st.lists(st.tuples(days, st.integers(1, 12)), max_size=8), st.integers(1, 20), st.randoms())
def test_i7_i9_caps_of_declared_hours_need_no_order_and_every_second_is_told(
    of_claim: int | None, claims: list[tuple[str, int]], of_year: int, chance: random.Random
) -> None:
    evidence = [declared(number, day, f"PT{hours}H") for number, (day, hours) in enumerate(claims, 1)]
    policy = Policy(version=1, declared_cap=of_claim, declared_year_cap=of_year * HOUR)
    found = decide(evidence, OURS, policy)
    mixed = [*evidence, *evidence[:2]]
    chance.shuffle(mixed)
    assert decide(mixed, OURS, policy) == found
    assert sum(row.seconds for row in found) == sum(hours for _, hours in claims) * HOUR
    for year in ("2026", "2027"):
        wanted = sum(
            min(hours * HOUR, of_claim or hours * HOUR) for day, hours in claims if day.startswith(year)
        )
        stands = sum(row[-1] for row in said(found) if row[2].startswith(year) and row[-2] == "credited")
        assert stands == min(wanted, of_year * HOUR)
