"""The pages of claims and disputes, by the forms that browsers send."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_tracker.actions import (
    claim_reviews,
    claims,
    crediting,
    dispute_reviews,
    disputes,
    policies,
    proof_reading,
    proofs,
)
from lms_tracker.learning import claims as learning_claims
from lms_tracker.learning import policy_files
from lms_tracker.web import case_words
from tests.actions.claimants import picture
from tests.actions.test_actions_proofs import pdf, written
from tests.journeys.commune import Commune
from tests.web.page_visitors import as_, token

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")


@pytest.fixture
def hoa(settled: Commune) -> FlaskClient:
    return as_(settled.app, "hoa")


@pytest.fixture
def reviewer(settled: Commune) -> FlaskClient:
    return as_(settled.app, "thuha")


def typed(day: date, **changes: str) -> dict[str, str]:
    return {
        "category": "law",
        "title": "Hội nghị phổ biến Luật Đất đai",
        "taught_by": "Phòng Tư pháp",
        "first_day": day.isoformat(),
        "last_day": "",
        "hours": "3",
        "minutes": "30",
        "per": "all",
        "description": "Quyền và nghĩa vụ của người sử dụng đất.",
        **changes,
    }


def begun(client: FlaskClient, day: date, page: str = "/claims/new", **changes: str) -> TestResponse:
    text = client.get(page).get_data(as_text=True)
    form = re.search('name="form" value="([0-9a-f]{32})"', text)
    assert form is not None
    data = {"csrf_token": token(client, page), "form": form[1], **typed(day, **changes)}
    return client.post(page, data=data)


def with_proof(client: FlaskClient, address: str, data: bytes, name: str = "anh.jpg") -> TestResponse:
    form = {"csrf_token": token(client, address), "proof": (io.BytesIO(data), name)}
    return client.post(f"{address}/proofs", data=form)


def sent(client: FlaskClient, day: date, **changes: str) -> str:
    """The address of a claim that was handed in."""
    address = begun(client, day, **changes).location
    assert with_proof(client, address, picture()).status_code == 303
    assert client.post(f"{address}/send", data={"csrf_token": token(client, address)}).status_code == 303
    return str(address)


def revision(text: str) -> str:
    found = re.search('name="revision" value="([0-9]+)"', text)
    assert found is not None
    return found[1]


def decided(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    text = client.get(address).get_data(as_text=True)
    data = {"csrf_token": token(client, address), "revision": revision(text), **fields}
    return client.post(address, data=data)


def test_a_claim_goes_from_the_form_to_the_decision(
    settled: Commune, hoa: FlaskClient, reviewer: FlaskClient
) -> None:
    address = sent(hoa, settled.day)
    assert "Đang chờ thẩm định" in hoa.get(address).get_data(as_text=True)
    assert "Luật Đất đai" in reviewer.get("/organiser/claims").get_data(as_text=True)
    answer = decided(reviewer, f"/organiser{address}", decision="reduce", hours="1", minutes="30", reason="")
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "Mời Ông/Bà ghi lý do" in text
    assert 'value="30"' in text
    reason = "Buổi chiều không có trong ảnh."
    answer = decided(
        reviewer, f"/organiser{address}", decision="reduce", hours="1", minutes="30", reason=reason
    )
    assert answer.status_code == 303
    page = hoa.get(address).get_data(as_text=True)
    assert "1 giờ 30 phút" in page
    assert reason in page
    assert "Lê Thu Hà" in page


def test_hours_over_the_cap_of_declared_hours_are_told_on_the_form_the_claim_and_the_entry(
    settled: Commune, hoa: FlaskClient, reviewer: FlaskClient
) -> None:
    rules = json.loads(policy_files.shipped())
    rules["caps"]["declared"] = {"claim": {"hours": 2}, "year": {"hours": 3}}
    with settled.app.app_context():
        policies.adopt(policies.add(json.dumps(rules).encode(), "Hai giờ mỗi bản.", None), None)
    form = hoa.get("/claims/new").get_data(as_text=True)
    assert "Mỗi bản kê khai được ghi nhận nhiều nhất 2 giờ." in form
    assert "của một năm được ghi nhận nhiều nhất 3 giờ." in form
    address = sent(hoa, settled.day)
    assert decided(reviewer, f"/organiser{address}", decision="accept", reason="").status_code == 303
    with settled.app.app_context():
        while crediting.recount_due():
            pass
    page = hoa.get(address).get_data(as_text=True)
    assert "1 giờ 30 phút đã được thẩm định nhưng vượt mức tối đa" in page
    entry = re.search('href="(/record/entries/[^"]+)"', page)
    assert entry is not None
    told = hoa.get(entry[1]).get_data(as_text=True)
    assert "Vượt mức tối đa: 1 giờ 30 phút" in told
    assert "Mỗi bản kê khai được ghi nhận nhiều nhất 2 giờ." in told
    assert "thời gian tự kê khai đã được thẩm định" in told


def test_a_form_that_is_wrong_keeps_what_was_typed_and_says_what_is_wrong_where(
    settled: Commune, hoa: FlaskClient
) -> None:
    answer = begun(hoa, settled.day, hours="25", title="", description="Học <b>rất</b> nhiều điều hay.")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="title-wrong"' in text
    assert text.count('aria-invalid="true"') == 1
    assert 'aria-invalid="true" aria-describedby="title-wrong"' in text
    assert 'value="25"' in text
    assert "Học &lt;b&gt;rất&lt;/b&gt; nhiều điều hay." in text
    assert '<option value="law" selected>' in text


def test_of_one_form_no_more_files_are_looked_at_than_a_claim_may_have(
    settled: Commune, hoa: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is refused leaves the claim as empty as before: the number of its proofs bounds nothing."""
    looked_at: list[str] = []

    def keep(name: str, file: object) -> None:
        looked_at.append(name)
        raise proof_reading.ProofRefused("proof-broken")

    monkeypatch.setattr(proofs, "keep", keep)
    address = begun(hoa, settled.day).location
    files = [(io.BytesIO(b"\xff\xd8\xff"), f"{number}.jpg") for number in range(40)]
    answer = hoa.post(f"{address}/proofs", data={"csrf_token": token(hoa, address), "proof": files})
    assert answer.status_code == 422
    assert len(looked_at) == claims.MOST_PROOFS
    assert "39.jpg" in answer.get_data(as_text=True)


