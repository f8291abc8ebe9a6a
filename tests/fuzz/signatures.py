"""Signatures of statements: right ones, and ones whose certificates or parts are wrong at a random place."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

from tests.fuzz.breaking import broken, encoded
from tests.fuzz.chance import Chance
from tests.fuzz.oddities import json_value
from tests.xapi import signers
from tests.xapi.signers import Signer

ALGORITHMS = (*("RS256",) * 12, "RS384", "RS512", "none", "HS256", "ES256", "")


@cache
def signer() -> Signer:
    return signers.signer()


def signature(chance: Chance, statement: Any) -> bytes:
    """A compact JSON web signature of the statement, or of something else, by a signer with certificates."""
    payload = encoded(statement) if not chance.one_in(6) else broken(chance, encoded(json_value(chance)))
    more = {chance.pick(("crit", "typ", "kid")): json_value(chance)} if chance.one_in(16) else {}
    made = signers.sign(payload, signer(), x5c=_chain(chance), algorithm=chance.pick(ALGORITHMS), **more)
    return broken(chance, made)


def _chain(chance: Chance) -> Any:
    chain: list[Any] = list(signer().x5c)
    how = chance.below(8)
    if how == 1:
        chain.reverse()
    elif how == 2:
        chain *= chance.pick((2, 20))
    elif how == 3:
        chain[chance.below(2)] = json_value(chance)
    elif how > 3:
        at = chance.below(2)
        chain[at] = base64.b64encode(_changed(chance, base64.b64decode(chain[at]))).decode()
    return chain


def _changed(chance: Chance, certificate: bytes) -> bytes:
    """A certificate with a few bytes that are not what they were: lengths, tags, dates, names, keys."""
    made = bytearray(certificate)
    for _ in range(chance.pick((1, 1, 2, 8))):
        made[chance.below(len(made))] = chance.below(256)
    return bytes(made[: chance.below(len(made))]) if chance.one_in(12) else bytes(made)
