"""Calibration: what was seen in a challenge's criteria, and the few pieces of work that are judged before the rest."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.looked_at import CalibrationReason
from service.store.columns import Base, JsonArray, MaybeMoment, MomentColumn, OrganizationId, choice


class Calibration(Base):
    """How far a challenge's calibration is. `done_at`: its drafts wait no longer. `chosen_of` is how many works the
    pieces were chosen from last; `remarks` are codes with keys of criteria, seen in the challenge's `looked_version`
    and its first `looked_works` works."""

    __tablename__ = "calibrations"

    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[OrganizationId]
    done_at: Mapped[MaybeMoment]
    chosen_of: Mapped[int] = mapped_column(default=0)
    remarks: Mapped[JsonArray]
    looked_version: Mapped[int] = mapped_column(default=0)
    looked_works: Mapped[int] = mapped_column(default=0)
    looked_at: Mapped[MaybeMoment]


class CalibrationPiece(Base):
    """A draft whose work is to be judged first, and why it was chosen `of` so many."""

    __tablename__ = "calibration_pieces"
    __table_args__ = (Index("ix_calibration_pieces_challenge", "challenge_id"),)

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"))
    organization_id: Mapped[OrganizationId]
    position: Mapped[int]
    reason: Mapped[CalibrationReason] = mapped_column(choice(CalibrationReason))
    of: Mapped[int]
    generation: Mapped[int]  # of the draft: with a redraft it is drafted like any other
    chosen_at: Mapped[MomentColumn]
