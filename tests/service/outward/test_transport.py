"""One POST, to receivers that behave and to those that do not. Over real sockets."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.outward.transport import EXCERPT, Patience, Transport
from tests.stubs import receiver as stub
from tests.stubs.receiver import Behaviour, Receiver, answering, receiving

LOOPBACK = (ip_network("127.0.0.0/8"),)
SHORT = Patience(connect=1, read=0.3, total=0.6)
IN_TIME = 8
"""Seconds: on a busy machine, too, and long before a receiver that hangs or drips would be done."""
HEADERS = {"webhook-id": "one"}


@pytest.fixture
def transport() -> Transport:
    return Transport(LOOPBACK, Patience(10, 10, 20))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as there:
        yield there


def test_a_receiver_gets_the_body_and_its_answer_is_kept(transport: Transport, receiver: Receiver) -> None:
    receiver.behave = [answering(202, b"thank \x00\x1b[31myou", "Retry-After: 5")]
    answered = transport.post(receiver.url, b'{"a":1}', HEADERS)
    assert (answered.status, answered.retry_after, answered.trouble) == (202, "5", "")
    assert answered.excerpt == "thank   [31myou"
    (got,) = receiver.received
    assert got.line == "POST /hooks?from=peerloom HTTP/1.1"
    assert got.body == b'{"a":1}'
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["content-type"] == "application/json"
    assert got.headers["webhook-id"] == "one"


@pytest.mark.parametrize(
    ("behave", "trouble"),
    [
        (stub.hanging, "no answer in time"),
        (stub.dripping, "no answer in time"),
        (stub.closing, "ended half-way"),
        (stub.half_way, "ended half-way"),
        (lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "not HTTP"),
        (lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 9_000), "not HTTP"),
        (lambda connection: connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 9_000), "much else"),
    ],
    ids=["hangs", "drips", "closes", "dies half-way", "is no web server", "never ends its headers", "goes on for ever"],
)
def test_a_receiver_that_gives_no_answer_is_left_in_time(
    transport: Transport, receiver: Receiver, behave: Behaviour, trouble: str
) -> None:
    receiver.behave = [behave]
    begun = time.monotonic()
    answered = replace(transport, patience=SHORT).post(receiver.url, b"{}", HEADERS)
    assert answered.status is None
    assert trouble in answered.trouble
    assert time.monotonic() - begun < IN_TIME
    assert answered.took < timedelta(seconds=IN_TIME)


def test_of_fifty_megabytes_only_the_beginning_is_read(transport: Transport, receiver: Receiver) -> None:
    Receiver.sent_megabytes = 0
    receiver.behave = [stub.flooding]
    answered = transport.post(receiver.url, b"{}", HEADERS)
    assert (answered.status, answered.excerpt) == (200, "a" * EXCERPT)
    assert Receiver.sent_megabytes < 10, "what two sockets hold, and no more"


def test_an_answer_counts_although_its_body_never_comes(transport: Transport, receiver: Receiver) -> None:
    def silent(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        stub.hanging(connection)

    receiver.behave = [silent]
    assert transport.post(receiver.url, b"{}", HEADERS).status == 200


def test_a_redirect_is_an_answer_and_is_not_followed(transport: Transport, receiver: Receiver) -> None:
    with receiving() as elsewhere:
        receiver.behave = [answering(302, b"", f"Location: {elsewhere.url}")]
        assert transport.post(receiver.url, b"{}", HEADERS).status == 302
        receiver.behave = [answering(307, b"", "Location: http://169.254.169.254/latest/meta-data/")]
        assert transport.post(receiver.url, b"{}", HEADERS).status == 307
        assert elsewhere.received == []


def test_where_nobody_listens_there_is_no_connection(transport: Transport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "no connection" in transport.post(f"http://127.0.0.1:{port}/", b"", {}).trouble


@pytest.mark.parametrize("words", ["a\nb", "é", "\ud800"])
def test_what_cannot_be_sent_is_no_answer(transport: Transport, words: str) -> None:
    answered = transport.read("https://127.0.0.1/", {"Authorization": f"Bearer {words}"})
    assert answered.status is None
    assert answered.trouble == "it cannot be asked for with such words"


def test_a_proxy_of_the_environment_is_not_asked(
    transport: Transport, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert transport.post(receiver.url, b"{}", HEADERS).status == 204
        assert proxy.received == []


def _names(*numbers: str) -> Callable[[str, int], list[str]]:
    return lambda host, port: list(numbers)


@pytest.mark.parametrize(
    "numbers",
    [
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["10.0.0.1"],
        ["fe80::1%1"],
    ],
)
def test_a_name_that_leads_inside_is_not_connected_to(transport: Transport, numbers: list[str]) -> None:
    outside = replace(transport, networks=(), resolve=_names(*numbers))
    assert outside.post("https://platform.example.org/", b"", {}).trouble.startswith("refused")


def test_one_number_inside_is_in_the_way_of_a_public_one_beside_it(transport: Transport) -> None:
    both = replace(transport, networks=(), resolve=_names("93.184.216.34", "127.0.0.1"))
    assert both.post("https://platform.example.org/", b"", {}).trouble.startswith("refused")


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost"])
def test_other_ways_to_write_loopback_lead_nowhere_by_the_machines_own_lookup(transport: Transport, host: str) -> None:
    outside = replace(transport, networks=())
    said = outside.post(f"https://{host}/", b"", {}).trouble
    assert said.startswith("refused") or "name is not known" in said


def test_what_is_connected_to_is_the_number_that_was_judged(transport: Transport, receiver: Receiver) -> None:
    """A name server that says something else at each question (rebinding) is asked once."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.9.9.9"]

    there = replace(transport, resolve=rebinding)
    url = f"http://platform.example.org:{receiver.port}/"
    assert there.post(url, b"{}", HEADERS).status == 204
    assert asked == ["platform.example.org"]
    assert receiver.received[0].headers["host"] == f"platform.example.org:{receiver.port}"


