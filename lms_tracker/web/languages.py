"""The language of a page, and how dates, hours and numbers are written in it.

Vietnamese is the source of wording: the texts in code and templates are Vietnamese, catalogues under
`translations/` hold the others. A language is offered as soon as it has a catalogue there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from babel import Locale
from babel.numbers import format_decimal
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel, format_date, format_datetime, get_locale, ngettext
from flask_babel import gettext as _

from lms_tracker import locations
from lms_tracker.learning.days import DAY_SECONDS, EPOCH_DAY, FIRST_DAY, LAST_DAY, local_days
from lms_tracker.learning.hours import shares

COOKIE = "lms_tracker_language"
COOKIE_SECONDS = 365 * 86_400
SOURCE = "vi"
# Addresses of programs beside those under /xapi/ and /api/.
PROGRAMS = frozenset(("/xapi", "/api", "/healthz", "/readyz", "/metrics"))
# Instants that `datetime` can hold in any time zone, in epoch seconds: statements may claim any year.
FIRST_SECOND = (FIRST_DAY + 1 - EPOCH_DAY) * DAY_SECONDS
LAST_SECOND = (LAST_DAY - 1 - EPOCH_DAY) * DAY_SECONDS
# After so long the Gregorian calendar repeats itself, 400 years later.
CYCLE_SECONDS = 146_097 * DAY_SECONDS


@dataclass(frozen=True, slots=True)
class Choice:
    """A language as the switch offers it; `address` is the page being read, in that language."""

    code: str
    name: str
    address: str


def set_up(app: Flask) -> None:
    """Flask-Babel, the switch of languages and the filters that templates use."""
    settings = app.config["SETTINGS"]
    codes = sorted(
        folder.name for folder in locations.translations().iterdir() if (folder / "LC_MESSAGES").is_dir()
    )
    app.config["LANGUAGES"] = [SOURCE, *(code for code in codes if code != SOURCE)]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(locations.translations())
    app.config["BABEL_DEFAULT_LOCALE"] = settings.default_language
    app.config["BABEL_DEFAULT_TIMEZONE"] = settings.timezone
    Babel(app, locale_selector=chosen)
    app.after_request(_remember)
    app.context_processor(lambda: {"language": language(), "languages": choices})
    for name, filter_ in FILTERS.items():
        app.add_template_filter(filter_, name)


def chosen() -> str:
    """`?lang=`, else the visitor's cookie, else what the browser asks for, else the setting."""
    codes: list[str] = current_app.config["LANGUAGES"]
    default = str(current_app.config["BABEL_DEFAULT_LOCALE"])
    if not has_request_context():
        return default
    for wanted in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wanted in codes:
            return str(wanted)
    return of_browser(request.accept_languages.values(), codes) or default


def of_browser(wanted: Iterable[str], codes: list[str]) -> str | None:
    """The first language asked for that there is; Vietnamese as soon as a browser names it at all.

    Many telephones here are set to English and name Vietnamese second: their owners read Vietnamese.
    """
    asked = [tag.replace("_", "-").split("-")[0].lower() for tag in wanted]
    if SOURCE in asked:
        return SOURCE
    return next((code for code in asked if code in codes), None)


def language() -> str:
    """The code of the language of this page."""
    return str(get_locale())


def choices() -> list[Choice]:
    """Every language, with the address of this page in it."""
    return [Choice(code, _name(code), _address(code)) for code in current_app.config["LANGUAGES"]]


def _name(code: str) -> str:
    name = Locale.parse(code).get_display_name() or code
    return name[0].upper() + name[1:]


def _address(code: str) -> str:
    # A form that was sent cannot be asked for again in another language, but its page can: `g.page_path`
    # where that is another address.
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{g.get('page_path', request.path)}?{urlencode([*pairs, ('lang', code)])}"


def _remember(response: Response) -> Response:
    if request.method != "GET" or for_programs():
        return response
    wanted = request.args.get("lang")
    if wanted in current_app.config["LANGUAGES"]:
        response.set_cookie(
            COOKIE,
            str(wanted),
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SETTINGS"].secure,
        )
    return response


def for_programs() -> bool:
    """Whether the address is one of those that programs use rather than people."""
    path = request.path
    return path.startswith(("/xapi/", "/api/")) or path in PROGRAMS


# --- how things are written ------------------------------------------------------------------------------


