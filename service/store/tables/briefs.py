"""Meeting briefs in a model's words. What a brief says is made anew with each look; only wordings are kept."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.columns import (
    Base,
    IdColumn,
    JsonArray,
    JsonObject,
    LongText,
    MaybeMoment,
    MomentColumn,
    OrganizationId,
    choice,
)


class WordingState(StrEnum):
    """Asked for, done (with at least one line), or of no use, with the reason."""

    ASKED = "asked"
    DONE = "done"
    NONE = "none"


class BriefWording(Base):
    """Lines of the brief on a challenge in some groups, as a model worded them; one for all who see the same groups.

    `scope` is a digest of those groups, `lens` what they are. `lines`: wording and works rested on, by the key of the
    line as it was found, so that a wording never stands beside another line; `line_order` holds keys. Usage and cost
    are summed over all times it was asked for.
    """

    __tablename__ = "brief_wordings"
    __table_args__ = (UniqueConstraint("challenge_id", "scope"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"))
    scope: Mapped[str] = mapped_column(String(64))
    lens: Mapped[JsonObject]
    generation: Mapped[int] = mapped_column(default=1)
    state: Mapped[WordingState] = mapped_column(choice(WordingState))
    reason: Mapped[LongText]
    fingerprint: Mapped[str] = mapped_column(String(64), default="")  # of all lines as they were when it was worded
    lines: Mapped[JsonObject]
    line_order: Mapped[JsonArray]
    asked_for: Mapped[int] = mapped_column(default=0)  # lines that the model was asked for
    local: Mapped[bool] = mapped_column(default=False)
    model: Mapped[str] = mapped_column(String(128), default="")
    prompt_name: Mapped[str] = mapped_column(String(64), default="")
    prompt_version: Mapped[int | None] = mapped_column(default=None)
    prompt_sha: Mapped[str] = mapped_column(String(64), default="")
    prompt_tokens: Mapped[int] = mapped_column(default=0)
    completion_tokens: Mapped[int] = mapped_column(default=0)
    model_calls: Mapped[int] = mapped_column(default=0)
    cost: Mapped[int] = mapped_column(BigInteger, default=0)  # micro-units
    asked_at: Mapped[MomentColumn]
    worded_at: Mapped[MaybeMoment]
