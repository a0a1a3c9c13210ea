"""By what erasures are remembered: salted digests of our own ids, so that a restored backup can be brought up to date
and nobody reads from the list what there was."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.erasure import ErasureKind
from service.store.tables import ErasureSalt


def salt(session: Session) -> str:
    """The installation's salt, made at its first use."""
    row = session.scalars(select(ErasureSalt).order_by(ErasureSalt.id).limit(1)).one_or_none()
    if row is None:
        row = ErasureSalt(salt=secrets.token_hex(32))
        session.add(row)
        session.flush()
    return row.salt


def digest(salt: str, kind: ErasureKind, id_: str) -> str:
    """HMAC-SHA-256, 64 hexadecimal digits."""
    return hmac.new(bytes.fromhex(salt), f"{kind.value}:{id_}".encode(), hashlib.sha256).hexdigest()
