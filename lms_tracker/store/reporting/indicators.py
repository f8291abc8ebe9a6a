"""Indicators that administrators added to the register, or put in the place of a shipped one."""

from sqlalchemy import Connection, delete, insert, select

from lms_tracker.store import dialects, schema

_TABLE = schema.indicators


def lock(connection: Connection) -> None:
    """Let nobody else add an indicator until the transaction ends."""
    dialects.lock_table(connection, _TABLE)


def everything(connection: Connection) -> list[str]:
    """The bodies of all of them, in the order of their codes."""
    return [row[0] for row in connection.execute(select(_TABLE.c.body).order_by(_TABLE.c.code))]


def keep(connection: Connection, code: str, body: str, made_us: int, made_by: bytes | None) -> None:
    """Write an indicator, in the place of an earlier one with its code."""
    connection.execute(delete(_TABLE).where(_TABLE.c.code == code))
    connection.execute(insert(_TABLE).values(code=code, body=body, made_us=made_us, made_by=made_by))
