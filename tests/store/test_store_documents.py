"""Rows of documents: added once, held by one transaction, found by their context."""

from __future__ import annotations

import threading
from dataclasses import replace

from flask import Flask

from lms_tracker.store import database, documents
from lms_tracker.store.documents import Address, Document
from xapi.documents import Context, Kind
from xapi.keys import document_key

LAN, MINH, COURSE = b"l" * 16, b"m" * 16, b"c" * 16
STATE = Context(Kind.STATE, LAN, COURSE, b"")
REGISTERED = replace(STATE, registration=b"r" * 16)
PROFILE = Context(Kind.AGENT_PROFILE, LAN, b"", b"")
ONE = Document(b"1" * 32, b"1" * 20, "application/json", 1, 1_000)
OTHER = Document(b"2" * 32, b"2" * 20, "text/plain; charset=utf-8", 0, 2**62)


def added(*addresses: Address, document: Document = ONE) -> None:
    with database.writing() as connection:
        for address in addresses:
            assert documents.add(connection, address, document)


def found(address: Address) -> Document | None:
    with database.asking() as connection:
        return documents.find(connection, address)


def test_a_document_is_found_as_it_was_added_and_replaced(app: Flask) -> None:
    address = Address(1, STATE, "bài 1\x01 " + "x" * 3_000)
    with app.app_context():
        assert found(address) is None
        added(address)
        assert found(address) == ONE
        with database.writing() as connection:
            assert documents.lock(connection, address) == ONE
            documents.replace(connection, address, OTHER)
        assert found(address) == OTHER
        with database.writing() as connection:
            documents.remove(connection, address)
        assert found(address) is None


def test_a_document_is_added_where_there_is_none(app: Flask) -> None:
    address = Address(1, STATE, "a")
    with app.app_context():
        added(address)
        with database.writing() as connection:
            assert not documents.add(connection, address, OTHER)
        assert found(address) == ONE


def test_every_part_of_an_address_tells_documents_apart(app: Flask) -> None:
    apart = [
        Address(1, STATE, "a"),
        Address(2, STATE, "a"),
        Address(1, STATE, "A"),
        Address(1, REGISTERED, "a"),
        Address(1, replace(STATE, actor_key=MINH), "a"),
        Address(1, replace(STATE, activity_key=MINH), "a"),
        Address(1, PROFILE, "a"),
        Address(1, Context(Kind.ACTIVITY_PROFILE, b"", LAN, b""), "a"),
    ]
    with app.app_context():
        added(*apart)
        for number, address in enumerate(apart):
            with database.writing() as connection:
                documents.remove(connection, address)
            assert [found(other) for other in apart] == [None] * (number + 1) + [ONE] * (7 - number)


def test_a_context_without_registration_has_the_documents_of_all(app: Flask) -> None:
    with app.app_context():
        added(Address(1, STATE, "b"), Address(1, PROFILE, "p"), Address(2, STATE, "theirs"))
        added(Address(1, REGISTERED, "a"), Address(1, REGISTERED, "b"), document=OTHER)
        with database.asking() as connection:
            assert documents.names(connection, 1, STATE, None) == [
                *sorted([("a", 2**62), ("b", 2**62)], key=lambda one: document_key(one[0]))
            ]
            assert documents.names(connection, 1, STATE, 2**62) == []
            assert len(documents.names(connection, 1, REGISTERED, None)) == 2
        with database.writing() as connection:
            held = documents.lock_all(connection, 1, STATE)
            assert len(held) == 3
            assert len(documents.lock_all(connection, 1, REGISTERED)) == 2
            documents.remove_held(connection, 1, STATE, held)
        assert found(Address(1, STATE, "b")) is None
        assert found(Address(1, PROFILE, "p")) == ONE
        assert found(Address(2, STATE, "theirs")) == ONE


def test_who_locks_a_document_that_is_being_replaced_sees_what_it_became(app: Flask) -> None:
    address, seen = Address(1, STATE, "a"), []

    def lock() -> None:
        with app.app_context(), database.writing() as connection:
            seen.append(documents.lock(connection, address))

    with app.app_context():
        added(address)
        with database.writing() as connection:
            documents.lock(connection, address)
            waiting = threading.Thread(target=lock)
            waiting.start()
            waiting.join(0.2)
            assert seen == []
            documents.replace(connection, address, OTHER)
        waiting.join(30)
    assert seen == [OTHER]


def test_who_adds_a_document_that_is_being_added_learns_that_it_is_there(app: Flask) -> None:
    address, outcomes = Address(1, STATE, "a"), []

    def add() -> None:
        with app.app_context(), database.writing() as connection:
            outcomes.append((documents.add(connection, address, OTHER), documents.lock(connection, address)))

    with app.app_context():
        with database.writing() as connection:
            documents.add(connection, address, ONE)
            waiting = threading.Thread(target=add)
            waiting.start()
            waiting.join(0.2)
            assert outcomes == []
        waiting.join(30)
    assert outcomes == [(False, ONE)]
