"""What people were told of, that they read it, and how they want to be told."""

from __future__ import annotations

from service.actions.notifications import own, wishes
from service.domain.access.keys import KeyScope
from service.web.calls import Reading, Writing
from service.web.fields import ExternalId
from service.web.openapi import v1
from service.web.paging import Page, Sliced
from service.web.schemas.notifications import (
    NotificationShown,
    NotificationsRead,
    NotificationsReadCount,
    NotificationWishAsked,
    NotificationWishShown,
)

router = v1("Notifications", reads=KeyScope.READ, writes=KeyScope.ACT)


@router.get("/people/{id}/notifications", summary="List what a person was told of")
def list_notifications(call: Reading, id: ExternalId, cut: Sliced) -> Page[NotificationShown]:
    """The latest first, without what is not theirs to know any more. For the person, and for platforms."""
    rows = own.told(call.session, call.actor, id, now=call.now)
    return cut.page_of_all(call, rows, NotificationShown.told, lambda one: (-one.at.timestamp(), one.id))


@router.post("/people/{id}/notifications/read", summary="Mark notifications as read")
def read_notifications(call: Writing, id: ExternalId, body: NotificationsRead) -> NotificationsReadCount:
    """They are not mailed any more. Again changes nothing."""
    return NotificationsReadCount(read=own.read(call.session, call.actor, id, body.ids, now=call.now))


@router.get("/people/{id}/notifications/settings", summary="Read how a person wants to be told")
def get_notification_settings(call: Reading, id: ExternalId) -> NotificationWishShown:
    """With the address. For the person, and for platforms."""
    return NotificationWishShown.seen(wishes.show(call.session, call.actor, id))


@router.put("/people/{id}/notifications/settings", summary="Say how a person wants to be told")
def put_notification_settings(call: Writing, id: ExternalId, body: NotificationWishAsked) -> NotificationWishShown:
    """By the person, or by a platform for the person. The address is put with the person."""
    return NotificationWishShown.seen(wishes.change(call.session, call.actor, id, body.wish(), now=call.now))
