"""Signatures of statements: what is signed is what came, by whose key it says, and nothing passes for it."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi import signers
from tests.xapi.signers import Signer, authority, base64url, certificate, sign, signer
from tests.xapi.statement_examples import small
from xapi import batches, signatures

NOW = datetime(2026, 11, 22, tzinfo=UTC)
STATEMENT_ID = "33cff416-e331-4c9d-969e-5373a1756120"
PATH = "attachments[0]"


def statement(**changes: Any) -> dict[str, Any]:
    made = small() | {"id": STATEMENT_ID, "timestamp": "2026-10-01T09:00:00Z", **changes}
    return {name: value for name, value in made.items() if value is not None}


def attached(data: bytes, **changes: Any) -> dict[str, Any]:
    return {
        "usageType": signatures.USAGE_TYPE,
        "display": {"vi": "Chữ ký"},
        "contentType": signatures.CONTENT_TYPE,
        "length": len(data),
        "sha2": hashlib.sha256(data).hexdigest(),
        **changes,
    }


def found(
    jws: bytes,
    came: dict[str, Any],
    *,
    now: datetime = NOW,
    trusted: tuple[x509.Certificate, ...] = (),
    version: str = "1.0.3",
) -> tuple[str, str] | None:
    """Rule and message of what is wrong, None where nothing is."""
    body = json.dumps(came | {"attachments": [*came.get("attachments", ()), attached(jws)]}).encode()
    (received,) = batches.read(body, version=version, attached=None).statements
    microseconds = int(now.timestamp()) * 1_000_000
    wrong = signatures.verify(received, version, jws, PATH, now_us=microseconds, trusted=trusted)
    if wrong is None:
        return None
    (finding,) = wrong
    assert (finding.path, finding.clause) == (PATH, "xAPI-Data 2.6")
    return finding.rule, finding.message


def rule(jws: bytes, came: dict[str, Any], **more: Any) -> str | None:
    wrong = found(jws, came, **more)
    return wrong and wrong[0]


# --- what passes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
@pytest.mark.parametrize("by", [None, signer(), Signer("Signer", signer().chain[:1]), authority()])
def test_a_signature_with_a_chain_of_any_length_or_none_is_taken(by: Signer | None, algorithm: str) -> None:
    assert found(sign(statement(), by, algorithm=algorithm), statement()) is None


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_what_a_record_store_sets_need_not_have_been_signed(version: str) -> None:
    signed = statement(id=None, timestamp=None)
    came = statement(
        stored="2026-10-02T00:00:00Z",
        authority={"mbox": "mailto:lrs@example.org"},
        version=version,
    )
    assert found(sign(signed, signer()), came, version=version) is None


def test_the_same_is_the_same_as_the_specification_compares_it() -> None:
    signed = statement(timestamp="2026-10-01T16:00:00+07:00")
    came = statement(timestamp="2026-10-01T09:00:00.000Z")
    came["object"] = came["object"] | {"definition": {"name": {"vi": "Bài 1"}}}
    assert found(sign(signed, signer()), came) is None


def test_several_may_sign_one_statement_each_what_was_there_before() -> None:
    other = attached(b"essay", usageType="https://example.org/essay", fileUrl="https://example.org/1")
    first = sign(statement(attachments=[other]), signer())
    second = sign(statement(attachments=[other, attached(first)]), signer(name="Second"))
    came = statement(attachments=[other, attached(first)])
    assert found(second, came) is None
    assert found(first, statement(attachments=[other, attached(second)])) is None


def test_the_specification_s_way_of_signing_old_certificates_included_is_taken() -> None:
    """As in its Appendix D: issued after the statement's timestamp, expired long before it comes."""
    issued, ended = datetime(2013, 4, 4, tzinfo=UTC), datetime(2014, 4, 4, tzinfo=UTC)
    old = signer(Signer("Authority", (_old_authority(),)), begin=issued, end=ended)
    came = statement(timestamp="2013-04-01T12:00:00Z")
    assert found(sign(came, old), came) is None


def _old_authority() -> x509.Certificate:
    return certificate(
        "Authority",
        "Authority",
        is_authority=True,
        begin=datetime(2013, 1, 1, tzinfo=UTC),
        end=datetime(2023, 1, 1, tzinfo=UTC),
    )


# --- what does not ---------------------------------------------------------------------------------------