def test_a_proof_that_is_too_large_is_answered_413_with_the_claim_still_there(
    settled: Commune, hoa: FlaskClient
) -> None:
    address = begun(hoa, settled.day).location
    csrf = token(hoa, address)
    # By what it says of itself: nothing of it is read.
    answer = hoa.post(
        f"{address}/proofs",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(200 * 1024**2)},
    )
    assert answer.status_code == 413
    text = answer.get_data(as_text=True)
    assert "Tệp lớn hơn mức cho phép" in text
    assert "Hội nghị phổ biến Luật Đất đai" in text
    assert f'href="{address}?lang=en"' in text
    # One of 16 MB by itself is told beside the others, which are kept.
    data = {
        "csrf_token": csrf,
        "proof": [
            (io.BytesIO(picture()), "tot.jpg"),
            (io.BytesIO(b"\xff\xd8\xff" + bytes(16 * 1024**2)), "to.jpg"),
        ],
    }
    answer = hoa.post(f"{address}/proofs", data=data)
    assert answer.status_code == 422
    # The client lays what it sends in a file of its own.
    answer.request.environ["wsgi.input"].close()
    text = answer.get_data(as_text=True)
    assert "to.jpg: Tệp lớn hơn mức cho phép" in text
    assert "tot.jpg" in text


def test_elsewhere_a_large_form_is_refused_as_before(hoa: FlaskClient) -> None:
    answer = hoa.post("/claims/new", data={"description": "a" * 100_000})
    assert answer.status_code == 413
    assert "Nội dung gửi quá lớn" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"\xff\xd8\xff<script>",
        b"GIF89a",
    ],
)
def test_what_is_no_picture_is_told_and_nothing_is_kept(
    settled: Commune, hoa: FlaskClient, data: bytes
) -> None:
    address = begun(hoa, settled.day).location
    answer = with_proof(hoa, address, data)
    assert answer.status_code == 422
    assert hoa.get(f"{address}/proofs/1").status_code == 404
    assert hoa.post(f"{address}/send", data={"csrf_token": token(hoa, address)}).status_code == 422


