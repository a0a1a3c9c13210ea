"""By what erasures, work that was taken back, and consents are known again in a backup that was made before: salted
digests of our own ids, so that it can be brought up to date and nobody reads from the list who or what there was."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import AI
from service.domain.erasure.erased import ErasureKind
from service.domain.visibility import ConsentStand, ShowWork
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
    return _mac(salt, kind.value, id_)


def taken_back(salt: str, submission: str) -> str:
    """By what work is known that its author took back."""
    return _mac(salt, "taken back", submission)


def allows(salt: str, person: str) -> str:
    """By what a person is known who allows something."""
    return _mac(salt, "allows", person)


def _mac(salt: str, what: str, id_: str) -> str:
    return hmac.new(bytes.fromhex(salt), f"{what}:{id_}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class ReplayList:
    """What holds in an installation by some moment: what was erased (kind, digest), when work was taken back, and how
    each person's consent stands and since when, by digests with this salt. Consents that were made wider again stand in
    it as they stand, so that nothing is made stricter than its person last said."""

    salt: str
    digests: frozenset[tuple[str, str]]
    taken_back: Mapping[str, datetime] = field(default_factory=dict)
    consents: Mapping[str, tuple[ConsentStand, datetime]] = field(default_factory=dict)

    def has(self, kind: ErasureKind, id_: str) -> bool:
        """Whether this thing was erased."""
        return bool(self.salt) and (kind.value, digest(self.salt, kind, id_)) in self.digests

    def when_taken_back(self, submission: str) -> datetime | None:
        """When its author took this work back; None where the list knows nothing of that."""
        return self.taken_back.get(taken_back(self.salt, submission)) if self.taken_back else None

    def consent(self, person: str) -> tuple[ConsentStand, datetime] | None:
        """What this person allowed last, and since when."""
        return self.consents.get(allows(self.salt, person)) if self.consents else None

    def to_json(self) -> str:
        back = {one: at.isoformat() for one, at in self.taken_back.items()}
        consents = {one: {**asdict(stand), "since": at.isoformat()} for one, (stand, at) in self.consents.items()}
        told = {"salt": self.salt, "erased": sorted(self.digests), "taken_back": back, "consents": consents}
        return json.dumps(told, sort_keys=True)

    @classmethod
    def of_json(cls, told: str) -> ReplayList:
        """Raises ValueError or KeyError for anything else. A list of before knows of erasures alone."""
        value = json.loads(told)
        back = {str(one): datetime.fromisoformat(at) for one, at in value.get("taken_back", {}).items()}
        consents = {str(one): _stand(said) for one, said in value.get("consents", {}).items()}
        erased = frozenset((str(kind), str(digest)) for kind, digest in value["erased"])
        return cls(str(value["salt"]), erased, back, consents)


def _stand(said: Mapping[str, Any]) -> tuple[ConsentStand, datetime]:
    stand = ConsentStand(ShowWork(said["show_work"]), bool(said["introduce"]), AI(said["ai"]))
    return stand, datetime.fromisoformat(said["since"])
