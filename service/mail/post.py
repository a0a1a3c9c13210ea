"""Letters: how one is written, and that it is sent. It is small, has no pictures, and tells nobody that it was read.

Links lead to pages, and whoever opens them signs in as always: a link that signed its reader in would make everybody
who reads the mailbox, or is sent the letter on, somebody else. The one that does something by itself ends all mail.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from typing import Final

from markupsafe import Markup

from service.domain.notifications.addresses import ascii_host
from service.mail import smtp
from service.mail.smtp import AddressRefused, LetterRefused, MailServer, MailUnavailable, ServerAway

REST_SECONDS: Final = 30.0
LONGEST_REST_SECONDS: Final = 300.0


class _Unfolded(UnstructuredHeader, BaseHeader):
    """A header that stands on one line: one without a blank to fold at is otherwise encoded, and programs that end mail
    at one click look for the link as it is."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _headers() -> HeaderRegistry:
    made = HeaderRegistry()
    made.map_to_type("List-Unsubscribe", _Unfolded)
    return made


_POLICY: Final = SMTP.clone(header_factory=_headers())
"""Lines of at most 78 characters but for `_Unfolded`: with longer ones, encoded words would outgrow RFC 2047's 75."""
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class LetterItem:
    """One thing that is told: a sentence, where it leads, and people's own words, where a letter may hold them."""

    text: str
    url: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in words. `id` is of the mailing, and stays the same if it is sent again."""

    id: str
    to: str
    name: str
    language: str
    subject: str
    greeting: str
    items: Sequence[LetterItem]
    why: str
    settings: str  # what the link to one's choices is called
    end: str  # what the link that ends all mail is called
    end_url: str
    direction: str = "ltr"


class MailRest:
    """A server that was not to be had is left alone for a while, each time for twice as long, and is then asked by one
    thread alone: a thread that waits for it does nothing else. Safe to use from several threads."""

    def __init__(self) -> None:
        self._until = 0.0
        self._failures = 0
        self._probed = False
        self._lock = threading.Lock()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """While the server is asked. Raises ServerAway at once where it is to be left alone."""
        probes = self._begin()
        try:
            yield
        except ServerAway:
            self._rest()
            raise
        except (MailUnavailable, AddressRefused, LetterRefused):
            self._failures = 0  # it has answered
            raise
        else:
            self._failures = 0
        finally:
            if probes:
                self._probed = False

    def _begin(self) -> bool:
        with self._lock:
            if time.monotonic() < self._until or self._probed:
                raise ServerAway("it was away a moment ago")
            self._probed = self._failures > 0
            return self._probed

    def _rest(self) -> None:
        with self._lock:
            if time.monotonic() < self._until:  # another has just found the same
                return
            self._until = time.monotonic() + min(REST_SECONDS * 2 ** min(self._failures, 9), LONGEST_REST_SECONDS)
            self._failures += 1


@dataclass(frozen=True, slots=True)
class Post:
    """A server, whom letters come from, where links lead, and what signs the one that ends mail."""

    server: MailServer
    sender: str
    base_url: str
    sign: Callable[[str], str]  # a person's id → what their link that ends mail is called by
    rest: MailRest = field(default_factory=MailRest)

    @property
    def host(self) -> str:
        """The part of our own address after the @; what we call ourselves, and a Message-ID ends with."""
        return ascii_host(parseaddr(self.sender)[1].rpartition("@")[2]) or "localhost"

    def end_url(self, person: str) -> str:
        """Where this person (our id) ends all mail."""
        return f"{self.base_url}/mail/{self.sign(person)}"

    def send(self, letter: Letter, *, now: datetime) -> None:
        """Raises MailUnavailable, AddressRefused, LetterRefused."""
        sender = _envelope(parseaddr(self.sender)[1])
        to = _envelope(letter.to)
        with self.rest.asking():
            smtp.send(self.server, self.written(letter, now=now), sender=sender, to=to, name=self.host)

    def reach(self) -> None:
        """Connect and sign in, and send nothing. Raises MailUnavailable."""
        with smtp.connected(self.server, name=self.host):
            pass

    def written(self, letter: Letter, *, now: datetime) -> EmailMessage:
        """The letter as it goes out: plain and HTML, and headers by which programs know what it is."""
        made = EmailMessage(policy=_POLICY)
        made["From"] = _address(*parseaddr(self.sender))
        made["To"] = _address(letter.name, letter.to)
        made["Subject"] = one_line(letter.subject)
        made["Date"] = format_datetime(now)
        made["Message-ID"] = f"<{letter.id}@{self.host}>"
        made["Auto-Submitted"] = "auto-generated"
        made["Content-Language"] = one_line(letter.language)
        made["List-Unsubscribe"] = f"<{letter.end_url}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        made.set_content(self._plain(letter))
        made.add_alternative(self._html(letter), subtype="html")
        return made

    def _plain(self, letter: Letter) -> str:
        parts = [letter.greeting]
        for item in letter.items:
            said = f"* {item.text}"
            if item.detail:
                said += "\n" + "\n".join(f"  > {line}" for line in item.detail.splitlines())
            parts.append(f"{said}\n  {item.url}")
        chosen = f"{self.base_url}/notifications/settings"
        parts.append(f"-- \n{letter.why}\n{letter.settings}: {chosen}\n{letter.end}: {letter.end_url}")
        return "\n\n".join(parts) + "\n"

    def _html(self, letter: Letter) -> str:
        items = Markup("").join(
            Markup('<li style="margin:0 0 1em"><a href="{}">{}</a>{}</li>\n').format(item.url, item.text, _quoted(item))
            for item in letter.items
        )
        return _PAGE.format(
            language=letter.language,
            direction=letter.direction,
            title=letter.subject,
            greeting=letter.greeting,
            items=items,
            why=letter.why,
            settings=letter.settings,
            settings_url=f"{self.base_url}/notifications/settings",
            end=letter.end,
            end_url=letter.end_url,
        )


_PAGE: Final = Markup("""\
<!doctype html>
<html lang="{language}" dir="{direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body style="font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:1em auto;padding:0 1em">
<main>
<p>{greeting}</p>
<ul style="padding-left:1.2em">
{items}</ul>
</main>
<footer style="border-top:1px solid;margin-top:2em;font-size:14px">
<p>{why}</p>
<p><a href="{settings_url}">{settings}</a> · <a href="{end_url}">{end}</a></p>
</footer>
</body>
</html>
""")


def _quoted(item: LetterItem) -> Markup:
    return Markup('<blockquote dir="auto">{}</blockquote>').format(item.detail) if item.detail else Markup("")


def one_line(text: str) -> str:
    """The text as one line of a header: what would begin another is a blank."""
    return _BREAKS.sub(" ", text).strip()


def _envelope(address: str) -> str:
    local, _, host = address.rpartition("@")
    return f"{local}@{ascii_host(host)}"


def _address(name: str, address: str) -> Address:
    """An address with its owner's name, whatever signs that holds; its host in the spelling that every server knows."""
    local, _, host = address.rpartition("@")
    return Address(display_name=one_line(name), username=local, domain=ascii_host(host))
