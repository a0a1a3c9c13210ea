"""When somebody may be reminded, and words that are offered for it. Pure; a facilitator sees and sends every word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

AGAIN_DAYS: Final = 7
"""Days before the same person is reminded of the same thing again, unless the organization says otherwise."""
MOST_DAYS: Final = 90
LONGEST: Final = 1_000
"""Characters of a reminder: a word, not a letter."""


class ReminderKind(StrEnum):
    """What somebody is reminded of."""

    NOT_HANDED_IN = "not_handed_in"
    UNREAD = "unread"  # feedback is there, and was not opened
    NOT_ACTED = "not_acted"  # it was read; nothing was handed in again, and no next step made


class ReminderBar(StrEnum):
    """Why somebody is not reminded now."""

    LATELY = "lately"  # of the same, within the days that the organization says
    TAKEN_BACK = "taken_back"  # the work was withdrawn; that is an answer
    NOT_OPEN = "not_open"  # the challenge opens later
    OVER = "over"  # the challenge, or the group in which this person is asked for it, is archived


def bar(
    *, last: datetime | None, taken_back: bool, opens: datetime | None, over: bool, days: int, now: datetime
) -> ReminderBar | None:
    """Why this person is not reminded now; None if they may be. `last`: when they were reminded of the same thing."""
    if over:
        return ReminderBar.OVER
    if opens is not None and opens > now:
        return ReminderBar.NOT_OPEN
    if taken_back:
        return ReminderBar.TAKEN_BACK
    if last is not None and last > now - timedelta(days=days):
        return ReminderBar.LATELY
    return None


_OFFERS: Final[Mapping[str, Mapping[ReminderKind, str]]] = {
    "en": {
        ReminderKind.NOT_HANDED_IN: "A first attempt at “{title}” is enough to begin with: the feedback helps you on.",
        ReminderKind.UNREAD: "Feedback on your work on “{title}” is waiting for you.",
        ReminderKind.NOT_ACTED: "You have read the feedback on “{title}”. Which one step will you take next?",
    },
    "de": {
        ReminderKind.NOT_HANDED_IN: "Ein erster Versuch zu „{title}“ genügt für den Anfang; die Rückmeldung hilft.",
        ReminderKind.UNREAD: "Zu deiner Arbeit an „{title}“ liegt eine Rückmeldung für dich bereit.",
        ReminderKind.NOT_ACTED: "Du hast die Rückmeldung zu „{title}“ gelesen. Was ist dein nächster Schritt?",
    },
    "fr": {
        ReminderKind.NOT_HANDED_IN: "Un premier essai pour « {title} » suffit pour commencer : le retour t’aidera.",
        ReminderKind.UNREAD: "Un retour sur ton travail « {title} » t’attend.",
        ReminderKind.NOT_ACTED: "Tu as lu le retour sur « {title} ». Quel sera ton prochain pas ?",
    },
    "es": {
        ReminderKind.NOT_HANDED_IN: "Un primer intento de «{title}» basta para empezar: los comentarios te ayudarán.",
        ReminderKind.UNREAD: "Te esperan comentarios sobre tu trabajo en «{title}».",
        ReminderKind.NOT_ACTED: "Has leído los comentarios sobre «{title}». ¿Qué paso darás ahora?",
    },
    "pt": {
        ReminderKind.NOT_HANDED_IN: "Uma primeira tentativa em «{title}» basta para começar: o retorno vai te ajudar.",
        ReminderKind.UNREAD: "Há um retorno sobre o seu trabalho em «{title}» à sua espera.",
        ReminderKind.NOT_ACTED: "Você leu o retorno sobre «{title}». Qual será o seu próximo passo?",
    },
}


def offer(kind: ReminderKind, language: str, title: str) -> str:
    """Words to begin with, in this language (a BCP 47 tag), or in English where we have none in it."""
    words = _OFFERS.get(base(language), _OFFERS["en"])[kind]
    room = LONGEST - len(words)
    return words.replace("{title}", title if len(title) <= room else title[: room - 1] + "…")


def base(language: str) -> str:
    """The language without region or script: `pt` of `pt-BR`."""
    return language.partition("-")[0].lower()
