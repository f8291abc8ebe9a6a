"""What is wrong with a request, in words that the sender's administrator can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST_FAULTY_STATEMENTS = 50
MOST_FAULTS_OF_ONE = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule.

    `index` is the statement's place in the batch (0 for a single statement, None when the fault concerns
    the whole request); `path` names the property ("" is the whole statement); `got` is an excerpt of at
    most 80 characters; `clause` is the place in the specification.
    """

    index: int | None
    path: str
    rule: str
    message: str
    got: str
    clause: str

    def __str__(self) -> str:
        where = "request" if self.index is None else f"statement {self.index}"
        at = f" {self.path}:" if self.path else ""
        return f"{where}:{at} {self.message}; got {self.got} ({self.rule}, {self.clause})"


class Refusal(Exception):
    """A request that breaks the specification; `status` is the HTTP status it deserves.

    `retry_after` is in how many seconds the same request could be taken, where that is known.
    """

    def __init__(self, faults: Iterable[Fault], *, status: int = 400, retry_after: int | None = None) -> None:
        self.faults = list(faults)
        self.status = status
        self.retry_after = retry_after
        super().__init__("; ".join(map(str, self.faults[:3])))
