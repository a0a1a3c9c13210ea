"""Following through: reminders, and what became of released points."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from service.actions.following import reminders, uptake
from service.actions.learners import reminders as learners_reminders
from service.domain.access.keys import KeyScope
from service.domain.following.reminders import ReminderKind
from service.web.calls import Reading, Writing
from service.web.fields import ExternalId, Id, OwnId
from service.web.openapi import v1
from service.web.paging import Page, Sliced
from service.web.schemas.following import (
    ReminderList,
    ReminderOfferShown,
    RemindersAsked,
    ReminderShown,
    RemindersKept,
    UptakeShown,
)

router = v1("Overview", reads=KeyScope.READ, writes=KeyScope.ACT)

Within = Annotated[Id | None, Query(description="Only this group and those below it.")]
Of = Annotated[ReminderKind, Path(description="What they would be reminded of.")]
ReminderId = Annotated[OwnId, Path(description="The reminder's id.")]


@router.get("/challenges/{id}/reminders/{kind}", summary="Who could be reminded of this")
def get_offer(call: Reading, id: ExternalId, kind: Of, group: Within = None) -> ReminderOfferShown:
    """With words to begin with, for you to read and change. Nothing is sent."""
    return ReminderOfferShown.of(reminders.offered(call.session, call.actor, id, kind, group=group, now=call.now))


@router.post("/challenges/{id}/reminders", summary="Remind learners", status_code=201)
def send_reminders(call: Writing, id: ExternalId, body: RemindersAsked) -> RemindersKept:
    """As a facilitator, in exactly the words you send. Each is told of by `reminder.sent`, with ids only."""
    sent = reminders.send(call.session, call.actor, id, body.wish(), group=body.group, now=call.now)
    return RemindersKept.of(sent)


@router.get("/reminders/{id}", summary="Read a reminder")
def get_reminder(call: Reading, id: ReminderId) -> ReminderShown:
    """For the learner, and for a platform that passes it on. 404 where its work was taken back."""
    return ReminderShown.of(learners_reminders.one(call.session, call.actor, id))


@router.get("/people/{id}/reminders", summary="List a person's open reminders")
def list_reminders(call: Reading, id: ExternalId) -> ReminderList:
    """Neither acted on nor dismissed; there is one page."""
    return ReminderList(items=[ReminderShown.of(one) for one in learners_reminders.mine(call.session, call.actor, id)])


@router.post("/reminders/{id}/dismiss", summary="Set a reminder aside")
def dismiss_reminder(call: Writing, id: ReminderId) -> ReminderShown:
    """The learner does not see it any more. Again changes nothing."""
    learners_reminders.dismiss(call.session, call.actor, id, now=call.now)
    return ReminderShown.of(learners_reminders.one(call.session, call.actor, id))


@router.get("/challenges/{id}/uptake", summary="What became of released points")
def get_uptake(call: Reading, id: ExternalId, group: Within = None) -> UptakeShown:
    """As last compared in the background, in the groups that you may see; `pending` says what is not in it yet."""
    return UptakeShown.made(id, uptake.of_one(call.session, call.actor, id, group=group))


@router.get("/uptake", summary="What became of released points, by challenge")
def list_uptake(call: Reading, cut: Sliced) -> Page[UptakeShown]:
    """The same of every challenge on which somebody handed in again, by the challenge's id."""
    found = uptake.named(call.session, call.actor)
    return cut.page_of_all(call, found, lambda one: UptakeShown.made(*one), lambda one: one[:1])
