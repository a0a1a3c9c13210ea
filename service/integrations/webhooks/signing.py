"""Signatures by Standard Webhooks 1.0: HMAC-SHA256 over id, time and body. Pure but for new secrets."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

PREFIX: Final = "whsec_"
BYTES: Final = 32
"""Of a secret: the specification asks for 24 to 64 random ones."""


def new_secret() -> str:
    """What a receiver verifies with: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def signature(secret: str, id_: str, at: datetime, body: bytes) -> str:
    """`v1,` and base64 of the HMAC of `id.seconds.body`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{id_}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def headers(secrets_: Sequence[str], id_: str, at: datetime, body: bytes) -> dict[str, str]:
    """What is sent with a body. With two secrets there are two signatures, and either will do."""
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signature(one, id_, at, body) for one in secrets_),
    }
