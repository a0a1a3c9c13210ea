"""The connection: encrypted or not at all, signed in where asked, and honest about what went wrong."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.mail.smtp import MailServer, MailUnavailable, ServerAway, connected, send
from tests.free_port import free_port
from tests.stubs.smtp_server import MailServerHere


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 127.0.0.1, signed by itself, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "mail.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + made.public_bytes(pem))
    return file


@contextmanager
def listening(certificate: Path, *, implicit: bool = False) -> Iterator[tuple[int, MailServerHere]]:
    """A server that wants TLS, and a user with a password."""
    context, kept = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), MailServerHere()
    context.load_cert_chain(certificate)

    def knows(_server: object, _session: object, _envelope: object, _how: str, given: object) -> AuthResult:
        known = isinstance(given, LoginPassword) and (given.login, given.password) == (b"peerloom", b"open sesame")
        return AuthResult(success=known, handled=known)

    port = free_port()
    how = {"ssl_context": context} if implicit else {"tls_context": context, "require_starttls": True}
    controller = Controller(
        kept, hostname="127.0.0.1", port=port, authenticator=knows, auth_required=True, auth_require_tls=False, **how
    )
    controller.start()
    try:
        yield port, kept
    finally:
        controller.stop()


def letter() -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = "A test"
    made["From"], made["To"] = "feedback@example.org", "amara@example.org"
    made.set_content("Hello")
    return made


def give(server: MailServer) -> None:
    send(server, letter(), sender="feedback@example.org", to="amara@example.org", name="example.org")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")  # the server's, of itself
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_letter_goes_over_tls_to_a_server_that_is_trusted(certificate: Path, tls: str) -> None:
    with listening(certificate, implicit=tls == "implicit") as (port, kept):
        server = MailServer("127.0.0.1", port, tls, "peerloom", "open sesame", trusted=str(certificate))
        give(server)
        assert [one["Subject"] for one in kept.letters] == ["A test"]
        with pytest.raises(ServerAway):  # nobody has signed this certificate whom we know
            give(replace(server, trusted=None))
        with pytest.raises(ServerAway, match="535"):
            give(replace(server, password="wrong"))
        assert len(kept.letters) == 1


def test_a_server_without_tls_is_given_nothing_where_tls_is_wanted() -> None:
    with MailServerHere() as here:
        with pytest.raises(ServerAway, match="SMTPNotSupportedError"):
            give(MailServer("127.0.0.1", here.port, "starttls"))
        assert here.letters == []


def test_what_the_server_says_of_an_address_is_not_repeated() -> None:
    with MailServerHere() as here:
        here.refuse["amara@example.org"] = "450 4.2.1 amara@example.org is busy"
        with pytest.raises(MailUnavailable) as caught:
            give(MailServer("127.0.0.1", here.port, "none"))
    assert str(caught.value) == "4.2.1"
    assert caught.value.__cause__ is None


def test_nobody_listens() -> None:
    with pytest.raises(ServerAway), connected(MailServer("127.0.0.1", free_port(), "none"), name="example.org"):
        raise AssertionError
