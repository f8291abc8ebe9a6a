"""A provider's list of its learners: whom a line means, what is linked, and what a provider is not told."""

import pytest
from flask import Flask
from sqlalchemy import text

from lms_tracker.actions import account_files, linking, sent_files, sharing
from lms_tracker.actions.account_files import Fate
from lms_tracker.actions.rights import NotAllowed, Viewer
from lms_tracker.learning import names
from lms_tracker.store import database, links
from tests.actions import learners, viewers
from xapi.actors import Identified, identify

pytestmark = pytest.mark.usefixtures("in_app")

HEADER = "home_page;account;name;login;birth_year\n"


@pytest.fixture
def clerk(in_app: Flask) -> Viewer:
    """Somebody of a provider whose course is at https://hoc.example.vn."""
    caller = learners.provider()
    learners.add_course(caller)
    return viewers.somebody("thu-ky", ("provider", caller.provider_id))


def line(account: str, name: str, login: str = "", year: str = "") -> str:
    return f"https://hoc.example.vn;{account};{name};{login};{year}\n"


def account(name: str) -> Identified:
    return identify({"account": {"homePage": "https://hoc.example.vn", "name": name}})


def born(viewer: Viewer, year: int) -> None:
    """As a roster would have told."""
    with database.writing() as connection:
        connection.execute(
            text("UPDATE people SET birth_year = :year, search = :search WHERE person_key = :key"),
            {"year": year, "search": names.folded(viewer.name), "key": viewer.key},
        )


def fates(viewer: Viewer, *lines: str) -> list[Fate]:
    found = account_files.preview(viewer, viewer.providers[0], (HEADER + "".join(lines)).encode())
    assert found.errors == ()
    return [one.fate for one in found.lines]


def test_a_login_whose_name_agrees_and_a_name_with_a_year_that_one_person_has_are_linked(
    clerk: Viewer,
) -> None:
    hoa, lan = viewers.somebody("hoa"), viewers.somebody("lan")
    born(lan, 1960)
    file = (HEADER + line("1", "HÓA", "hoa") + line("2", "Lan", "", "1960")).encode()
    assert account_files.preview(clerk, clerk.providers[0], file).count(Fate.LINK) == 2
    with database.reading() as connection:
        assert links.holders(connection, [account("1").key, account("2").key]) == {}
    assert account_files.link(clerk, clerk.providers[0], file).count(Fate.LINK) == 2
    with database.reading() as connection:
        held = links.holders(connection, [account("1").key, account("2").key])
    assert held == {account("1").key: hoa.key, account("2").key: lan.key}
    assert account_files.link(clerk, clerk.providers[0], file).count(Fate.ALREADY) == 2


def test_two_of_one_name_and_year_nobody_and_a_name_that_does_not_agree_look_alike(clerk: Viewer) -> None:
    for login in ("lan", "lan-2"):
        born(viewers.somebody(login), 1960)
    with database.writing() as connection:
        connection.execute(text("UPDATE people SET name = 'Lan', search = 'lan' WHERE login LIKE 'lan%'"))
    viewers.somebody("hoa")
    found = fates(
        clerk,
        line("1", "Lan", "", "1960"),
        line("2", "Không Ai", "", "1950"),
        line("3", "Người Khác", "hoa"),
        line("4", "Hoa", "không-có"),
    )
    assert found == [Fate.UNKNOWN] * 4


def test_only_what_a_login_vouches_for_disputes_somebody_elses_account(clerk: Viewer) -> None:
    hoa, lan = viewers.somebody("hoa"), viewers.somebody("lan")
    born(lan, 1960)
    linking.link_by_command(hoa.key, account("1"), "…")
    assert fates(clerk, line("1", "Lan", "", "1960")) == [Fate.UNKNOWN]
    assert fates(clerk, line("1", "Lan", "lan")) == [Fate.DISPUTE]


def test_accounts_of_other_sites_and_shared_ones_are_not_linked(clerk: Viewer) -> None:
    viewers.somebody("hoa")
    sharing.mark(None, account("1"), "khách")
    elsewhere = line("2", "Hoa", "hoa").replace("hoc.example", "khac.example")
    assert fates(clerk, line("1", "Hoa", "hoa"), elsewhere) == [Fate.NOT_LINKABLE] * 2


def laid_aside(viewer: Viewer, provider_id: int, data: bytes) -> bytes:
    return sent_files.lay_aside(viewer, provider_id, data, 1_000)


def test_i17_whoever_a_list_finds_is_told_and_strangers_send_none(clerk: Viewer) -> None:
    hoa = viewers.somebody("hoa")
    fates(clerk, line("1", "Hoa", "hoa"))
    assert viewers.looks() == [(hoa.key, clerk.key, "list")]
    for act in (account_files.preview, account_files.link, laid_aside):
        with pytest.raises(NotAllowed):
            act(hoa, clerk.providers[0], HEADER.encode())


@pytest.mark.parametrize(
    ("file", "rule"),
    [
        (b"", "file-empty"),
        (b"account;home_page\n1;https://a.vn\n", "column-missing"),
        ((HEADER + line("1", "Hoa")).encode(), "login-or-year"),
        ((HEADER + line("", "Hoa", "hoa")).encode(), "email-or-account"),
        ((HEADER + line("1", "Hoa", "", "60")).encode(), "birth-year"),
        ((HEADER + line("1", "", "hoa")).encode(), "required"),
        ((HEADER + line("1", "Hoa", "hoa") * 2).encode(), "account-once"),
        ((HEADER + line("1", "Hoa", "hoa")).encode("utf-16"), "file-encoding"),
    ],
)
def test_nothing_is_linked_of_a_file_in_which_anything_is_wrong(
    clerk: Viewer, file: bytes, rule: str
) -> None:
    found = account_files.link(clerk, clerk.providers[0], file)
    assert rule in {error.rule for error in found.errors}
    assert found.lines == ()
