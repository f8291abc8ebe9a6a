"""In small what `python -m tests.torture` does in full."""

from tests.torture.running import Plan, run

SMALL = Plan(statements=2000, processes=2, writers=8, kill_every=0.4, most_kills=2, seed=1)


def test_i1_to_i5_readers_miss_nothing_and_see_nothing_twice_while_processes_are_killed(
    migrated_database_url: str,
) -> None:
    outcome = run(migrated_database_url, SMALL)
    assert outcome.wrong == []
    assert outcome.complete
    assert outcome.kills > 0
    assert (outcome.statements, outcome.stored) == (SMALL.statements, SMALL.statements)
    assert {followed.seen for followed in outcome.followers.values()} == {SMALL.statements}
