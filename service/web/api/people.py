"""Groups, people, and what people allow."""

from __future__ import annotations

from service.actions.drafts import read
from service.actions.erasure import begin
from service.actions.learners import guard, own_data
from service.actions.people import archiving, lookup, outward, register, tables
from service.domain.access.keys import KeyScope
from service.domain.erasure.erased import ErasureKind
from service.store.tables import Group, Person
from service.web.calls import Attachment, Reading, Writing, spreadsheet
from service.web.fields import ExternalId
from service.web.needs import needs
from service.web.openapi import SPREADSHEET, made, v1
from service.web.paging import Page, Sliced
from service.web.schemas.erasure import ErasureShown
from service.web.schemas.people import (
    ConsentHistory,
    ConsentsAsked,
    ConsentsShown,
    ConsentVersionShown,
    GroupAsked,
    GroupShown,
    OwnData,
    PersonAsked,
    PersonShown,
)

router = v1("People", reads=KeyScope.READ, writes=KeyScope.PEOPLE)


@router.put("/groups/{id}", summary="Make or change a group", responses=made(GroupShown))
def put_group(call: Writing, id: ExternalId, body: GroupAsked) -> GroupShown:
    """A group above it must be there first. The tree cannot bite its own tail."""
    row, created = register.put_group(call.session, call.actor, id, name=body.name, parent=body.parent, now=call.now)
    call.made(created)
    return GroupShown.of(outward.groups(call.session, [row])[0])


@router.get("/groups/{id}", summary="Read a group")
def get_group(call: Reading, id: ExternalId) -> GroupShown:
    """One that this key or token may see, or in which its person learns."""
    row = lookup.group(call.session, call.actor, id)
    return GroupShown.of(outward.groups(call.session, [row])[0])


@router.delete("/groups/{id}", summary="Archive a group", status_code=204)
def archive_group(call: Writing, id: ExternalId) -> None:
    """It is over, with all groups below it: it takes no more work, and nothing in it waits for anybody. Its people and
    what they handed in stay, and can be read. To have all of it gone, erase it (`POST /v1/erasures`)."""
    archiving.archive(call.session, call.actor, id, now=call.now)


@router.post("/groups/{id}/bring-back", summary="Bring an archived group back")
def bring_group_back(call: Writing, id: ExternalId) -> GroupShown:
    """With the groups below that were archived with it. A `PUT` does not do this."""
    row = archiving.bring_back(call.session, call.actor, id, now=call.now)
    return GroupShown.of(outward.groups(call.session, [row])[0])


@router.get("/groups", summary="List groups")
def list_groups(call: Reading, cut: Sliced) -> Page[GroupShown]:
    """The groups that this key or token may see."""
    rows = read.page(call.session, call.actor, Group, after=cut.after, limit=cut.wanted)
    return cut.page(call, outward.groups(call.session, rows), GroupShown.of, lambda seen: seen.row.id)


@router.put("/people/{id}", summary="Make or change a person", responses=made(PersonShown))
def put_person(call: Writing, id: ExternalId, body: PersonAsked) -> PersonShown:
    """Roles replace those held before. Without a word on consents nothing is shown to others."""
    wish = body.consents.wish() if body.consents else None
    row, created = register.put_person(
        call.session,
        call.actor,
        id,
        name=body.name,
        language=body.language,
        roles=body.held(),
        consents=wish,
        email=body.email,
        mail_anew=True,
        now=call.now,
    )
    call.made(created)
    return PersonShown.of(outward.people(call.session, [row])[0])


@router.get("/people.csv", summary="Take the people along", **SPREADSHEET)
def take_people(call: Reading) -> Attachment:
    """Everybody with a role in a group that you may see, a row: roles, and how far they are with their work."""
    return spreadsheet("people.csv", tables.people(call.session, call.actor))


@router.get("/people/{id}", summary="Read a person")
def get_person(call: Reading, id: ExternalId) -> PersonShown:
    """One that this key or token may see; and everybody may read themselves."""
    row = lookup.person(call.session, call.actor, id)
    return PersonShown.of(outward.people(call.session, [row])[0])


@router.delete("/people/{id}", summary="Erase a person", status_code=202)
@needs(KeyScope.ADMIN)
def erase_person(call: Writing, id: ExternalId) -> ErasureShown:
    """The same as `POST /v1/erasures` of this person, and for whom that is: all of theirs is hidden from everybody with
    this answer, and gone for good soon after. Somebody who only left loses the roles by `PUT` instead."""
    return ErasureShown.of(begin.erase(call.session, call.actor, ErasureKind.PERSON, id, now=call.now))


@router.get("/people", summary="List people")
def list_people(call: Reading, cut: Sliced) -> Page[PersonShown]:
    """The people that this key or token may see."""
    rows = read.page(call.session, call.actor, Person, after=cut.after, limit=cut.wanted)
    return cut.page(call, outward.people(call.session, rows), PersonShown.of, lambda seen: seen.row.id)


@router.get("/people/{id}/consents", summary="Read what a person allows")
def get_consents(call: Reading, id: ExternalId) -> ConsentsShown:
    """For the person, and for platforms."""
    return ConsentsShown.of(guard.person_of(call.session, call.actor, id).consent)


@router.get("/people/{id}/consents/history", summary="Read what a person has allowed so far")
def get_consent_history(call: Reading, id: ExternalId) -> ConsentHistory:
    """For the person, and for platforms: since when, said by whom, and on whose word. It has one page."""
    person = guard.person_of(call.session, call.actor, id)
    rows = register.consent_history(call.session, person)
    return ConsentHistory(items=[ConsentVersionShown.made(row) for row in rows])


@router.get("/people/{id}/data", summary="Take along all that is kept about a person")
def get_own_data(call: Reading, id: ExternalId) -> OwnData:
    """For the person, and for platforms: their own words and those said to them, nobody else's."""
    return OwnData(own_data.own_data(call.session, call.actor, id, now=call.now))


@router.put("/people/{id}/consents", summary="Say what a person allows")
@needs(KeyScope.ACT)
def put_consents(call: Writing, id: ExternalId, body: ConsentsAsked) -> ConsentsShown:
    """By the person, or by a platform for the person. Takes effect at once, on what is shown already too."""
    return ConsentsShown.of(register.set_consent(call.session, call.actor, id, body.wish(), now=call.now))
