"""Everybody who may ask: one of each role inside and outside Hoa's place, and programs with each scope.

They stand around one citizen, Hoa, who lives in a hamlet of the commune "Đông Hòa", moved there from "Phong
Điền", learns at a school and has records from two providers. Whatever an address names is hers.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient

from lms_tracker.actions import clock, disputes, grants, people, providers, rosters
from lms_tracker.actions.grants import Wanted
from lms_tracker.actions.providers import NewCredential
from lms_tracker.actions.recognition import adopting, authorities, awards
from lms_tracker.actions.recognition.authorities import Wanted as WantedBody
from lms_tracker.actions.rights import SCOPES
from lms_tracker.actions.terms import Terms
from lms_tracker.learning import watching
from lms_tracker.learning.criteria import shipped_texts
from lms_tracker.learning.recognition.models import Model
from lms_tracker.store import database, flags, kinships
from lms_tracker.store.grants import Scope
from lms_tracker.store.recognition import assessments
from lms_tracker.store.recognition.assessments import Entrant
from tests.actions import claimants, recognitions, reported, rounds_held
from tests.actions.territory import belongs, lives, organisation, place
from tests.journeys import commune
from tests.journeys.commune import PASSWORD, Commune

# Login, role, and where: the commune, the other one, the school, another school, or the whole country. Days
# are told from today; tomorrow begins perhaps while they are asked for, and nobody's right with it.
CAST: tuple[tuple[str, str, str, tuple[int | None, int | None]], ...] = (
    ("viewer", "viewer", "commune", (None, None)),
    ("officer", "officer", "commune", (0, 1)),
    ("reviewer", "reviewer", "commune", (None, None)),
    ("approver", "approver", "commune", (None, None)),
    ("administrator", "administrator", "commune", (None, None)),
    ("province-officer", "officer", "province", (None, None)),
    ("country-organiser", "organiser", "country", (None, None)),
    ("country-administrator", "administrator", "country", (None, None)),
    ("school-officer", "officer", "school", (None, None)),
    ("far-viewer", "viewer", "other commune", (None, None)),
    ("far-officer", "officer", "other commune", (None, None)),
    ("far-reviewer", "reviewer", "other commune", (None, None)),
    ("far-approver", "approver", "other commune", (None, None)),
    ("far-administrator", "administrator", "other commune", (None, None)),
    ("far-school-officer", "officer", "other school", (None, None)),
    ("ended", "organiser", "commune", (-10, -1)),
    ("to-come", "organiser", "commune", (2, 10)),
    ("revoked", "organiser", "country", (None, None)),
)
STRANGER = "a stranger"


@dataclass
class Everybody:
    """`keys` are the person keys by login; `programs` the credentials by provider and scope."""

    app: Flask
    commune: Commune
    foreign: NewCredential
    keys: dict[str, bytes] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    programs: dict[tuple[str, str], NewCredential] = field(default_factory=dict)
    # What stands for words between angle brackets in the addresses of pages, with what goes before them where
    # the word alone does not tell: "<key>", "flags/<number>".
    ids: dict[str, str] = field(default_factory=dict)

    # What stands in each person's session; gone once they sign out.
    sessions: dict[str, str] = field(default_factory=dict)

    @property
    def is_on_sqlite(self) -> bool:
        return str(self.app.config["SETTINGS"].database_url).startswith("sqlite")

    @property
    def visitors(self) -> tuple[str, ...]:
        return (STRANGER, *self.keys)

    def sign_out(self) -> None:
        """Forget the sessions, which somebody may have ended."""
        self.sessions.clear()

    def as_(self, login: str) -> FlaskClient:
        """A browser in which this person signed in, without the cost of a password."""
        client = self.app.test_client()
        if login == STRANGER:
            return client
        if login not in self.sessions:
            with self.app.app_context():
                found = people.viewer(self.keys[login])
            assert found is not None
            self.sessions[login] = f"{found.key.hex()}.{found.stamp}"
        with client.session_transaction() as session:
            session["_user_id"] = self.sessions[login]
        return client


def gather(app: Flask) -> Everybody:
    """Everybody and everything; needs a migrated and empty database and hashes that are quick."""
    settled = commune.settle(app)
    with app.app_context():
        found = Everybody(app, settled, providers.add_provider("Nhà cung cấp khác"))
        found.keys |= {
            "hoa": settled.people["hoa"],
            "tam": settled.people["tam"],
            "duc": settled.people["duc"],
        }
        scopes = _territory(found)
        _cast(found, scopes)
        _programs(found)
        found.ids |= {
            "<key>": found.keys["hoa"].hex(),
            "<statement>": settled.statements["overlapping"],
            "<filename>": "pages.css",
            "{provider}": str(settled.centre.provider),
            "<place>": str(found.places["commune"]),
            "<organisation>": str(scopes["school"].organisation_id),
        }
        _cases(found)
        _household_and_roster(found)
        _criteria(found)
        _rounds(found)
        found.ids |= reported.gather(found.keys, found.places["commune"], found.places["hamlet"])
        _family_in_a_round(found)
    return found


def _territory(found: Everybody) -> dict[str, Scope]:
    province = place("Cần Thơ")
    home, other = place("Đông Hòa", province), place("Phong Điền", province)
    hamlet = place("Ấp Đông Thắng", home)
    today = clock.today()
    lives(found.keys["hoa"], other, None, today - timedelta(days=1))
    lives(found.keys["hoa"], hamlet, today)
    school, other_school = organisation("Trường THPT Đông Hòa"), organisation("Trường THPT khác")
    belongs(found.keys["hoa"], organisation("Lớp 12A", school), "learner")
    found.places |= {"province": province, "commune": home, "other commune": other, "hamlet": hamlet}
    for login, unit in (("head", school), ("far-head", other_school)):
        _add(found, login)
        belongs(found.keys[login], unit, "head")
    return {
        "country": Scope(),
        "province": Scope(place_id=province),
        "commune": Scope(place_id=home),
        "other commune": Scope(place_id=other),
        "school": Scope(organisation_id=school),
        "other school": Scope(organisation_id=other_school),
    }


def _add(found: Everybody, login: str) -> None:
    found.keys[login] = people.add_person(login.title(), login, PASSWORD).key


def _cast(found: Everybody, scopes: dict[str, Scope]) -> None:
    today = clock.today()

    def day(offset: int | None) -> date | None:
        return None if offset is None else today + timedelta(days=offset)

    for login, role, where, (first, last) in CAST:
        _add(found, login)
        grants.grant(None, Wanted(login, role, scopes[where], day(first), day(last)))
    grants.revoke_role("revoked", "organiser")
    # Somebody else's grant in the commune, to be taken away.
    people.add_person("Spare", "spare", PASSWORD)
    (spare,) = grants.grant(None, Wanted("spare", "viewer", scopes["commune"]))
    found.ids["rights/<number>"] = f"rights/{spare}"
    found.ids["providers/<provider>"] = f"providers/{found.commune.school.provider}"
    for login, role, scope in (
        ("guardian", "guardian", Scope(ward_key=found.keys["hoa"])),
        ("far-guardian", "guardian", Scope(ward_key=found.keys["tam"])),
        ("foreign", "provider", Scope(provider_id=found.foreign.provider)),
    ):
        _add(found, login)
        grants.grant(None, Wanted(login, role, scope))


def _cases(found: Everybody) -> None:
    """A flag about Hoa, a claim of hers with a proof, and her dispute about an entry from the centre."""
    hoa = people.viewer(found.keys["hoa"])
    assert hoa is not None
    claim = claimants.handed_in(hoa)
    about = disputes.open_about_entry(
        hoa, found.commune.statements["long"], disputes.HOURS_WRONG, "Hôm ấy tôi học ba giờ."
    )
    found.ids |= {
        "claims/<number>": f"claims/{claim}",
        "<proof>": "1",
        # No address that a provider made: who is heard is told that it is gone.
        "<token>": "gAAAAAB",
        "disputes/<number>": f"disputes/{about}",
    }
    raised = watching.claimed_twice(b"0" * 16, hoa.key, clock.now_us())
    with database.writing() as connection:
        found.ids["flags/<number>"] = f"flags/{flags.add(connection, raised, clock.now_us())}"


def _household_and_roster(found: Everybody) -> None:
    """A household in Hoa's hamlet, and a list of its people that waits to be applied."""
    hamlet = found.places["hamlet"]
    with database.writing() as connection:
        (number,) = kinships.add(connection, [(kinships.HOUSEHOLD, "12", hamlet)], clock.now_us())
        kinships.join(connection, [(number, found.keys["hoa"], "head", None)])
    officer = people.viewer(found.keys["officer"])
    assert officer is not None
    roster = rosters.hand_in(officer, hamlet, "Họ tên;Năm sinh\nLê Văn Tám;1950\n".encode(), "x.csv")
    found.ids |= {
        "{place}": str(hamlet),
        "kinships/<number>": f"kinships/{number}",
        "rosters/<number>": f"rosters/{roster}",
    }


