"""People and groups: who is there, what they may do, what they allow, and how they come in."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from fastapi import Form, Query
from pydantic import BaseModel, Field

from service.actions.access import second_factor
from service.actions.people import archiving, directory, tables
from service.actions.people.directory import GroupChoice, GroupInDirectory, ListedPeople, PersonInDirectory, PersonWish
from service.domain.access.keys import KeyScope
from service.domain.errors import Conflict, Invalid
from service.domain.roles import Role, require_coordinator, require_lead
from service.web import errors
from service.web.fields import ExternalId, Id, OneOrMore
from service.web.needs import needs
from service.web.pages.forms import TAKEN, checked
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Download, Goto, PageView
from service.web.pages.visits import ReadingVisit, Visit, WritingVisit
from service.web.schemas.people import GroupAsked, PersonAsked

router = pages(writes=KeyScope.PEOPLE)

PEOPLE, GROUPS = "/desk/people", "/desk/groups"
ROLES = tuple(Role)
PeopleSought = Annotated[str, Query(max_length=255)]
PersonTyped = Annotated[str, Field(max_length=2_000)]
MADE_UP = re.compile("[pg]-[0-9a-f]{10}")
RolesTyped = Annotated[list[PersonTyped], Field(max_length=300)]


class PersonSent(BaseModel):
    """As it was typed. `held` are roles kept, `role|group`; `role` and `group` one more, if both are chosen. `made`
    is the id of somebody new for whom none is typed: a form that is sent twice makes one person."""

    id: PersonTyped = ""
    made: PersonTyped = ""
    name: PersonTyped = ""
    language: PersonTyped = ""
    email: PersonTyped | None = None
    held: RolesTyped = []
    role: PersonTyped = ""
    group: PersonTyped = ""


class GroupSent(BaseModel):
    """As it was typed; `made` as of a person."""

    id: PersonTyped = ""
    made: PersonTyped = ""
    name: PersonTyped = ""
    parent: PersonTyped = ""


class InviteSent(BaseModel):
    """How long the link may wait."""

    days: Annotated[int, Field(ge=1, le=14)] = 3


class _New(BaseModel):
    id: Id | None


@dataclass(frozen=True)
class PeoplePage(PageView):
    """The list."""

    template: ClassVar[str] = "people/people.html"
    found: ListedPeople
    search: str
    role: str
    group: str
    groups: tuple[GroupChoice, ...]
    roles: tuple[Role, ...] = ROLES


@dataclass(frozen=True)
class PersonPage(PageView):
    """One person. `link` is there once, right after it was made."""

    template: ClassVar[str] = "people/person.html"
    person: PersonInDirectory
    sent: PersonSent
    groups: tuple[GroupChoice, ...]
    link: str = ""
    days: int = 3
    faults: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[Role, ...] = ROLES


@dataclass(frozen=True)
class NewPersonPage(PageView):
    """Somebody to add."""

    template: ClassVar[str] = "people/new_person.html"
    sent: PersonSent
    groups: tuple[GroupChoice, ...]
    faults: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[Role, ...] = ROLES


@dataclass(frozen=True)
class GroupsPage(PageView):
    """The tree, and a form for one more group."""

    template: ClassVar[str] = "people/groups.html"
    groups: tuple[GroupChoice, ...]
    may_change: bool
    sent: GroupSent
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GroupPage(PageView):
    """One group."""

    template: ClassVar[str] = "people/group.html"
    group: GroupInDirectory
    groups: tuple[GroupChoice, ...]
    sent: GroupSent
    faults: Mapping[str, str] = field(default_factory=dict)


@router.get(PEOPLE)
def people(
    visit: ReadingVisit,
    search: PeopleSought = "",
    role: PeopleSought = "",
    group: PeopleSought = "",
    page: OneOrMore = 1,
) -> Shown:
    only = Role(role) if role in ROLES else None
    found = directory.listed(visit.session, visit.actor, search=search.strip(), role=only, group=group, page=page)
    return PeoplePage(found, search, role, group, directory.tree(visit.session, visit.actor))


@router.get(PEOPLE + "/new")
def new_person(visit: ReadingVisit, group: PeopleSought = "") -> Shown:
    require_coordinator(visit.actor)
    return NewPersonPage(PersonSent(group=group, role="learner", made=f"p-{secrets.token_hex(5)}"), _mine(visit))


def _mine(visit: Visit) -> tuple[GroupChoice, ...]:
    return directory.tree(visit.session, visit.actor, coordinated=True)


@router.post(PEOPLE)
def add_person(visit: WritingVisit, sent: Annotated[PersonSent, Form()]) -> Shown:
    require_coordinator(visit.actor)
    wish, faults = _wish(sent)
    id_, bad_id = checked(_New, {"id": sent.id.strip() or None})
    if wish is None or id_ is None:
        return _add_again(visit, sent, {**faults, **bad_id})
    row = directory.add(visit.session, visit.actor, id_.id or _made_up(sent), wish, now=visit.now)
    if row is None:
        return _add_again(visit, sent, {"id": TAKEN})
    return Goto(f"{PEOPLE}/{quote(row.external_id, safe='')}", said="saved")


def _made_up(sent: PersonSent | GroupSent) -> str:
    """The id that the form brought along; empty where that is none of ours."""
    return sent.made if MADE_UP.fullmatch(sent.made) else ""


def _add_again(visit: Visit, sent: PersonSent, faults: Mapping[str, str]) -> PageView:
    visit.status = errors.KINDS["invalid"].status
    return NewPersonPage(sent, _mine(visit), faults)


def _wish(sent: PersonSent) -> tuple[PersonWish | None, dict[str, str]]:
    pairs = [one.partition("|") for one in sent.held]
    held = [{"role": role, "group": group} for role, _, group in pairs]
    if sent.role and sent.group:
        held.append({"role": sent.role, "group": sent.group})
    given = {"name": " ".join(sent.name.split()), "language": sent.language.strip(), "roles": held, "email": sent.email}
    asked, wrong = checked(PersonAsked, given)
    if asked is None:
        return None, {name.partition(".")[0]: words for name, words in wrong.items()}
    return PersonWish(asked.name, asked.language, tuple(asked.held()), asked.email), {}


@router.get(PEOPLE + "/{id}")
def person(visit: ReadingVisit, id: ExternalId) -> Shown:
    return _person(visit, id)


def _person(visit: Visit, id_: str, sent: PersonSent | None = None, **given: Any) -> PersonPage:
    seen = directory.person(visit.session, visit.actor, id_, now=visit.now)
    held = [f"{one.role}|{one.group}" for one in seen.roles if one.mine]
    typed = sent or PersonSent(id=seen.id, name=seen.name, language=seen.language, email=seen.email, held=held)
    return PersonPage(seen, typed, _mine(visit) if seen.may_change else (), **given)


@router.post(PEOPLE + "/{id}")
def change_person(visit: WritingVisit, id: ExternalId, sent: Annotated[PersonSent, Form()]) -> Shown:
    wish, faults = _wish(sent)
    if wish is not None:
        with errors.Caught(Conflict) as caught, visit.session.begin_nested():
            directory.change(visit.session, visit.actor, id, wish, now=visit.now)
        if caught.error is None:
            return Goto(f"{PEOPLE}/{quote(id, safe='')}", said="saved")
        faults = {"roles": str(caught.error)}
    visit.status = errors.KINDS["invalid"].status
    return _person(visit, id, sent, faults=faults)


@router.post(PEOPLE + "/{id}/invite")
@needs(KeyScope.ACT)
def invite(visit: WritingVisit, id: ExternalId, sent: Annotated[InviteSent, Form()]) -> Shown:
    lifetime = timedelta(days=sent.days)
    secret = directory.invite(visit.session, visit.actor, id, lifetime=lifetime, now=visit.now)
    return _person(visit, id, link=f"{visit.base_url}/sign-in/{secret}", days=sent.days)


@router.post(PEOPLE + "/{id}/sign-out")
def end_sessions(visit: WritingVisit, id: ExternalId) -> Shown:
    directory.end_sessions(visit.session, visit.actor, id, now=visit.now)
    return Goto(f"{PEOPLE}/{quote(id, safe='')}", said="signed-out-there")


@router.post(PEOPLE + "/{id}/second-factor/reset")
@needs(KeyScope.ADMIN)
def reset_second_factor(visit: WritingVisit, id: ExternalId) -> Shown:
    second_factor.reset(visit.session, visit.actor, id, now=visit.now)
    return Goto(f"{PEOPLE}/{quote(id, safe='')}", said="factor-reset")


@router.get(GROUPS)
def groups(visit: ReadingVisit) -> Shown:
    return _groups(visit, GroupSent(made=f"g-{secrets.token_hex(5)}"))


def _groups(visit: Visit, sent: GroupSent, faults: Mapping[str, str] | None = None) -> PageView:
    may = directory.may_lead(visit.actor)
    return GroupsPage(directory.tree(visit.session, visit.actor, archived=True), may, sent, faults or {})


@router.post(GROUPS)
def add_group(visit: WritingVisit, sent: Annotated[GroupSent, Form()]) -> Shown:
    require_lead(visit.actor)
    asked, faults = checked(GroupAsked, {"name": sent.name.strip(), "parent": sent.parent or None})
    id_, bad_id = checked(_New, {"id": sent.id.strip() or None})
    if asked is not None and id_ is not None:
        new_id = id_.id or _made_up(sent)
        made = directory.put_group(
            visit.session, visit.actor, new_id, name=asked.name, parent=sent.parent, new=True, now=visit.now
        )
        if made is not None:
            return Goto(GROUPS, said="saved")
        faults = {"id": TAKEN}
    visit.status = errors.KINDS["invalid"].status
    return _groups(visit, sent, {**faults, **bad_id})


def _above(visit: Visit, seen: directory.GroupInDirectory) -> tuple[directory.GroupChoice, ...]:
    """What a group may stand below; where it stands already, even if that is archived."""
    return directory.tree(visit.session, visit.actor, besides=frozenset({seen.parent}))


@router.get(GROUPS + "/{id}")
def group(visit: ReadingVisit, id: ExternalId) -> Shown:
    seen = directory.group(visit.session, visit.actor, id)
    sent = GroupSent(id=seen.id, name=seen.name, parent=seen.parent)
    return GroupPage(seen, _above(visit, seen), sent)


@router.post(GROUPS + "/{id}")
def change_group(visit: WritingVisit, id: ExternalId, sent: Annotated[GroupSent, Form()]) -> Shown:
    require_lead(visit.actor)
    asked, faults = checked(GroupAsked, {"name": sent.name.strip(), "parent": sent.parent or None})
    if asked is not None:
        with errors.Caught(Invalid) as caught, visit.session.begin_nested():
            directory.put_group(
                visit.session, visit.actor, id, name=asked.name, parent=sent.parent, new=False, now=visit.now
            )
        if caught.error is None:
            return Goto(GROUPS, said="saved")
        faults = {"parent": str(caught.error)}
    visit.status = errors.KINDS["invalid"].status
    seen = directory.group(visit.session, visit.actor, id)
    return GroupPage(seen, _above(visit, seen), sent, faults)


@router.post(GROUPS + "/{id}/archive")
def archive_group(visit: WritingVisit, id: ExternalId) -> Shown:
    archiving.archive(visit.session, visit.actor, id, now=visit.now)
    return Goto(GROUPS, said="archived")


@router.post(GROUPS + "/{id}/bring-back")
def bring_group_back(visit: WritingVisit, id: ExternalId) -> Shown:
    archiving.bring_back(visit.session, visit.actor, id, now=visit.now)
    return Goto(GROUPS, said="brought-back")


@router.get(PEOPLE + ".csv")
def take_people(visit: ReadingVisit) -> Download:
    return Download("people.csv", "text/csv; charset=utf-8", tables.people(visit.session, visit.actor))
