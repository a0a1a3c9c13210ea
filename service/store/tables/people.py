"""The tree of groups, the people in them, and what each person allows."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pipelines.values import AI
from service.domain.roles import Role
from service.domain.visibility import ConsentBasis, ShowWork
from service.store.columns import Base, ExternalIdColumn, IdColumn, MaybeMoment, MomentColumn, OrganizationId, choice


class Group(Base):
    """A team, class, cohort, school or district. `parent_id` makes the tree."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("organization_id", "external_id"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    external_id: Mapped[ExternalIdColumn]
    name: Mapped[str]
    parent_id: Mapped[str | None] = mapped_column(
        ForeignKey("groups.id", ondelete="SET NULL"), index=True, default=None
    )
    archived_at: Mapped[MaybeMoment]  # takes no more work, and nothing in it waits for anybody


class Person(Base):
    """Somebody the platform knows, by the platform's own id. Of somebody who was erased (`erased_at`) only a row
    without a name is left, and only where approvals rest on it."""

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("organization_id", "external_id"),
        Index("ix_people_name", "organization_id", "name"),  # namesakes are looked for with every list of people
    )

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    external_id: Mapped[ExternalIdColumn]
    name: Mapped[str]
    language: Mapped[str] = mapped_column(default="")  # empty: the organization's
    created_at: Mapped[MomentColumn]
    erased_at: Mapped[MaybeMoment]

    consent: Mapped[Consent] = relationship(back_populates="person", cascade="all, delete-orphan", passive_deletes=True)
    roles: Mapped[list[RoleGrant]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class RoleGrant(Base):
    """A person's role in a group; it holds for every group below."""

    __tablename__ = "roles"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[Role] = mapped_column(choice(Role), primary_key=True)
    organization_id: Mapped[OrganizationId]


class ConsentVersion(Base):
    """What a person allowed from a moment on: said by whom (`credential:…`, `person:…`, `operator`; empty: before this
    was kept), and on whose word. `basis_note` says where that is written down, such as a form's number."""

    __tablename__ = "consent_versions"
    __table_args__ = (Index("ix_consent_versions_person", "person_id", "at"),)

    id: Mapped[IdColumn]
    organization_id: Mapped[OrganizationId]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    show_work: Mapped[ShowWork] = mapped_column(choice(ShowWork))
    introduce: Mapped[bool]
    ai: Mapped[AI] = mapped_column(choice(AI))
    basis: Mapped[ConsentBasis] = mapped_column(choice(ConsentBasis))
    basis_note: Mapped[str] = mapped_column(String(500), default="")
    said_by: Mapped[str] = mapped_column(String(80))
    at: Mapped[MomentColumn]


class Consent(Base):
    """What a person allows, as it stands now. Without a word from the person nothing is shown to others, nobody is
    introduced, and only machines of the organization read the text."""

    __tablename__ = "consents"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[OrganizationId]
    show_work: Mapped[ShowWork] = mapped_column(choice(ShowWork), default=ShowWork.NO)
    introduce: Mapped[bool] = mapped_column(default=False)
    ai: Mapped[AI] = mapped_column(choice(AI), default=AI.LOCAL)
    changed_at: Mapped[MomentColumn]

    person: Mapped[Person] = relationship(back_populates="consent")
