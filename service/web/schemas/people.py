"""Groups, people, and what people allow."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, RootModel, StringConstraints

from pipelines.values import AI
from service.actions.people.outward import GroupWithParent, PersonWithRoles
from service.actions.people.register import ConsentWish, said_by
from service.domain.roles import Role
from service.domain.texts import storable
from service.domain.visibility import ConsentBasis, ShowWork
from service.store.tables import ConsentVersion
from service.web.fields import Email, Id, Language, Name, RequestBody, ResponseBody

SHOW_WORK = "Whether others may see the person's work: `no`, `without_name` or `with_name`."
INTRODUCE = "Whether the person may be introduced to others."
BASIS = (
    "On whose word: `own`, `parental` (a parent or guardian), `institutional` (the organization's own ground) or "
    "`unstated`. A person says `own` only."
)
AI_ALLOWED = (
    "Which machines may read the person's texts: `none` (neither a model nor an embedding; a person writes), "
    "`local` (machines of the organization), or `any`."
)


class GroupAsked(RequestBody):
    """A team, class, cohort, school or district. Groups form a tree."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Year 8 geography", "parent": "harbor-school"}})

    name: Name = Field(description="What people call it.")
    parent: Id | None = Field(default=None, description="Id of the group above; null for a group at the top.")


class GroupShown(ResponseBody):
    """A group."""

    id: str = Field(validation_alias="external_id", description="The platform's id.")
    name: str = Field(description="What people call it.")
    parent: str | None = Field(description="Id of the group above; null at the top.")
    archived_at: datetime | None = Field(description="Since when it takes no more work; null while it does.")

    @classmethod
    def of(cls, seen: GroupWithParent) -> GroupShown:
        return cls.mirror(seen.row, parent=seen.parent)


class RoleInGroup(RequestBody):
    """A role in a group; it holds for every group below."""

    role: Role = Field(description="`learner`, `facilitator` or `coordinator`.")
    group: Id = Field(description="Id of the group.")


class ConsentsAsked(RequestBody):
    """What a person allows. What is left out, or null, stays as it is."""

    model_config = ConfigDict(json_schema_extra={"example": {"show_work": "without_name", "ai": "local"}})

    show_work: ShowWork | None = Field(default=None, description=SHOW_WORK)
    introduce: bool | None = Field(default=None, description=INTRODUCE)
    ai: AI | None = Field(default=None, description=AI_ALLOWED)
    basis: ConsentBasis | None = Field(default=None, description=BASIS)
    note: Annotated[str, StringConstraints(max_length=500), AfterValidator(storable)] = Field(
        default="", description="Where that is written down, such as the number of a form. The person reads it."
    )

    def wish(self) -> ConsentWish:
        return ConsentWish(self.show_work, self.introduce, self.ai, self.basis, self.note)


class ConsentsShown(ResponseBody):
    """What a person allows, as it stands now."""

    show_work: ShowWork = Field(description=SHOW_WORK)
    introduce: bool = Field(description=INTRODUCE)
    ai: AI = Field(description=AI_ALLOWED)
    changed_at: datetime = Field(description="When any of it changed last.")


class ConsentVersionShown(ResponseBody):
    """What a person allowed from a moment on."""

    show_work: ShowWork = Field(description=SHOW_WORK)
    introduce: bool = Field(description=INTRODUCE)
    ai: AI = Field(description=AI_ALLOWED)
    basis: ConsentBasis = Field(description=BASIS)
    note: str = Field(validation_alias="basis_note", description="Where that is written down.")
    said_by: str = Field(
        description="`person`, `platform` or `operator`; empty for what was said before this was kept."
    )
    at: datetime = Field(description="Since when.")

    @classmethod
    def made(cls, row: ConsentVersion) -> ConsentVersionShown:
        return cls.mirror(row, said_by=said_by(row))


class ConsentHistory(ResponseBody):
    """All that a person has allowed so far."""

    items: list[ConsentVersionShown] = Field(description="The latest first; there is one page.")


class OwnData(RootModel[dict[str, Any]]):
    """Everything that is kept about a person: profile, consents, work, feedback, reactions, questions, next steps,
    requests, introductions, galleries."""


class PersonAsked(RequestBody):
    """Somebody the platform knows, with all roles held: a role left out is a role no longer held."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "Amara Okafor",
                "language": "en",
                "roles": [{"role": "learner", "group": "year-8"}],
                "consents": {"show_work": "with_name", "introduce": True, "ai": "any"},
            }
        }
    )

    name: Name = Field(description="The person's name, as facilitators read it.")
    language: Language = Field(default="", description="BCP 47 tag; empty for the organization's language.")
    email: Email | None = Field(
        default=None,
        description="Where the person is mailed, if they want that. Null leaves it as it is, empty takes it away. "
        "Nobody but the person, who coordinates their groups and platforms reads it.",
    )
    roles: Annotated[list[RoleInGroup], Field(max_length=200)] = Field(
        default=[], description="Every role held. Replaces those held before."
    )
    consents: ConsentsAsked | None = Field(default=None, description="What the person allows; null leaves it as it is.")

    def held(self) -> list[tuple[Role, str]]:
        return [(held.role, held.group) for held in self.roles]


class PersonShown(ResponseBody):
    """A person."""

    id: str = Field(validation_alias="external_id", description="The platform's id.")
    name: str = Field(description="The person's name.")
    language: str = Field(description="BCP 47 tag; empty for the organization's language.")
    roles: list[RoleInGroup] = Field(description="Every role held.")
    consents: ConsentsShown = Field(validation_alias="consent", description="What the person allows.")

    @classmethod
    def of(cls, seen: PersonWithRoles) -> PersonShown:
        roles = [RoleInGroup.model_construct(role=role, group=group) for role, group in seen.roles]
        return cls.mirror(seen.row, roles=roles)
