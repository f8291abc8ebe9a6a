"""Signed statements at the door: verified before anything is stored, and given back as they came."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms_tracker.config import ConfigurationError, Settings
from tests.web.lrs_client import Lrs, refusal_log, rows, statement
from tests.web.multipart_bodies import BOUNDARY, attachment, body, part, parts_of, post
from tests.xapi.signers import Signer, authority, sign, signer
from xapi import signatures

KEPT = ("statements", "statement_attachments", "contents")


def signed(by: Signer | None = None, **changes: Any) -> tuple[dict[str, Any], bytes]:
    """A statement with its signature among its attachments, and the signature."""
    plain = statement(timestamp="2026-10-01T09:00:00Z", **changes)
    jws = sign(plain, by or signer())
    return plain | {"attachments": [*plain.get("attachments", ()), declared(jws)]}, jws


def declared(jws: bytes, **changes: Any) -> dict[str, Any]:
    usage = {"usageType": signatures.USAGE_TYPE, "contentType": signatures.CONTENT_TYPE}
    return attachment(jws, **{**usage, **changes})


def signature(jws: bytes) -> Any:
    return part(jws, Content_Type="application/octet-stream")


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_a_signed_statement_is_stored_and_comes_back_with_its_signature(lrs: Lrs, version: str) -> None:
    lrs = lrs.speaking(version)
    sent, jws = signed()
    assert post(lrs, sent, [signature(jws)]).json == [sent["id"]]
    first, parts = parts_of(lrs.get(statementId=sent["id"], attachments="true"))
    assert first["attachments"] == sent["attachments"]
    assert [data for _, data in parts] == [jws]


def test_a_signed_statement_may_be_put_and_its_id_is_the_one_that_was_signed(lrs: Lrs) -> None:
    sent, jws = signed()
    mixed = {"Content-Type": f"multipart/mixed; boundary={BOUNDARY}"}
    without_id = {name: value for name, value in sent.items() if name != "id"}
    answer = lrs.call(
        "PUT", body=body(without_id, [signature(jws)]), headers=mixed, statementId=statement()["id"]
    )
    assert (answer.status_code, answer.json["faults"][0]["rule"]) == (400, "signature-payload")
    answer = lrs.call("PUT", body=body(without_id, [signature(jws)]), headers=mixed, statementId=sent["id"])
    assert answer.status_code == 204, answer.text


def test_of_a_batch_the_statement_with_the_wrong_signature_is_named_and_nothing_is_stored(lrs: Lrs) -> None:
    right, jws = signed()
    wrong, other = signed()
    wrong = wrong | {"result": {"success": True}}
    answer = post(lrs, [right, statement(), wrong], [signature(jws), signature(other)])
    assert answer.status_code == 400
    (fault,) = answer.json["faults"]
    assert (fault["index"], fault["path"], fault["rule"]) == (2, "attachments[0]", "signature-payload")
    assert rows(lrs.app, *KEPT) == dict.fromkeys(KEPT, 0)
    assert refusal_log(lrs)[0][:3] == (2, "attachments[0]", "signature-payload")


def test_a_signature_that_another_made_or_that_says_something_else_is_refused(lrs: Lrs) -> None:
    impostor = Signer("Impostor", signer().chain)
    for by, rule in (
        (impostor, "signature-wrong"),
        (Signer("Signer", signer().chain[::-1]), "signature-wrong"),
    ):
        sent, jws = signed(by)
        answer = post(lrs, sent, [signature(jws)])
        assert (answer.status_code, answer.json["faults"][0]["rule"]) == (400, rule)


def test_a_signature_does_not_serve_for_a_second_statement(lrs: Lrs) -> None:
    sent, jws = signed()
    assert post(lrs, sent, [signature(jws)]).status_code == 200
    again = sent | {"id": statement()["id"]}
    answer = post(lrs, again, [signature(jws)])
    assert (answer.status_code, answer.json["faults"][0]["rule"]) == (400, "signature-payload")


def test_a_signature_that_did_not_come_or_is_declared_as_text_is_refused(lrs: Lrs) -> None:
    sent, jws = signed()
    sent["attachments"][0]["fileUrl"] = "https://example.vn/chu-ky"
    answer = lrs.post(sent)
    assert (answer.status_code, answer.json["faults"][0]["rule"]) == (400, "signature-data")
    sent["attachments"] = [declared(jws, contentType="text/plain")]
    answer = post(lrs, sent, [part(jws)])
    assert (answer.status_code, answer.json["faults"][0]["rule"]) == (400, "signature-content-type")


def test_a_signature_that_is_named_many_times_is_verified_once(
    lrs: Lrs, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    verify = signatures.verify

    def counted(*given: Any, **more: Any) -> Any:
        verified.append(given[3])
        return verify(*given, **more)

    monkeypatch.setattr(signatures, "verify", counted)
    sent, jws = signed()
    sent["attachments"] *= 100
    assert post(lrs, sent, [signature(jws)]).status_code == 200
    assert verified == ["attachments[0]"]


def test_a_signature_stands_beside_other_attachments(lrs: Lrs) -> None:
    essay = b"my essay"
    sent, jws = signed(attachments=[attachment(essay)])
    assert post(lrs, sent, [part(essay), signature(jws)]).status_code == 200
    _, parts = parts_of(lrs.get(statementId=sent["id"], attachments="true"))
    assert [data for _, data in parts] == [essay, jws]


def test_a_signature_larger_than_any_statement_is_refused_without_being_read(lrs: Lrs, app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], max_statement_bytes=1024)
    jws = b"a" * 1_100_000
    sent = statement(attachments=[declared(jws)])
    answer = post(lrs, sent, [signature(jws)])
    assert (answer.status_code, answer.json["faults"][0]["rule"]) == (400, "signature-form")


def test_with_a_trust_store_only_signers_of_its_authorities_are_taken(
    lrs: Lrs, app: Flask, tmp_path: Path
) -> None:
    store = tmp_path / "trusted.pem"
    store.write_bytes(authority().pem())
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], signature_trust_store=str(store))
    sent, jws = signed(signer(authority()))
    assert post(lrs, sent, [signature(jws)]).status_code == 200
    sent, jws = signed(signer(authority("Stranger")))
    answer = post(lrs, sent, [signature(jws)])
    assert (answer.status_code, answer.json["faults"][0]["rule"]) == (400, "signature-certificate")
    assert lrs.post(statement()).status_code == 200


def test_the_trust_store_is_a_file_of_certificates(tmp_path: Path) -> None:
    store = tmp_path / "trusted.pem"
    for text in (None, b"", b"no certificates"):
        if text is not None:
            store.write_bytes(text)
        with pytest.raises(ConfigurationError, match="SIGNATURE_TRUST_STORE: expected a readable file"):
            Settings.from_environment({"LMS_TRACKER_SIGNATURE_TRUST_STORE": str(store)})
    store.write_bytes(authority().pem())
    settings = Settings.from_environment({"LMS_TRACKER_SIGNATURE_TRUST_STORE": str(store)})
    assert settings.signature_trust_store == str(store)
