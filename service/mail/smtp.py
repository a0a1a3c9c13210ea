"""One letter to one SMTP server. Says whether the server took it, refused the address, or is not to be had now.

Which answer means what (RFC 5321, RFC 3463): an address is refused for good only by what is said of it alone, that it
is none, or that nobody has it (`_GONE`; 550, 551 or 553 of a server that has no enhanced codes). All else passes, or is
for an operator to mend, and says nothing about an address: 4yz, silence, a broken connection, a sender that is not
liked (5.1.7, 5.1.8), a full mailbox, routing (5.4.z), commands out of order (503, 530, 5.5.z), policy (5.7.z). What the
server says to the text of a letter (after DATA, 5yz) is about the letter.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Final

PORTS: Final[Mapping[str, int]] = {"starttls": 587, "implicit": 465, "none": 25}
_ENHANCED: Final = re.compile(rb"\s*#?([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
"""Where the text begins (RFC 2034), so that no number of a network further on is taken for one."""
_GONE: Final = frozenset(
    {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.0", "5.2.1", "550", "551", "553"},
)


class MailUnavailable(Exception):
    """The mail server does not take mail from us now."""


class ServerAway(MailUnavailable):
    """It does not answer, or not to us."""


class AddressRefused(Exception):
    """The server refuses this address for good. `code` is its enhanced status code, or its plain one."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LetterRefused(Exception):
    """The server refuses this letter for good."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes out. `tls`: starttls, implicit or none."""

    host: str
    port: int
    tls: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    seconds: float = 30.0
    trusted: str | None = None  # a file of certificates to trust beside the system's


def send(server: MailServer, letter: EmailMessage, *, sender: str, to: str, name: str) -> None:
    """Give the server this letter for one address. `name` is what we call ourselves.

    Raises MailUnavailable, AddressRefused, LetterRefused.
    """
    with connected(server, name=name) as client:
        try:
            client.send_message(letter, from_addr=sender, to_addrs=[to])
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            raise _about_address(code, said) from None  # what a server says may repeat the address
        except smtplib.SMTPDataError as refused:
            if refused.smtp_code >= 500:
                raise LetterRefused(_status(refused.smtp_code, refused.smtp_error)) from None
            raise MailUnavailable(_status(refused.smtp_code, refused.smtp_error)) from None
        except smtplib.SMTPNotSupportedError:  # a local part with other letters than ASCII's, and a server without such
            if to.isascii():  # it is our own
                raise MailUnavailable("smtputf8") from None
            raise AddressRefused("smtputf8") from None


@contextmanager
def connected(server: MailServer, *, name: str) -> Iterator[smtplib.SMTP]:
    """A connection, encrypted and signed in as the settings say. Raises ServerAway for whatever goes wrong."""
    try:
        client = _connect(server, name)
    except (OSError, smtplib.SMTPException) as trouble:
        raise ServerAway(_words(trouble)) from None
    try:
        yield client
    except (smtplib.SMTPException, OSError) as trouble:
        raise ServerAway(_words(trouble)) from None
    finally:
        with suppress(smtplib.SMTPException, OSError):  # the server has answered; how it says goodbye changes nothing
            client.quit()
        client.close()


def _connect(server: MailServer, name: str) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=server.trusted)
    if server.tls == "implicit":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=name, timeout=server.seconds, context=context
        )
    else:
        client = smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=server.seconds)
    try:
        if server.tls == "starttls":
            client.starttls(context=context)
        if server.user:
            client.login(server.user, server.password)
        client.ehlo_or_helo_if_needed()
    except BaseException:
        client.close()
        raise
    return client


def _about_address(code: int, said: bytes | str) -> Exception:
    status = _status(code, said)
    return AddressRefused(status) if code >= 500 and status in _GONE else MailUnavailable(status)


def _status(code: int, said: bytes | str) -> str:
    found = _ENHANCED.match(said if isinstance(said, bytes) else said.encode())
    return found[1].decode() if found else str(code)


def _words(trouble: Exception) -> str:
    """What went wrong, without what the server said: that may hold an address, or more."""
    code = getattr(trouble, "smtp_code", None)
    return f"{type(trouble).__name__} {code}" if code else type(trouble).__name__
