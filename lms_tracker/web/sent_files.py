"""Forms by which a provider's people send a file, look at what it would do, and confirm it."""

from contextlib import closing
from dataclasses import dataclass

from flask import request, session
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from lms_tracker.actions import arrivals, contents, sent_files
from lms_tracker.actions.arrivals import Provider
from lms_tracker.actions.rights import NotAllowed, Viewer
from lms_tracker.web import providers, sessions

# So many files that were sent last are known to a session.
MOST_SENT = 5


@dataclass(frozen=True, slots=True)
class SentFiles:
    """Files of one kind; `name` is where the session keeps their keys, each with its provider."""

    name: str
    most_bytes: int

    def take(self, viewer: Viewer, number: int) -> str | None:
        """The key of the file in this request; None where there is none. Raises RequestEntityTooLarge."""
        data = _data()
        if not data:
            return None
        try:
            key = sent_files.lay_aside(viewer, number, data, self.most_bytes).hex()
        except contents.TooLarge:
            raise RequestEntityTooLarge from None
        sent = [one for one in session.get(self.name, []) if one != [key, number]]
        session[self.name] = [*sent[1 - MOST_SENT :], [key, number]]
        return key

    def find(self, viewer: Viewer, number: int, key: str) -> bytes | None:
        """A file that this session sent for this provider; None for any other, and for one that is gone."""
        if [key, number] not in session.get(self.name, []):
            return None
        try:
            return sent_files.laid_aside(viewer, number, bytes.fromhex(key))
        except contents.Missing:
            return None


def _data() -> bytes:
    file = request.files.get("file")
    if file is None:
        return b""
    with closing(file):
        return bytes(file.read())


def asked() -> tuple[Viewer, int]:
    """Who sends a form, and for which provider. Raises NotAllowed."""
    viewer = sessions.signed_in()
    number = providers.asked_number("provider")
    if number is None or number not in viewer.providers:
        raise NotAllowed
    return viewer, number


def provider_of(viewer: Viewer, number: int) -> Provider:
    """One of the viewer's providers. Raises NotAllowed."""
    for provider in arrivals.providers(viewer):
        if provider.id == number:
            return provider
    raise NotAllowed


def problem() -> str:
    """What the address says went wrong with a file."""
    asked_about = request.args.get("problem", "")
    if asked_about == "empty":
        return str(_("Chưa chọn tệp, hoặc tệp trống."))
    return gone() if asked_about == "gone" else ""


def gone() -> str:
    return str(_("Tệp này không còn được giữ; mời Ông/Bà gửi lại."))
