"""What people were told of, how each wants to be told, and the mail that went out. Ids and moments; nobody's words."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.domain.notifications.addresses import MARK
from service.domain.notifications.kinds import NotificationKind, NotificationTopic
from service.domain.notifications.timing import EVENING, LONGEST_ZONE, MORNING, Rhythm
from service.store.columns import Base, IdColumn, MaybeMoment, MomentColumn, OrganizationId, choice


class MailingState(StrEnum):
    """What became of a mailing."""

    PLANNED = "planned"
    SENT = "sent"  # the server took it; whether it arrives is between servers
    EMPTY = "empty"  # nothing of it was to be said any more, or another letter says it
    REFUSED = "refused"  # for good, for this address


class Mailbox(Base):
    """Where and when a person is mailed; no row, or no address: never. `bounced_at`: a server refused the address for
    good, with the code `bounced_code`, and nothing more goes there until it changes.

    `taken_away` is the mark (`domain.notifications.addresses.mark`) of an address that its person wants forgotten, so
    that the next roster does not bring it back. `time_zone` is empty where it is the organization's. The two quiet
    hours are equal where none is quiet.
    """

    __tablename__ = "mailboxes"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[OrganizationId]
    address: Mapped[str] = mapped_column(String(254), default="")
    time_zone: Mapped[str] = mapped_column(String(LONGEST_ZONE), default="")
    hour: Mapped[int] = mapped_column(default=MORNING)
    quiet_from: Mapped[int] = mapped_column(default=EVENING)
    quiet_until: Mapped[int] = mapped_column(default=MORNING)
    bounced_at: Mapped[MaybeMoment]
    bounced_code: Mapped[str] = mapped_column(String(16), default="")
    taken_away: Mapped[str] = mapped_column(String(MARK), default="")
    changed_at: Mapped[MomentColumn]


class NotificationRhythm(Base):
    """How often a person wants mail on a topic; no row: as `kinds.DEFAULTS` says."""

    __tablename__ = "notification_rhythms"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[NotificationTopic] = mapped_column(choice(NotificationTopic), primary_key=True)
    organization_id: Mapped[OrganizationId]
    rhythm: Mapped[Rhythm] = mapped_column(choice(Rhythm))


class Mailing(Base):
    """One letter to one person; its id is in the Message-ID, so that what a server is given twice is seen to be one.

    `tried_at` is committed before the server is spoken to: one that is still planned and was tried may have arrived.
    """

    __tablename__ = "mailings"

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    state: Mapped[MailingState] = mapped_column(choice(MailingState), default=MailingState.PLANNED)
    tries: Mapped[int] = mapped_column(default=0)
    planned_at: Mapped[MomentColumn]
    tried_at: Mapped[MaybeMoment]
    ended_at: Mapped[MaybeMoment]


class Notification(Base):
    """Somebody is told of something, once: `turn` tells a second time from the first (an event's id, or a day).
    `subject_id` is what it is about, by our id, with no word of it.

    `mail_at` is when it is to be mailed, and empty once that is settled; `mailing_id` is the letter that it went with.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "subject_id", "turn"),
        Index("ix_notifications_page", "person_id", "at"),
        Index("ix_notifications_mail", "organization_id", "mail_at"),
        Index("ix_notifications_subject", "subject_id"),
    )

    id: Mapped[IdColumn]
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[NotificationKind] = mapped_column(choice(NotificationKind))
    subject_id: Mapped[str] = mapped_column(String(32))
    turn: Mapped[str] = mapped_column(String(32))
    at: Mapped[MomentColumn]
    read_at: Mapped[MaybeMoment]
    mail_at: Mapped[MaybeMoment]
    mailing_id: Mapped[str | None] = mapped_column(
        ForeignKey("mailings.id", ondelete="SET NULL"), index=True, default=None
    )


class NotificationRun(Base):
    """Up to which event of an organization people were told."""

    __tablename__ = "notification_runs"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