def test_a_signature_of_something_else_is_refused() -> None:
    jws = sign(statement(), signer())
    for change in (
        {"verb": {"id": "http://adlnet.gov/expapi/verbs/failed"}},
        {"actor": {"mbox": "mailto:minh@example.org"}},
        {"result": {"score": {"scaled": 1}}},
        {"id": "44cff416-e331-4c9d-969e-5373a1756120"},
        {"id": None},
        {"timestamp": "2026-10-01T09:00:01Z"},
        {"timestamp": None},
        {"attachments": [attached(b"x", usageType="https://example.org/x", fileUrl="https://example.org/x")]},
    ):
        assert rule(jws, statement(**change)) == "signature-payload", change


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"{}", b"[]", b'{"a": 1, "a": 1}', b"\xff", b"[" * 100_000, b'"' + b"x" * 1000 + b'"'],
)
def test_a_payload_that_is_no_statement_is_refused(payload: bytes) -> None:
    assert rule(sign(payload, signer()), statement()) in ("signature-payload", "signature-form")


@pytest.mark.parametrize(
    "jws",
    [
        b"",
        b"a",
        b"a.b",
        b"..",
        b"a.b.c",
        b"YWFh.YWFh.YWFh",
        b"bnVsbA.YWFh.YWFh",
        b"W10.YWFh.YWFh",
        sign(statement(), signer()) + b"\n",
        sign(statement(), signer()) + b"=",
        sign(statement(), signer()) + b".",
        sign(statement(), signer()).rpartition(b".")[0] + b".",
        sign(statement(), signer()).replace(b".", b".\xff", 1),
        sign(statement(), signer(), crit=["b64"], b64=False),
        json.dumps({"payload": "", "signatures": []}).encode(),
    ],
)
def test_what_has_not_the_compact_form_is_refused(jws: bytes) -> None:
    assert rule(jws, statement()) == "signature-form"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES256", "PS256", "rs256", "", None, 1, ["RS256"]])
def test_an_algorithm_other_than_the_three_is_refused(algorithm: Any) -> None:
    assert rule(_with_header({"alg": algorithm}), statement()) == "signature-algorithm"
    assert rule(_with_header({}), statement()) == "signature-algorithm"


def _with_header(header: dict[str, Any]) -> bytes:
    jws = sign(statement(), signer())
    return base64url(json.dumps(header).encode()).encode() + b"." + jws.split(b".", 1)[1]


def test_a_signature_that_another_key_made_is_refused() -> None:
    impostor = Signer("Impostor", signer().chain)
    assert rule(sign(statement(), impostor), statement()) == "signature-wrong"


def test_a_signature_whose_header_says_another_hash_than_it_was_made_with_is_refused() -> None:
    by = signer()
    head, payload, mark = sign(statement(), by, algorithm="RS256").split(b".")
    assert len(head) > 0
    other = base64url(json.dumps({"alg": "RS512", "x5c": by.x5c}).encode()).encode()
    assert rule(b".".join([other, payload, mark]), statement()) == "signature-wrong"


@pytest.mark.parametrize(
    "x5c",
    [None, "text", {}, [], [1], [None], [""], ["AAAA"], ["đ"], [signer().x5c[0]] * 11, ["-----BEGIN"]],
)
def test_certificates_that_cannot_be_read_are_refused(x5c: Any) -> None:
    head = {"alg": "RS256", "x5c": x5c}
    assert rule(_with_header(head), statement()) == "signature-certificate"


def test_a_chain_that_does_not_hold_together_is_refused() -> None:
    own, issuer = signer().chain
    stranger = authority("Stranger").chain[0]
    namesake = Signer("Authority", (certificate("Authority", "Stranger", is_authority=True),)).chain[0]
    no_authority = certificate("Authority", "Authority", is_authority=False)
    for chain in (
        (own, stranger),
        (own, own),
        (own, issuer, stranger),
        (own, no_authority),
        (own, namesake, issuer),
    ):
        broken = Signer("Signer", chain)
        assert rule(sign(statement(), broken), statement()) == "signature-certificate", chain


def test_a_certificate_with_a_key_of_another_kind_is_refused() -> None:
    elliptic = ec.generate_private_key(ec.SECP256R1()).public_key()
    odd = Signer("Signer", (certificate("Signer", "Authority", is_authority=False, public_key=elliptic),))
    assert rule(sign(statement(), odd), statement()) == "signature-certificate"


