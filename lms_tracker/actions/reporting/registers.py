"""The register of indicators: the shipped one with what administrators added to it."""

import msgspec
from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, rights
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.reporting import indicators
from lms_tracker.learning.reporting.indicators import MOST_LOCAL, Indicator, IndicatorRefused, Register
from lms_tracker.store import database
from lms_tracker.store.reporting import indicators as stored

log = logs.logger(__name__)


def held(connection: Connection) -> Register:
    bodies = stored.everything(connection)
    return indicators.with_local(msgspec.json.decode(body, type=Indicator) for body in bodies)


def listed(viewer: Viewer | None) -> Register:
    """Raises NotAllowed for whoever holds no role anywhere."""
    rights.demand(viewer is None or rights.may_somewhere(viewer, Right.SEE))
    with database.reading() as connection:
        return held(connection)


def may_add(viewer: Viewer | None) -> bool:
    """Only who administers everything: an indicator means the same in every place."""
    return viewer is None or rights.may_everywhere(viewer, Right.ADMINISTER)


def add(viewer: Viewer | None, data: bytes) -> Indicator:
    """Keep an indicator from JSON, in the place of one with its code. Raises NotAllowed, IndicatorRefused."""
    rights.demand(may_add(viewer))
    with database.writing() as connection:
        stored.lock(connection)
        register = held(connection)
        found = indicators.parsed(data, register)
        local = register.indicators.keys() - indicators.shipped().indicators.keys()
        if found.code not in register.indicators and len(local) >= MOST_LOCAL:
            raise IndicatorRefused("too-many", f"expected at most {MOST_LOCAL} local indicators")
        body = msgspec.json.encode(found).decode()
        stored.keep(connection, found.code, body, clock.now_us(), None if viewer is None else viewer.key)
    log.info("indicator added", code=found.code)
    return found