def _criteria(found: Everybody) -> None:
    """A set that waits to be adopted in the commune, and who decides there."""
    text = next(text for text in shipped_texts() if b"citizen-324-2023" in text)
    own, at = text.replace(b"citizen-324-2023", b"of-the-commune"), found.places["commune"]
    found.ids["criteria/<number>"] = f"criteria/{adopting.add(None, own, at)}"
    body = WantedBody("citizen", "deciding", "UBND xã", "Chủ tịch", "Quyết định 1", place_id=at)
    found.ids["authorities/<number>"] = f"authorities/{authorities.add(None, body)}"


def _rounds(found: Everybody) -> None:
    """Hoa in a round that waits for its decision, her title of last year, an appeal of hers and a sample."""
    number, row, decision, title = rounds_held.held(found.keys, found.places["commune"])
    appeal = rounds_held.appealed(found.keys["hoa"], title)
    found.ids |= {
        "recognition/rounds/<number>": f"recognition/rounds/{number}",
        "recognition/rows/<number>": f"recognition/rows/{row}",
        "/recognition/<number>": f"/recognition/{row}",
        "recognition/decisions/<number>": f"recognition/decisions/{decision}",
        "recognition/results/<number>": f"recognition/results/{title}",
        "recognition/appeals/<number>": f"recognition/appeals/{appeal}",
        "recognition/inspections/<number>": "recognition/inspections/1",
        "<kind>": "self",
        "<paper>": "registrations",
        "<form>": "docx",
        "export.<form>": "export.json",
    }


