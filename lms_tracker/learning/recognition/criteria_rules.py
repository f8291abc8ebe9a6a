"""Whether the parts of a criteria set fit together.

The rules look at what was written, not at what it was read to: a set with a wrong member here is still told
what does not fit there. A rule that lacks what it looks at says nothing; the shape was told already.
"""

from typing import Any

from lms_tracker.learning.recognition import checklist_rules, points_rules
from lms_tracker.learning.recognition.criteria_findings import Findings
from lms_tracker.learning.recognition.criteria_shape import day_of, form_of
from lms_tracker.learning.recognition.models import Result
from lms_tracker.learning.recognition.raw_parts import at, codes


def check(raw: dict[str, Any], findings: Findings) -> None:
    """Note everything that does not fit together."""
    _dates(raw, findings)
    results = list(codes(raw, "results"))
    if len(results) == 2 and set(results) != {str(result) for result in Result}:
        findings.note(("results",), "results", ", ".join(results))
    if at(raw, "replaces") is not None and at(raw, "replaces") == at(raw, "id"):
        findings.note(("replaces",), "replaces-itself", at(raw, "replaces"))
    if at(raw, "managed_by") is not None and at(raw, "model") != "unit":
        findings.note(("managed_by",), "managed-by", at(raw, "managed_by"))
    for name in ("valid_months", "months_between"):
        if at(raw, name, "value") == 0:
            findings.note((name, "value"), "positive", 0)
    if form_of(raw) == "checklist":
        checklist_rules.check(raw, findings)
    else:
        points_rules.check(raw, findings)


def _dates(raw: dict[str, Any], findings: Findings) -> None:
    issued = day_of(at(raw, "document", "date"))
    first, last = day_of(at(raw, "valid_from")), day_of(at(raw, "valid_to"))
    if issued and first and first < issued:
        findings.note(("valid_from",), "order-days", at(raw, "valid_from"), first=issued)
    if first and last and last < first:
        findings.note(("valid_to",), "order-days", at(raw, "valid_to"), first=first)
    since, until = at(raw, "window", "from"), at(raw, "window", "to")
    if isinstance(since, str) and isinstance(until, str) and len(since) == len(until) == 5 and until < since:
        findings.note(("window", "to"), "order-days", until, first=since)
