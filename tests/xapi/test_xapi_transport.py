"""The door to the network: what goes over it, and that nothing that comes can hold or break us."""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests import record_stores
from tests.ports import free_port
from tests.record_stores import Said, Scripted
from xapi.client import Unreachable
from xapi.endpoints import Endpoint
from xapi.transport import HttpTransport, is_loopback


@pytest.fixture
def store() -> Iterator[Scripted]:
    with record_stores.scripted() as scripted:
        yield scripted


@contextlib.contextmanager
def transport(store: Scripted, **options: float) -> Iterator[HttpTransport]:
    made = HttpTransport(Endpoint.read(store.endpoint), **options)  # type: ignore[arg-type]
    with contextlib.closing(made):
        yield made


def test_one_connection_serves_request_after_request(store: Scripted) -> None:
    store.answer(Said(404, b"no", {"X-One": "a"}), Said(200, b"yes"))
    with transport(store) as sending:
        first = sending.exchange("GET", "/xapi/about?a=b", {"X-Two": "c"}, None)
        second = sending.exchange("POST", "/xapi/statements", {}, b"[]")
    assert (first.status, first.body, first.headers["x-one"]) == (404, b"no", "a")
    assert (second.status, second.body) == (200, b"yes")
    assert store.connections == 1
    asked = store.asked[0]
    assert (asked.path, asked.headers["x-two"]) == ("/xapi/about?a=b", "c")
    assert store.asked[1].body == b"[]"


def test_a_body_in_pieces_arrives_whole(store: Scripted) -> None:
    store.answer(Said())
    with transport(store) as sending:
        sending.exchange("POST", "/", {"Content-Length": "6"}, iter((b"abc", b"", b"def")))
    assert store.asked[0].body == b"abcdef"


@pytest.mark.parametrize(("size", "arrives"), [(100_000, True), (10, False)])
def test_what_is_sent_has_the_time_that_its_size_needs(store: Scripted, size: int, arrives: bool) -> None:
    def slowly() -> Iterator[bytes]:
        for _ in range(4):
            time.sleep(0.1)
            yield b"a" * (size // 4)

    store.answer(Said())
    with transport(store, seconds=0.2) as sending:
        headers = {"Content-Length": str(size // 4 * 4)}
        if arrives:
            assert sending.exchange("POST", "/", headers, slowly()).status == 200
            return
        with pytest.raises(Unreachable, match="no answer in time"):
            sending.exchange("POST", "/", headers, slowly())


def test_an_idle_connection_that_was_closed_is_opened_anew(store: Scripted) -> None:
    store.answer(Said(), Said(hangs_up=True), Said(200, b"again"))
    with transport(store) as sending:
        sending.exchange("GET", "/", {}, None)
        assert sending.exchange("POST", "/", {}, b"x").body == b"again"
    assert [asked.body for asked in store.asked] == [b"", b"x", b"x"]


def test_a_server_that_hangs_up_twice_is_not_asked_a_third_time(store: Scripted) -> None:
    store.answer(Said(), Said(hangs_up=True))
    with transport(store) as sending:
        sending.exchange("GET", "/", {}, None)
        with pytest.raises(Unreachable, match="closed without an answer"):
            sending.exchange("GET", "/", {}, None)
    assert len(store.asked) == 3


def test_redirects_are_answers_like_any_other(store: Scripted) -> None:
    store.answer(Said(302, b"", {"Location": "http://127.0.0.1:1/"}))
    with transport(store) as sending:
        assert sending.exchange("GET", "/", {}, None).status == 302
    assert len(store.asked) == 1


def test_an_answer_that_is_too_large_is_not_read_to_its_end(store: Scripted) -> None:
    store.answer(Said(200, b"a" * 5000))
    with transport(store, largest_answer=1000) as sending:
        with pytest.raises(Unreachable, match="larger than 1000 bytes"):
            sending.exchange("GET", "/", {}, None)
        store.answer(Said(200, b"a" * 1000))
        assert len(sending.exchange("GET", "/", {}, None).body) == 1000


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "ended early"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab", "not HTTP|no connection"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 9999 OK\r\n\r\n", "not HTTP"),
        (b"", "without an answer"),
    ],
)
def test_what_is_no_whole_answer_is_unreachability(store: Scripted, raw: bytes, says: str) -> None:
    store.answer(Said(hangs_up=True, raw=raw))
    with transport(store) as sending, pytest.raises(Unreachable, match=says):
        sending.exchange("GET", "/", {}, None)


