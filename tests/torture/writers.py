"""A writer: batches of statements one after the other, each until it is answered, some sent twice."""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

import msgspec

from tests.torture.programs import Program, Stopped
from tests.torture.servers import Servers

MOST_IN_A_BATCH = 40
SENT_TWICE = 0.03
MOVES = 0.05


class Writer:
    """Posts `quota` statements; `ids` are those that were answered with success, in the order sent."""

    def __init__(
        self, servers: Servers, authorization: str, seed: int, quota: int, stop: threading.Event
    ) -> None:
        self.program = Program(servers, authorization, seed, stop)
        self._quota, self._number = quota, seed
        self.ids: list[str] = []
        self.sent_twice = 0
        self.unexpected: list[str] = []

    def run(self) -> None:
        try:
            while len(self.ids) < self._quota and not self.unexpected:
                self._batch(min(self.program.chance.randint(1, MOST_IN_A_BATCH), self._quota - len(self.ids)))
        except Stopped:
            return
        finally:
            self.program.close()

    def _batch(self, size: int) -> None:
        chance = self.program.chance
        made = [self._statement() for _ in range(size)]
        ids = [statement["id"] for statement in made]
        body = msgspec.json.encode(made)
        self._post(body, ids)
        self.ids += ids
        if chance.random() < SENT_TWICE:
            self.program.move()
            self._post(body, ids)
            self.sent_twice += 1
        elif chance.random() < MOVES:
            self.program.move()

    def _post(self, body: bytes, ids: list[str]) -> None:
        answer = self.program.ask("POST", "/xapi/statements", body)
        if answer.status != 200 or msgspec.json.decode(answer.body) != ids:
            self.unexpected.append(f"{answer.status} {answer.body[:300].decode(errors='replace')}")

    def _statement(self) -> dict[str, Any]:
        chance = self.program.chance
        end = 1_790_000_000 + chance.randrange(30 * 86_400)
        name = f"hv-{chance.randrange(400)}"
        return {
            "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "actor": {"account": {"homePage": "https://lms.example.vn", "name": name}},
            "verb": {"id": f"https://lms.example.vn/verbs/{chance.randrange(12)}"},
            "object": {"id": f"https://hoc.example.vn/khoa/{chance.randrange(60)}"},
            "result": {"duration": f"PT{chance.randrange(3600)}S"},
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end)),
        }