def test_a_proof_is_given_out_so_that_nothing_in_it_can_act(
    settled: Commune, hoa: FlaskClient, reviewer: FlaskClient
) -> None:
    address = begun(hoa, settled.day).location
    with_proof(hoa, address, picture(), '"><script>.jpg')
    with_proof(hoa, address, written(pdf()), "giấy chứng nhận.html")
    hoa.post(f"{address}/send", data={"csrf_token": token(hoa, address)})
    image = reviewer.get(f"{address}/proofs/1", buffered=True)
    paper = reviewer.get(f"{address}/proofs/2", buffered=True)
    for answer in (image, paper):
        assert len(answer.get_data()) == int(answer.headers["Content-Length"])
        assert answer.status_code == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert (image.mimetype, paper.mimetype) == ("image/jpeg", "application/pdf")
    assert image.headers["Content-Disposition"].startswith("inline")
    assert paper.headers["Content-Disposition"].startswith("attachment")
    assert (
        "filename*=UTF-8''gi%E1%BA%A5y%20ch%E1%BB%A9ng%20nh%E1%BA%ADn.pdf"
        in paper.headers["Content-Disposition"]
    )
    assert as_(settled.app, "tam").get(f"{address}/proofs/1").status_code == 404
    assert as_(settled.app, None).get(f"{address}/proofs/1").status_code == 302


def test_a_decision_about_what_somebody_else_has_changed_is_told(
    settled: Commune, hoa: FlaskClient, reviewer: FlaskClient
) -> None:
    address = sent(hoa, settled.day)
    seen = reviewer.get(f"/organiser{address}").get_data(as_text=True)
    withdrawn = {
        "csrf_token": token(hoa, address),
        "revision": revision(hoa.get(address).get_data(as_text=True)),
    }
    assert hoa.post(f"{address}/withdraw", data=withdrawn).status_code == 303
    data = {
        "csrf_token": token(reviewer, "/organiser/claims"),
        "revision": revision(seen),
        "decision": "accept",
    }
    answer = reviewer.post(f"/organiser{address}", data=data)
    assert answer.status_code == 409
    assert "Người khác vừa thay đổi" in answer.get_data(as_text=True)


def test_an_officer_claims_for_somebody_who_sees_who_did(
    settled: Commune, hoa: FlaskClient, reviewer: FlaskClient
) -> None:
    key = settled.people["hoa"].hex()
    assert "Kê khai thay" in reviewer.get(f"/people/{key}/record").get_data(as_text=True)
    form = f"/organiser/people/{key}/claims/new"
    address = begun(reviewer, settled.day, form).location
    assert "Hội nghị" in reviewer.get("/organiser/claims/entered").get_data(as_text=True)
    assert with_proof(reviewer, address, picture()).status_code == 303
    reviewer.post(f"{address}/send", data={"csrf_token": token(reviewer, address)})
    page = hoa.get(address).get_data(as_text=True)
    assert "Cán bộ kê khai thay" in page
    assert "Lê Thu Hà" in page
    assert "Hội nghị" not in reviewer.get("/organiser/claims").get_data(as_text=True)
    own = reviewer.get(f"/organiser{address}").get_data(as_text=True)
    assert 'name="decision"' not in own
    data = {"csrf_token": token(reviewer, "/organiser/claims"), "revision": "2", "decision": "accept"}
    assert reviewer.post(f"/organiser{address}", data=data).status_code == 403


