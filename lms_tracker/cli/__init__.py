"""The program `lms-tracker`: one module per subject, and how every command speaks.

Exit status 0: done. 1: refused, with the reason. 2: wrong usage. With --json the result, a refusal included,
is JSON alone on standard output; everything else goes to standard error.
"""

from __future__ import annotations

import click

from lms_tracker.cli import (
    authorities,
    completions,
    courses,
    credit,
    criteria,
    database,
    figures,
    flags,
    forwards,
    identities,
    organisations,
    people,
    places,
    plans,
    policies,
    providers,
    roles,
    rosters,
    serving,
    statements,
    statistics,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="lms-tracker", prog_name="lms-tracker")
def main() -> None:
    """A learning record store that credits citizens' learning hours.

    Settings come from the environment, LMS_TRACKER_…; the README has their table.
    """


for command in (
    serving.demo,
    serving.serve,
    serving.jobs,
    database.db,
    people.person,
    roles.role,
    rosters.roster,
    providers.provider,
    courses.course,
    completions.completions,
    statements.statements,
    credit.credit,
    policies.policy,
    flags.flags,
    forwards.forward,
    places.places,
    organisations.organisation,
    criteria.criteria,
    authorities.authority,
    plans.plan,
    plans.indicator,
    figures.figures,
    statistics.statistics,
):
    main.add_command(command)
for command in identities.COMMANDS:
    people.person.add_command(command)
