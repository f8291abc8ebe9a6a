"""GET statements in the formats `exact`, `ids` and `canonical`, and found broadly."""

from __future__ import annotations

from tests.web.lrs_client import COMPLETED, COURSE, Lrs, ids_of, new_lrs, statement

NAME = {"vi": "Tin học cơ bản", "en": "Basic computing"}


def told(name: dict[str, str] = NAME, **changes: object) -> dict[str, object]:
    """A statement that says much beside what identifies."""
    return statement(
        actor={"mbox": "mailto:lan@example.vn", "name": "Lan", "objectType": "Agent"},
        verb={"id": COMPLETED, "display": {"vi": "hoàn thành", "en": "completed"}},
        object={"id": COURSE, "definition": {"name": name, "type": "https://hoc.example.vn/khoa"}},
        result={"extensions": {"https://hoc.example.vn/x": 12345678901234567890}},
        **changes,
    )


def test_ids_holds_what_identifies_and_everything_that_is_neither_who_nor_what(lrs: Lrs) -> None:
    sent = told()
    lrs.stored(sent)
    found = lrs.get(format="ids").json["statements"][0]
    assert found["actor"] == {"mbox": "mailto:lan@example.vn"}
    assert found["verb"] == {"id": COMPLETED}
    assert found["object"] == {"id": COURSE}
    assert found["result"] == sent["result"]
    assert set(found["authority"]) == {"account"}
    assert lrs.get(format="ids", statementId=sent["id"]).json == found


def test_canonical_shows_the_definition_as_it_was_last_told_in_the_language_asked_for(lrs: Lrs) -> None:
    first = told()
    lrs.stored(first)
    lrs.stored(told({"vi": "Tin học", "fr": "Informatique"}))

    def name_in(language: str) -> object:
        answer = lrs.call(
            "GET",
            headers={"Accept-Language": language},
            format="canonical",
            statementId=str(first["id"]),
        )
        return answer.json["object"]["definition"]["name"]

    assert name_in("vi-VN,en;q=0.5") == {"vi": "Tin học"}
    assert name_in("en") == {"en": "Basic computing"}
    assert name_in("fr;q=0.2,de") == {"fr": "Informatique"}
    exact = lrs.one(str(first["id"]))
    assert exact["object"]["definition"]["name"] == NAME


def test_canonical_shows_verbs_in_one_language_too(lrs: Lrs) -> None:
    lrs.stored(told())
    answer = lrs.call("GET", headers={"Accept-Language": "en"}, format="canonical")
    assert answer.json["statements"][0]["verb"]["display"] == {"en": "completed"}


def test_a_definition_of_another_provider_takes_nothing_from_one_s_own(lrs: Lrs) -> None:
    lrs.stored(told())
    new_lrs(lrs.app, "Người khác").stored(told({"vi": "Lừa"}))
    answer = lrs.call("GET", headers={"Accept-Language": "vi"}, format="canonical")
    assert [s["object"]["definition"]["name"] for s in answer.json["statements"]] == [{"vi": NAME["vi"]}]


def test_pages_keep_their_format_and_how_broadly_they_look(lrs: Lrs) -> None:
    around = {"contextActivities": {"grouping": [{"id": COURSE}]}}
    sent = lrs.stored([statement(object={"id": f"{COURSE}/{n}"}, context=around) for n in range(5)])
    page = lrs.get(activity=COURSE, related_activities="true", format="ids", limit="2", ascending="true")
    assert lrs.rest(page) == sent
    assert lrs.get(activity=COURSE, limit="2").json["statements"] == []


def test_a_voiding_statement_is_found_by_what_it_voids(lrs: Lrs) -> None:
    target = lrs.stored(statement(actor={"mbox": "mailto:minh@example.vn"}))[0]
    takes_back = statement(
        verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
        object={"objectType": "StatementRef", "id": target},
    )
    lrs.stored(takes_back)
    assert ids_of(lrs.get(agent='{"mbox":"mailto:minh@example.vn"}')) == [takes_back["id"]]