def _family_in_a_round(found: Everybody) -> None:
    """Hoa's household in a round of the commune, and an honour of somebody there."""
    number, hamlet = int(found.ids["kinships/<number>"].split("/")[1]), found.places["hamlet"]
    year = clock.today().year
    round_id = recognitions.round_of(Model.HOUSEHOLD, year, found.places["commune"])
    with database.writing() as connection:
        entrant = Entrant(None, number, "12", hamlet, "1")
        assessments.register(connection, round_id, [entrant], "paper", recognitions.SOMEBODY, 0)
        (row,) = assessments.every(connection, round_id)
    officer = people.viewer(found.keys["officer"])
    assert officer is not None
    honour = awards.add(officer, hamlet, recognitions.honour(), b"1" * 16)
    found.ids |= {
        "<model>": "household",
        "<subject>": str(number),
        "/family/<number>": f"/family/{number}",
        "<round_>": str(round_id),
        "lists/<number>": f"lists/{round_id}",
        "assessments/<number>": f"assessments/{row.id}",
        "awards/<number>": f"awards/{honour}",
    }


def _programs(found: Everybody) -> None:
    for name, number in (("centre", found.commune.centre.provider), ("foreign", found.foreign.provider)):
        for scope in SCOPES:
            found.programs[name, scope] = providers.add_credential(number, Terms((scope,)))
