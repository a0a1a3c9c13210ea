"""An attempt to sign in, as this browser keeps it until its provider sends it back: sealed, for minutes, good for once.

Whoever holds the answer of a provider but not this cookie comes in nowhere; and an answer to one attempt is none to
another (state, nonce and verifier are all new for each).
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from service.domain.errors import Unavailable
from service.integrations.oidc.metadata import Metadata
from service.store.sealing import Seal

LASTS: Final = timedelta(minutes=10)
"""Time enough for a password, a second factor, and a colleague at the door."""
LONGEST_PATH: Final = 600
"""Of where to go afterwards: a cookie has room for 4,096 bytes."""
LONGEST_COOKIE: Final = 4_000
_FOR: Final = "account"
_COOKIE: Final = "peerloom-account"
_HOST_COOKIE: Final = "__Host-peerloom-account"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was asked of whom. `back` is the exact redirect address, `path` where to go afterwards."""

    provider: str
    state: str
    nonce: str
    verifier: str
    back: str
    path: str
    until: float

    @classmethod
    def new(cls, provider: str, back: str, path: str, *, now: datetime) -> Attempt:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        kept = path if len(path) <= LONGEST_PATH else ""
        return cls(provider, state, nonce, verifier, back, kept, (now + LASTS).timestamp())

    @property
    def ends_at(self) -> datetime:
        return datetime.fromtimestamp(self.until, UTC)

    @property
    def challenge(self) -> str:
        """S256 (RFC 7636)."""
        made = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def address(self, described: Metadata, client_id: str, scopes: str) -> str:
        """Where the browser goes."""
        asked = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": self.back,
            "scope": " ".join(dict.fromkeys(["openid", "profile", "email", *scopes.split()])),
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
        }
        return with_query(described.authorization, asked)


def with_query(address: str, asked: Mapping[str, str]) -> str:
    """An address of the provider's, which may have a question mark already, and what is asked there."""
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"


def closed(attempt: Attempt, seal: Seal) -> str:
    return seal.closed(json.dumps({"for": _FOR, **asdict(attempt)}))


def opened(cookie: str, seal: Seal, *, now: datetime) -> Attempt | None:
    """None for what is none of ours, or has ended."""
    if not cookie or len(cookie) > LONGEST_COOKIE:
        return None
    try:
        said: dict[str, Any] = json.loads(seal.opened(cookie))
    except (Unavailable, ValueError):
        return None
    if (
        not isinstance(said, dict)
        or said.pop("for", None) != _FOR
        or set(said) != {one.name for one in fields(Attempt)}
    ):
        return None  # of another version of the service, too
    attempt = Attempt(**said)
    return attempt if now.timestamp() < attempt.until else None


def cookie_name(*, secure: bool) -> str:
    return _HOST_COOKIE if secure else _COOKIE


def cookie(value: str, *, secure: bool) -> str:
    """The browser comes back from another site by a link, which is what Lax lets through, and no more."""
    seconds = int(LASTS.total_seconds())
    rest = f"Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"
    return f"{cookie_name(secure=secure)}={value}; {rest}"
