"""The demo's families, clans, hamlets and a school: rounds of last year, decided, and of this year.

Two households live together since last year, so that there is a family of four. One member's title of last
year is taken back afterwards: their family, which was recognised, meets its threshold no longer.
"""

from __future__ import annotations

import os
from datetime import date

from lms_tracker.actions import kinship_changes, kinships, memberships, organisations, residents
from lms_tracker.actions.organisations import Wanted as NewUnit
from lms_tracker.actions.recognition import (
    awards,
    decisions,
    model_assessments,
    model_reviews,
    models,
    registrations,
    revocations,
)
from lms_tracker.actions.recognition.decisions import Deciding
from lms_tracker.actions.recognition.model_reviews import Proposal
from lms_tracker.actions.rights import Viewer
from lms_tracker.demo import rounds
from lms_tracker.demo.rounds import Officers
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.standings import State

SCHOOL = "Trường THCS Gò Quao 1"
HONOURS = (
    ("collective", "Ấp Hòa Thạnh", "giay-khen-chu-tich-xa", "Chủ tịch UBND xã Gò Quao", "220/QĐ-UBND"),
    (
        "household",
        "Gia đình ông Danh Sóc",
        "giay-khen-chu-tich-xa",
        "Chủ tịch UBND xã Gò Quao",
        "220/QĐ-UBND",
    ),
    ("individual", "Lê Thị Sáu", "giay-khen-hoi-tinh", "Hội Khuyến học tỉnh An Giang", "31/QĐ-HKH"),
)
WHY = "Minh chứng của chỉ số 2 không đúng sự thật"


def hold(by: Officers, commune: int, logins: list[str], decision: int, today: date) -> None:
    """Everything of these models; `decision` is that of the citizens' round of last year."""
    last = today.year - 1
    _live_together(by.officer, commune, date(last, 3, 1))
    _school(commune, logins)
    for model, paper in ((Model.HOUSEHOLD, "216/QĐ-UBND"), (Model.CLAN, "217/QĐ-UBND")):
        number = rounds.open_round(by, commune, last, model)
        registrations.register(by.officer, number)
        _review(by.reviewer, number)
        if rounds.reviewed(by, number):
            rounds.decide(by, number, last, paper)
    _take_one_back(by, commune, decision, today)
    for model in (Model.HOUSEHOLD, Model.CLAN, Model.COMMUNITY, Model.UNIT):
        number = rounds.open_round(by, commune, today.year, model)
        registrations.register(by.officer, number)
        if model is Model.COMMUNITY:
            _review(by.reviewer, number)
    _honour(by.officer, commune, last)


def _live_together(officer: Viewer, commune: int, since: date) -> None:
    """The second household of two moves to the first one's."""
    found = residents.kinships_of(officer, commune, "household").shown
    pairs = [one.kinship.id for one in found if one.members == 2][:2]
    if len(pairs) == 2:
        for one in kinships.page(officer, pairs[1]).members:
            person = one.membership.person_key
            kinship_changes.join(officer, pairs[0], person, "Anh em", since, moves=True)


def _school(commune: int, logins: list[str]) -> None:
    school = organisations.add(None, NewUnit("school", SCHOOL, None, commune)).id
    for place, login in enumerate(logins):
        memberships.join(None, school, login, "learner" if place % 3 else "staff")


def _review(reviewer: Viewer, number: int) -> None:
    """Tick the items of every other subject, and propose what the items come to."""
    for place, one in enumerate(model_assessments.round_page(reviewer, number).shown):
        levels = one.standing.levels if one.standing is not None else ()
        codes = {item.code for level in levels for item in level.items if item.denominator is None}
        ticks = dict.fromkeys(codes, "0" if place % 3 == 1 else "1")
        if ticks and place % 4 < 3:
            model_reviews.review(reviewer, one.row.id, one.row.revision, ticks, Proposal("", None), "")
    model_reviews.propose_all(reviewer, number)


def _take_one_back(by: Officers, commune: int, decision: int, today: date) -> None:
    """Take back a title without which a family that was recognised lacks one."""
    year = today.year - 1
    titles = {
        one.person_key: one.id
        for one in decisions.page_of(by.approver, decision, result="achieved").shown
        if one.person_key is not None
    }
    held = models.listing(by.reviewer, Model.HOUSEHOLD, commune, year, State.HELD).shown
    for family in sorted(held, key=lambda one: -one.shares["members"].denominator):
        item = family.first.items[0] if family.first is not None else None
        if item is None or item.numerator != item.required:
            continue
        relatives = models.page_of(by.reviewer, Model.HOUSEHOLD, family.subject.id, year).relatives
        chosen = [
            titles[one.membership.person_key] for one in relatives if one.membership.person_key in titles
        ]
        if chosen:
            day = min(today, date(today.year, 1, 15))
            deciding = Deciding("12/QĐ-UBND", day, "Trần Văn Chủ", WHY, "Chủ tịch UBND xã Gò Quao")
            revocations.revoke(by.approver, decision, chosen[:1], deciding, os.urandom(16))
            return


def _honour(officer: Viewer, commune: int, year: int) -> None:
    for kind, name, form, authority, number in HONOURS:
        wanted = awards.Wanted(
            kind, name, "", form, "Tiêu biểu trong phong trào học tập", authority, "", number,
            date(year, 12, 25), year,
        )  # fmt: skip
        awards.add(officer, commune, wanted, os.urandom(16))