def test_a_second_number_is_tried_where_the_first_does_not_answer(transport: Transport, receiver: Receiver) -> None:
    there = replace(transport, resolve=_names("::1", "127.0.0.1"), networks=(*LOOPBACK, ip_network("::1/128")))
    assert there.post(f"http://platform.example.org:{receiver.port}/", b"{}", HEADERS).status == 204


def test_a_name_server_that_is_silent_is_not_waited_for(transport: Transport) -> None:
    free = threading.Event()
    there = replace(transport, patience=Patience(0.2, 0.2, 0.4), resolve=lambda host, port: [str(free.wait(5))])
    begun = time.monotonic()
    assert "looked up in time" in there.post("http://platform.example.org/", b"", {}).trouble
    assert time.monotonic() - begun < 4
    free.set()


def _certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem),
    )
    return file


def test_over_tls_the_name_is_shown_and_the_certificate_must_be_of_it(transport: Transport, tmp_path: Path) -> None:
    file = _certificate(tmp_path, "platform.example.org")
    shown: list[str | None] = []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    server.sni_callback = lambda _, name, __: shown.append(name)
    client = ssl.create_default_context(cafile=str(file))
    with receiving(server) as there:
        trusting = replace(transport, resolve=_names("127.0.0.1"), tls=client)
        url = f"https://platform.example.org:{there.port}/"
        assert trusting.post(url, b"{}", HEADERS).status == 204
        other = trusting.post(url.replace("platform", "elsewhere"), b"{}", HEADERS)
        unknown = replace(trusting, tls=None).post(url, b"{}", HEADERS)
    assert shown == ["platform.example.org", "elsewhere.example.org", "platform.example.org"]
    assert "certificate does not hold" in other.trouble
    assert "certificate does not hold" in unknown.trouble
    assert len(there.received) == 1


def test_a_handshake_that_drips_is_cut(transport: Transport) -> None:
    """It begins like one (a record of TLS 1.2, of 16,384 bytes), and goes on by a byte now and then."""

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.sendall(b"\x16\x03\x03\x40\x00")
            while not done.wait(0.05):
                connection.sendall(b"\x02")

    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        dripping = threading.Thread(target=drip, args=(server,), daemon=True)
        dripping.start()
        quick = replace(transport, patience=Patience(connect=0.4, read=0.3, total=0.6))
        begun = time.monotonic()
        answered = quick.post(f"https://127.0.0.1:{server.getsockname()[1]}/", b"{}", HEADERS)
        took = time.monotonic() - begun
        done.set()
        dripping.join(5)
    assert "no connection in time" in answered.trouble
    assert took < SHORT.total + 0.5
