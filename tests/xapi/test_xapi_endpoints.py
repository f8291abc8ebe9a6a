"""Addresses of other record stores: what is one, and where its `more` may lead."""

from __future__ import annotations

import pytest

from xapi.endpoints import Endpoint


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("https://lrs.example.org/xapi/", "https://lrs.example.org/xapi/"),
        ("https://lrs.example.org/xapi", "https://lrs.example.org/xapi/"),
        ("https://lrs.example.org", "https://lrs.example.org/"),
        ("HTTPS://LRS.example.org:443/a%20b", "https://lrs.example.org/a%20b/"),
        ("http://127.0.0.1:8000/xapi/", "http://127.0.0.1:8000/xapi/"),
        ("http://[::1]:80/", "http://[::1]/"),
        ("https://học.example.vn/đường/", "https://xn--hc-68s.example.vn/%C4%91%C6%B0%E1%BB%9Dng/"),
    ],
)
def test_an_endpoint_is_read_in_one_form(text: str, read: str) -> None:
    assert str(Endpoint.read(text)) == read
    assert Endpoint.read(read) == Endpoint.read(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "lrs.example.org", "//lrs.example.org/", "ftp://lrs.example.org/", "file:///etc/passwd", "https://",
        "https://lrs.example.org:0/", "https://lrs.example.org:many/", "https://lrs.example.org:99999/",
        "https://lrs example.org/", "https://lrs.example.org/\r\nX: y", "https://lrs.example.org/\n",
        "https://\\lrs.example.org/", "https://user:secret@lrs.example.org/", "https://lrs.example.org/?a=b",
        "https://lrs.example.org/#a", "https://[::1", f"https://{'a' * 64}.org/", "https://a..b/",
    ],
)  # fmt: skip
def test_what_is_no_endpoint_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"^expected an address"):
        Endpoint.read(text)


@pytest.mark.parametrize(
    ("text", "is_loopback"),
    [
        ("http://localhost/", True),
        ("http://127.8.0.1/", True),
        ("http://[::1]/", True),
        ("http://lrs.localhost/", True),
        ("http://localhost.example.org/", False),
        ("http://10.0.0.1/", False),
        ("http://0.0.0.0/", False),
    ],
)
def test_only_addresses_of_this_machine_are_loopback(text: str, is_loopback: bool) -> None:
    assert Endpoint.read(text).is_loopback is is_loopback


@pytest.mark.parametrize(
    ("more", "target"),
    [
        ("/xapi/statements?more=1", "/xapi/statements?more=1"),
        ("statements?cursor=a%20b", "/xapi/statements?cursor=a%20b"),
        ("https://lrs.example.org/other?x=đ", "/other?x=%C4%91"),
        ("https://LRS.example.org:443/other", "/other"),
        ("https://lrs.example.org:444/other", None),
        ("http://lrs.example.org/other", None),
        ("https://elsewhere.example.org/xapi/", None),
        ("//elsewhere.example.org/xapi/", None),
        ("/\\elsewhere.example.org/", None),
        ("/xapi/statements?a=1\r\nHost: b", None),
        ("javascript:alert(1)", None),
        ("https://[", None),
    ],
)
def test_more_is_followed_on_the_same_server_alone(more: str, target: str | None) -> None:
    assert Endpoint.read("https://lrs.example.org/xapi/").target(more) == target
