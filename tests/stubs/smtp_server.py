"""A mail server in this process (aiosmtpd), that keeps what it is given and refuses what it is told to refuse.

    with MailServerHere() as here:
        here.refuse["gone@example.org"] = "550 5.1.1 No such user"
        ...
        assert here.letters[0]["Subject"] == "..."

It keeps to 127.0.0.1 and knows nothing of Peerloom.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.free_port import free_port


@dataclass
class MailServerHere:
    """A server that listens while the block runs. `utf8`: it takes addresses with letters beyond ASCII."""

    utf8: bool = True
    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    refuse_text: str = ""
    asked: int = 0
    _controller: Controller | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self.port = self.port or free_port()
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            enable_SMTPUTF8=self.utf8,
            server_hostname="mail.test",
        )
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked += 1
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(0)
        if self.refuse_text:
            return self.refuse_text
        content: Any = envelope.content
        self.letters.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        self.raw.append(content)
        self.senders.append(str(envelope.mail_from))
        self.recipients += envelope.rcpt_tos
        return "250 OK"