def test_nobody_at_the_port_is_unreachability_in_a_sentence() -> None:
    endpoint = Endpoint.read(f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(Unreachable, match=r"^no connection: Connection refused$"):
        HttpTransport(endpoint).exchange("GET", "/", {}, None)


@contextlib.contextmanager
def dripping(beginning: bytes, drop: bytes) -> Iterator[Endpoint]:
    """A server that sends its answer a drop at a time and never ends."""
    ended = threading.Event()

    def serve(listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(beginning)
                while not ended.wait(0.02):
                    connection.sendall(drop)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield Endpoint.read(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        ended.set()
        thread.join(5)


@pytest.mark.parametrize(
    ("beginning", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"a"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"a"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_an_answer_that_comes_drop_by_drop_ends_with_the_time_allowed(beginning: bytes, drop: bytes) -> None:
    with (
        dripping(beginning, drop) as endpoint,
        contextlib.closing(HttpTransport(endpoint, seconds=0.3)) as sending,
        pytest.raises(Unreachable, match="no answer in time"),
    ):
        sending.exchange("GET", "/", {}, None)


def test_answers_that_only_ask_to_go_on_come_to_an_end_however_fast_they_come() -> None:
    on = b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000
    with (
        dripping(on, on) as endpoint,
        contextlib.closing(HttpTransport(endpoint, seconds=60)) as sending,
        pytest.raises(Unreachable, match="the answer's head is larger than 262144 bytes"),
    ):
        sending.exchange("GET", "/", {}, None)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of 127.0.0.1, in one file, signed by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    address = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextlib.contextmanager
def over_tls(certificate: Path, host: str) -> Iterator[Endpoint]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve(listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection, _ = listening.accept()
            with connection, context.wrap_socket(connection, server_side=True) as secured:
                secured.recv(1000)
                secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield Endpoint.read(f"https://{host}:{listening.getsockname()[1]}/")
        thread.join(5)


@pytest.mark.parametrize(
    ("host", "is_trusted", "says"),
    [
        ("localhost", True, None),
        ("localhost", False, "certificate is not trusted"),
        ("127.0.0.1", True, "certificate is not trusted"),
    ],
)
def test_a_certificate_must_be_trusted_and_the_hosts_own(
    certificate: Path, host: str, is_trusted: bool, says: str | None
) -> None:
    trusted = ssl.create_default_context(cafile=str(certificate)) if is_trusted else None
    with (
        over_tls(certificate, host) as endpoint,
        contextlib.closing(HttpTransport(endpoint, trusted=trusted)) as sending,
    ):
        if says is None:
            assert sending.exchange("GET", "/", {}, None).body == b"ok"
            return
        with pytest.raises(Unreachable, match=says):
            sending.exchange("GET", "/", {}, None)


@pytest.mark.parametrize(
    ("host", "addresses", "wanted"),
    [
        ("localhost", [], True),
        ("127.3.2.1", [], True),
        ("[::1]", [], True),
        ("may-chu.example.vn", ["127.0.1.1"], True),
        ("may-chu.example.vn", ["10.0.0.7", "::1"], True),
        ("127.1", ["127.0.0.1"], True),
        ("0.0.0.0", ["0.0.0.0"], True),
        ("[::]", ["::"], True),
        ("[::ffff:127.0.0.1]", ["::ffff:127.0.0.1"], True),
        ("[fe80::1]", ["fe80::1%eth0"], False),
        ("may-chu.example.vn", ["10.0.0.7", "2001:db8::1"], False),
        ("khong-co.example.vn", None, False),
    ],
)
def test_this_machine_is_known_by_every_name_it_has(
    monkeypatch: pytest.MonkeyPatch, host: str, addresses: list[str] | None, wanted: bool
) -> None:
    def resolved(_host: str, port: int, **_: int) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        if addresses is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    assert is_loopback(Endpoint.read(f"http://{host}:8000/xapi/")) is wanted
