"""What each scope of xAPI-Communication 4.2 permits, and nothing more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.actions.rights import SCOPES, Caller

QUESTIONS = (
    "may_write",
    "may_read_mine",
    "may_read_all",
    "may_state",
    "may_read_state",
    "may_profile",
    "may_read_profile",
    "may_define",
    "may_see_all_credit",
    "has_scope_all",
)
PERMITTED = {
    "statements/write": {"may_write"},
    "statements/read/mine": {"may_read_mine"},
    "statements/read": {"may_read_mine", "may_read_all"},
    "state": {"may_state", "may_read_state"},
    "define": {"may_define"},
    "profile": {"may_profile", "may_read_profile"},
    "all/read": {"may_read_mine", "may_read_all", "may_read_state", "may_read_profile", "may_see_all_credit"},
    "all": set(QUESTIONS),
}


def permitted(*scopes: str) -> set[str]:
    caller = Caller(1, 1, frozenset(scopes))
    return {question for question in QUESTIONS if getattr(caller, question)}


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_permits_what_the_specification_says_and_nothing_more(scope: str) -> None:
    assert permitted(scope) == PERMITTED[scope]


@given(st.sets(st.sampled_from(SCOPES)))
def test_several_scopes_permit_what_each_of_them_permits(scopes: set[str]) -> None:
    assert permitted(*scopes) == set().union(*(PERMITTED[scope] for scope in scopes))
