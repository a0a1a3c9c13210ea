"""What was erased: how far it has come, and by what it is known again in a backup that was made before."""

from __future__ import annotations

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service.domain.erasure.erased import ErasureKind, ErasureState
from service.store.columns import Base, HashColumn, IdColumn, JsonObject, LongText, MaybeMoment, MomentColumn, choice


class Erasure(Base):
    """One thing that was erased. It outlives its organization, so no key points to that.

    `digest` is `store.erasure.replay.digest` of kind and our own id: a backup is brought up to date by it, and nobody
    reads from it what there was. `subject_id`, `name` and `external_id` are what the work still needs, and empty once
    its rows are gone; at its end `left` says what is not gone everywhere yet, and what to do.
    """

    __tablename__ = "erasures"
    __table_args__ = (
        Index("ix_erasures_organization", "organization_id", "asked_at"),
        Index("ix_erasures_state", "state"),
    )

    id: Mapped[IdColumn]
    organization_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[ErasureKind] = mapped_column(choice(ErasureKind))
    state: Mapped[ErasureState] = mapped_column(choice(ErasureState), default=ErasureState.HIDDEN)
    digest: Mapped[HashColumn] = mapped_column(index=True)
    subject_id: Mapped[str] = mapped_column(String(32), default="")
    name: Mapped[str] = mapped_column(default="")
    external_id: Mapped[str] = mapped_column(String(255), default="")
    asked_by: Mapped[str] = mapped_column(String(80))  # as in the trail
    counts: Mapped[JsonObject]
    left: Mapped[LongText]
    asked_at: Mapped[MomentColumn]
    done_at: Mapped[MaybeMoment]


class ErasureSalt(Base):
    """What digests of this installation's erasures are salted with; there is one row."""

    __tablename__ = "erasure_salts"

    id: Mapped[IdColumn]
    salt: Mapped[str] = mapped_column(String(64))
