"""By what erasures are remembered: salted digests of our own ids, so that a restored backup can be brought up to date
and nobody reads from the list what there was."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class ErasedList:
    """What was erased in an installation by some moment: (kind, digest), and the salt of the digests."""

    salt: str
    digests: frozenset[tuple[str, str]]

    def has(self, kind: ErasureKind, id_: str) -> bool:
        """Whether this thing was erased."""
        return bool(self.salt) and (kind.value, digest(self.salt, kind, id_)) in self.digests

    def to_json(self) -> str:
        return json.dumps({"salt": self.salt, "erased": sorted(self.digests)})

    @classmethod
    def of_json(cls, told: str) -> ErasedList:
        """Raises ValueError or KeyError for anything else."""
        value = json.loads(told)
        return cls(str(value["salt"]), frozenset((str(kind), str(digest)) for kind, digest in value["erased"]))