@pytest.mark.parametrize(
    ("begin", "end", "right"),
    [
        ((2020, 1, 1), (2026, 9, 30), False),
        ((2020, 1, 1), (2026, 10, 2), True),
        ((2026, 11, 21), (2030, 1, 1), True),
        ((2026, 11, 23), (2030, 1, 1), False),
        ((2026, 10, 5), (2026, 10, 6), True),
    ],
)
def test_certificates_were_valid_between_the_statement_s_timestamp_and_now(
    begin: tuple[int, int, int], end: tuple[int, int, int], right: bool
) -> None:
    by = signer(begin=datetime(*begin, tzinfo=UTC), end=datetime(*end, tzinfo=UTC))
    assert rule(sign(statement(), by), statement()) == (None if right else "signature-certificate")


def test_a_timestamp_in_the_future_does_not_help_an_expired_certificate() -> None:
    by = signer(end=datetime(2021, 1, 1, tzinfo=UTC))
    came = statement(timestamp="2027-01-01T00:00:00Z")
    assert rule(sign(came, by), came) == "signature-certificate"


# --- trusted authorities ---------------------------------------------------------------------------------


def test_a_signer_whom_a_trusted_authority_certified_is_taken() -> None:
    root = authority()
    middle = Signer("Middle", (certificate("Middle", "Authority", is_authority=True), *root.chain))
    for by in (signer(root), signer(middle), Signer("Signer", signer(middle).chain[:-1])):
        assert found(sign(statement(), by), statement(), trusted=root.chain) is None


def test_with_trusted_authorities_everybody_else_is_refused() -> None:
    root, stranger = authority(), authority("Stranger")
    expired = signer(root, end=datetime(2026, 11, 1, tzinfo=UTC))
    for by in (None, signer(stranger), expired, Signer("Signer", signer(root).chain[:0])):
        jws = sign(statement(), by)
        assert rule(jws, statement(), trusted=root.chain) == "signature-certificate"
    later = datetime(2041, 1, 1, tzinfo=UTC)
    assert rule(sign(statement(), signer(root)), statement(), trusted=root.chain, now=later) is not None


def test_a_signer_s_own_certificate_may_be_the_trusted_one_as_long_as_it_is_valid() -> None:
    for end, right in ((datetime(2030, 1, 1, tzinfo=UTC), True), (datetime(2026, 11, 1, tzinfo=UTC), False)):
        own = certificate("Signer", "Signer", is_authority=False, end=end)
        wrong = rule(sign(statement(), Signer("Signer", (own,))), statement(), trusted=(own,))
        assert wrong == (None if right else "signature-certificate")


# --- declared --------------------------------------------------------------------------------------------


def test_signatures_are_told_by_their_usage_type_and_declared_as_bytes() -> None:
    other = attached(b"x", usageType="https://example.org/x")
    value = statement(attachments=[other, attached(b"y"), attached(b"z", contentType="text/plain")])
    declared = list(signatures.signatures_of(value))
    assert [path for path, _ in declared] == ["attachments[1]", "attachments[2]"]
    wrong = [signatures.misdeclared(path, one) for path, one in declared]
    assert wrong[0] is None
    assert wrong[1] is not None
    assert (wrong[1][0].path, wrong[1][0].rule) == ("attachments[2].contentType", "signature-content-type")


# --- hostile ---------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=60) | st.text("abc.=-_", max_size=40).map(str.encode))
def test_any_bytes_are_refused_and_nothing_breaks(noise: bytes) -> None:
    assert rule(noise, statement()) is not None


@given(
    st.fixed_dictionaries(
        {},
        optional={"alg": st.just("RS256") | JSON, "x5c": st.lists(st.text(max_size=9)) | JSON, "crit": JSON},
    )
)
def test_any_header_is_refused_or_brings_no_key_and_nothing_breaks(header: dict[str, Any]) -> None:
    wrong = rule(_with_header(header), statement())
    assert (wrong is None) == (header == {"alg": "RS256"})


@pytest.mark.filterwarnings("ignore:Parsed a", "ignore:Attribute's length")
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_certificate_changed_in_any_byte_is_not_the_one_that_was_issued(at: int, flip: int) -> None:
    by = signer()
    der = bytearray(base64.b64decode(by.x5c[0]))
    der[at % len(der)] ^= flip
    x5c = [base64.b64encode(der).decode(), by.x5c[1]]
    assert rule(sign(statement(), by, x5c=x5c), statement()) in ("signature-certificate", "signature-wrong")


def test_the_test_s_own_keys_are_of_the_size_that_is_asked_for() -> None:
    assert signers.key("Signer").key_size >= 2048
