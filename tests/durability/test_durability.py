"""In small what `python -m tests.durability` does in full."""

from tests.durability.killing import kill_again_and_again


def test_i1_nothing_that_was_answered_is_lost_when_the_server_is_killed(migrated_database_url: str) -> None:
    outcome = kill_again_and_again(migrated_database_url, kills=1, seed=1)
    assert outcome.answered > 0
    assert (outcome.lost, outcome.twice, outcome.differing, outcome.unexpected) == ([], [], [], [])
    assert outcome.stored >= outcome.answered
