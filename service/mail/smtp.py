"""One letter to one SMTP server. Says whether the server took it, refused the address, or is not to be had now.

Which answer means what (RFC 5321, RFC 3463): 4yz, silence, a broken connection and a server that refuses *us* (5.7.z:
policy, authentication) pass, or are for an operator to mend; nothing of that says anything about an address. A
recipient refused with any other 5yz is refused for good, but for a mailbox that is full (5.2.2). What the server says
to the text of a letter (after DATA, 5yz) is about the letter.
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
_ENHANCED: Final = re.compile(rb"\b([245]\.\d{1,3}\.\d{1,3})\b")
_FULL: Final = "5.2.2"
_OURS: Final = "5.7."


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
        except (
            smtplib.SMTPNotSupportedError
        ):  # an address with other letters than ASCII's, and a server that has no such
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
    passes = code < 500 or status == _FULL or status.startswith(_OURS)
    return MailUnavailable(status) if passes else AddressRefused(status)


def _status(code: int, said: bytes | str) -> str:
    found = _ENHANCED.search(said if isinstance(said, bytes) else said.encode())
    return found[1].decode() if found else str(code)


def _words(trouble: Exception) -> str:
    """What went wrong, without what the server said: that may hold an address, or more."""
    code = getattr(trouble, "smtp_code", None)
    return f"{type(trouble).__name__} {code}" if code else type(trouble).__name__