def number(value: int | float) -> str:
    return _number(value, language())


# A page of a province writes hundreds, most of them small.
@lru_cache(maxsize=4_096)
def _number(value: int | float, code: str) -> str:
    return str(format_decimal(value, locale=code))


def _count_of_hours(count: int) -> str:
    return str(ngettext("%(number)s giờ", "%(number)s giờ", count, number=number(count)))


def _count_of_minutes(count: int) -> str:
    return str(ngettext("%(number)s phút", "%(number)s phút", count, number=number(count)))


def _count_of_seconds(count: int) -> str:
    return str(ngettext("%(number)s giây", "%(number)s giây", count, number=number(count)))


def exact(seconds: int) -> str:
    """2 giờ 15 phút 7 giây; what is zero is left out."""
    hours, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
    parts = [
        *([_count_of_hours(hours)] if hours else []),
        *([_count_of_minutes(minutes)] if minutes else []),
        *([_count_of_seconds(rest)] if rest else []),
    ]
    return " ".join(parts) or _count_of_minutes(0)


def hours(seconds: int) -> str:
    """2 giờ 15 phút: whole minutes, rounded down, so that nothing is promised that was not credited."""
    return exact(seconds) if seconds < 60 else exact(seconds - seconds % 60)


def part(shown: int, seconds: int) -> str:
    """A part beside its sum (see `learning.hours.shares`): what is shown of so many seconds."""
    return _("dưới 1 phút") if seconds and not shown else exact(shown)


def hours_up(seconds: int) -> str:
    """What is still missing, in whole minutes rounded up."""
    return exact(-(-seconds // 60) * 60)


def _date(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, FIRST_DAY), LAST_DAY))


def day(ordinal: int) -> str:
    """A local day in full: thứ Năm, 1 tháng 10, 2026."""
    # Translators: a CLDR date pattern, weekday and date in full.
    text = str(format_date(_date(ordinal), _("EEEE, d MMMM, y")))
    # CLDR writes "Thứ" as it opens a sentence; inside one it is small.
    return text.replace("Thứ ", "thứ ", 1) if language() == SOURCE else text


def short_day(ordinal: int) -> str:
    """A local day in figures: 01/10/2026."""
    # Translators: a CLDR date pattern, as short as is unmistakable.
    return str(format_date(_date(ordinal), _("dd/MM/y")))


def month_day(text: str) -> str:
    """A day of any year, given as MM-DD."""
    # Translators: a CLDR date pattern, day and month without a year.
    return str(format_date(date.fromisoformat(f"2000-{text}"), _("d MMMM")))


def moment(microseconds: int) -> str:
    """An instant, on the clock of the programme's time zone."""
    # Translators: a CLDR pattern, time and date.
    return _instant(microseconds // 1_000_000, _("HH:mm:ss, dd/MM/y"))


def local_day(microseconds: int) -> int:
    """The local day of an instant, as an ordinal."""
    zone = local_days(current_app.config["SETTINGS"].timezone)
    return zone.day(microseconds // 1_000_000)


def clock(seconds: int) -> str:
    """The time of day of an instant in epoch seconds."""
    # Translators: a CLDR pattern, time of day.
    return _instant(seconds, _("HH:mm"))


def clock_exact(seconds: int) -> str:
    # Translators: a CLDR pattern, time of day with seconds.
    return _instant(seconds, _("HH:mm:ss"))


def _instant(seconds: int, pattern: str) -> str:
    """An instant in epoch seconds by a CLDR pattern; beyond the calendar as ISO 8601 in UTC."""
    if FIRST_SECOND <= seconds <= LAST_SECOND:
        return str(format_datetime(datetime.fromtimestamp(seconds, UTC), pattern))
    cycles, rest = divmod(seconds, CYCLE_SECONDS)
    same = datetime.fromtimestamp(rest, UTC)
    return f"{same.year + 400 * cycles:04d}-{same:%m-%dT%H:%M:%S}Z"


FILTERS: dict[str, Any] = {
    "number": number,
    "hours": hours,
    "hours_up": hours_up,
    "part": part,
    "shares": shares,
    "exact": exact,
    "day": day,
    "short_day": short_day,
    "month_day": month_day,
    "moment": moment,
    "clock": clock,
    "clock_exact": clock_exact,
    "local_day": local_day,
}
