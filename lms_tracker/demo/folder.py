"""The folder of one demo: its database, its key, its logins, and how far its programs have come."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who can sign in to this demo, with the password made for it."""

    login: str
    name: str
    password: str
    role: str


@dataclass(frozen=True, slots=True)
class Program:
    """What a provider's program was given: its number, and the key and secret it posts with."""

    provider: int
    name: str
    key: str
    secret: str


@dataclass(frozen=True, slots=True)
class Made:
    """What was made at the first start: `at` in the programme's time zone; all dates follow from it."""

    at: datetime
    citizens: int
    programs: list[Program]
    logins: list[Login]


class Folder:
    """Everything in it is for its owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def database(self) -> Path:
        return self.path / "demo.db"

    @property
    def unfinished_database(self) -> Path:
        """Where the database is made; it gets its name when all that must be in it is."""
        return self.path / "unfinished.db"

    @property
    def logins(self) -> Path:
        return self.path / "logins.txt"

    def secret_key(self) -> str:
        """The key that signs sessions, made at the first start."""
        path = self.path / "secret-key"
        if not path.exists():
            self._write(path, secrets.token_urlsafe(48))
        return path.read_text()

    def drop_unfinished(self) -> None:
        for suffix in ("", "-wal", "-shm", "-journal", "-turns"):
            Path(f"{self.unfinished_database}{suffix}").unlink(missing_ok=True)

    def keep(self, made: Made) -> None:
        """Note what was made and give the database its name; from here on the demo is made."""
        content = asdict(made) | {"at": made.at.isoformat()}
        self._write(self.path / "made.json", json.dumps(content, ensure_ascii=False, indent=1))
        lines = [f"{one.role:14} {one.login:12} {one.password:18} {one.name}" for one in made.logins]
        self._write(self.logins, "\n".join([f"{'role':14} {'login':12} {'password':18} name", *lines, ""]))
        self.unfinished_database.chmod(0o600)
        # Of a demo whose database somebody took away.
        (self.path / "sent.json").unlink(missing_ok=True)
        self.unfinished_database.rename(self.database)
        # Beside a database of that name writers queued.
        Path(f"{self.unfinished_database}-turns").unlink(missing_ok=True)

    def made(self) -> Made | None:
        """What was made at an earlier start, or None when that was not finished."""
        if not self.database.exists():
            return None
        content: dict[str, Any] = json.loads((self.path / "made.json").read_text())
        return Made(
            datetime.fromisoformat(content["at"]),
            content["citizens"],
            [Program(**program) for program in content["programs"]],
            [Login(**login) for login in content["logins"]],
        )

    def sent(self) -> list[int]:
        """How many parcels each provider's program has sent and seen answered."""
        path = self.path / "sent.json"
        return list(json.loads(path.read_text())) if path.exists() else []

    def note_sent(self, counts: list[int]) -> None:
        self._write(self.path / "sent.json", json.dumps(counts))

    def _write(self, path: Path, text: str) -> None:
        """Whole or not at all, and readable by the owner alone from its first byte."""
        unfinished = path.with_name(f"{path.name}.unfinished")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        unfinished.rename(path)