def test_an_entry_is_disputed_answered_by_its_provider_and_settled(
    settled: Commune, hoa: FlaskClient, reviewer: FlaskClient
) -> None:
    entry = f"/record/entries/{settled.statements['overlapping']}"
    form = {"csrf_token": token(hoa, entry), "about": "hours-wrong", "words": "ít"}
    answer = hoa.post(f"{entry}/dispute", data=form)
    assert answer.status_code == 422
    assert 'value="hours-wrong" required checked' in answer.get_data(as_text=True)
    form["words"] = "Tôi học từ chín giờ, <i>không</i> phải mười giờ."
    address = hoa.post(f"{entry}/dispute", data=form).location
    assert hoa.post(f"{entry}/dispute", data=form).location == address
    assert "Đang được xem xét" in hoa.get(entry).get_data(as_text=True)
    duc, school = as_(settled.app, "duc"), settled.school.provider
    page = f"/provider/disputes?provider={school}"
    shown = duc.get(page).get_data(as_text=True)
    assert "&lt;i&gt;không&lt;/i&gt;" in shown
    assert "Nguyễn Thị Hoa" not in shown
    assert "Bài 7" not in duc.get(f"/provider/disputes?provider={settled.centre.provider}").get_data(
        as_text=True
    )
    said = {"csrf_token": token(duc, page), "words": "Máy chủ chạy chậm một giờ."}
    wrong = duc.post(f"/provider{address}/answer?provider={settled.centre.provider}", data=said)
    assert wrong.status_code == 404
    assert duc.post(f"/provider{address}/answer?provider={school}", data=said).status_code == 303
    assert "Máy chủ chạy chậm" in hoa.get(address).get_data(as_text=True)
    answer = decided(reviewer, f"/organiser{address}", decision="voided", reason="Đơn vị đã nhận lỗi.")
    assert answer.status_code == 303
    assert "Đề nghị được chấp nhận" in hoa.get(address).get_data(as_text=True)
    assert decided_again(reviewer, address).status_code == 400


def decided_again(client: FlaskClient, address: str) -> TestResponse:
    """A decision sent by a page that has no form any more."""
    return client.post(f"/organiser{address}", data={"csrf_token": token(client, "/organiser/disputes")})


def test_an_officer_asks_in_somebodys_place_on_the_entry_and_on_the_claim(
    settled: Commune, hoa: FlaskClient, reviewer: FlaskClient
) -> None:
    key, statement = settled.people["hoa"].hex(), settled.statements["overlapping"]
    entry = f"/people/{key}/record/entries/{statement}"
    form = f"/organiser/people/{key}/entries/{statement}/dispute"
    assert f'href="{form}"' in reviewer.get(entry).get_data(as_text=True)
    data = {"csrf_token": token(reviewer, form), "about": "hours-wrong", "words": "ít"}
    refused = reviewer.post(form, data=data)
    assert refused.status_code == 422
    assert f'action="{form}"' in refused.get_data(as_text=True)
    data["words"] = "Bà Hoa nói đã học từ chín giờ."
    assert reviewer.post(form, data=data).location == entry
    shown = reviewer.get(entry).get_data(as_text=True)
    assert "Đang được xem xét" in shown
    assert form not in shown
    assert "Cán bộ gửi đề nghị xem xét lại thay" in page_of_newest(hoa)
    address = begun(reviewer, settled.day, f"/organiser/people/{key}/claims/new").location
    with_proof(reviewer, address, picture())
    reviewer.post(f"{address}/send", data={"csrf_token": token(reviewer, address)})
    assert "/dispute" not in reviewer.get(address).get_data(as_text=True)


def page_of_newest(client: FlaskClient) -> str:
    """The page of one's newest dispute."""
    found = re.search('href="(/disputes/[0-9]+)"', client.get("/disputes").get_data(as_text=True))
    assert found is not None
    return client.get(found[1]).get_data(as_text=True)


def test_without_its_token_no_form_does_anything(settled: Commune, hoa: FlaskClient) -> None:
    address = sent(hoa, settled.day)
    for path in ("/claims/new", f"{address}/withdraw", f"{address}/proofs", f"{address}/dispute"):
        assert hoa.post(path, data={"revision": "2"}).status_code == 400
    assert "Đang chờ thẩm định" in hoa.get(address).get_data(as_text=True)


def test_every_rule_state_and_step_of_a_case_has_words() -> None:
    named = set()
    for module in (learning_claims, claims, claim_reviews, disputes, dispute_reviews, proofs, proof_reading):
        text = Path(str(module.__file__)).read_text()
        named |= set(re.findall(r'(?:NotNow|ProofRefused)\(\s*"([a-z-]+)"', text))
        named |= set(re.findall(r'problems\[[^]]+\] = "([a-z-]+)"', text))
    assert named <= set(case_words.PROBLEMS)
    assert set(case_words.PROBLEMS) - named <= {"decision", "changed", "proofs-none"}
    assert set(case_words.OUTCOMES) == set(dispute_reviews.Outcome)
    assert set(case_words.ABOUT) == set(disputes.ABOUT)
