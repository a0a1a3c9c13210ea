"""Whose words a reviewer reads beside a questioned passage: their authors are told, once of each passage."""

from __future__ import annotations

from collections.abc import Iterable

from service.actions.questioned.passages import QuestionedItem
from service.domain.roles import Actor
from service.store.disclosures import Showing, at_desk


def shown(actor: Actor, items: Iterable[QuestionedItem]) -> list[Showing]:
    """What of people's work these items quote to the actor."""
    return [
        showing
        for item in items
        for showing in at_desk(actor.person, item.id, {quote.place.owner for quote in item.work})
    ]
