"""Settings of the whole organization, and the keys with which platforms use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from fastapi import Form
from pydantic import BaseModel, Field

from service.actions.access import credentials, organizations
from service.actions.people import directory
from service.actions.people.directory import GroupChoice
from service.domain.access.keys import (
    A_YEAR,
    EVERY_SCOPE,
    LONGEST,
    MEANS,
    SOON,
    KeyScope,
    KeyState,
    in_order,
    scopes_in,
    state_of_key,
)
from service.domain.access.organization_settings import OrganizationWish, faults
from service.domain.roles import require_lead
from service.store.tables import Credential
from service.web import errors
from service.web.fields import KeyId
from service.web.pages.forms import checked, lines
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, Visit, WritingVisit
from service.web.schemas.access import KeyAsked

router = pages(reads=KeyScope.ADMIN, writes=KeyScope.ADMIN)

SettingTyped = Annotated[str, Field(max_length=20_000)]


class SettingsSent(BaseModel):
    """As it was typed."""

    name: SettingTyped = ""
    language: SettingTyped = ""
    undo_seconds: SettingTyped = ""
    model_budget_per_day: SettingTyped = ""
    embed_origins: SettingTyped = ""
    remind_again_days: SettingTyped = ""
    answer_within_days: SettingTyped = ""
    look_for_introductions_weekly: bool = False
    say_what_is_outdated: bool = False
    spot_check_every: SettingTyped = ""
    second_factor_needed: bool = False
    time_zone: SettingTyped = ""
    mail_says_more: bool = False


@dataclass(frozen=True)
class SettingsPage(PageView):
    """What is set, or what was typed with what is wrong about it."""

    template: ClassVar[str] = "access/settings.html"
    id: str
    sent: SettingsSent
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key as it is listed. `scopes` is empty where it may be used for everything; `soon`: its end is near."""

    key: Credential
    state: KeyState
    scopes: tuple[KeyScope, ...]
    soon: bool


@dataclass(frozen=True)
class KeysPage(PageView):
    """Keys, newest first. `secret` is there once, right after a key was made."""

    template: ClassVar[str] = "access/keys.html"
    keys: tuple[KeyLine, ...]
    groups: tuple[GroupChoice, ...]
    group_names: Mapping[str, str]
    now: datetime
    scopes: Mapping[KeyScope, str]
    name: str = ""
    chosen: tuple[str, ...] = ()
    chosen_scopes: tuple[str, ...] = (KeyScope.READ,)
    days: str = str(A_YEAR.days)
    secret: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)


class KeySent(BaseModel):
    """A key to make."""

    name: SettingTyped = ""
    groups: Annotated[list[SettingTyped], Field(max_length=501)] = []
    scopes: Annotated[list[SettingTyped], Field(max_length=len(KeyScope))] = []
    days: SettingTyped = ""


class _Lifetime(BaseModel):
    days: int | None = Field(default=None, ge=1, le=LONGEST.days)


def _shown(wish: OrganizationWish) -> SettingsSent:
    return SettingsSent(
        name=wish.name,
        language=wish.language,
        undo_seconds="" if wish.undo_seconds is None else str(wish.undo_seconds),
        model_budget_per_day="" if wish.model_budget_per_day is None else f"{wish.model_budget_per_day:.10g}",
        embed_origins="\n".join(wish.embed_origins),
        remind_again_days="" if wish.remind_again_days is None else str(wish.remind_again_days),
        answer_within_days="" if wish.answer_within_days is None else str(wish.answer_within_days),
        look_for_introductions_weekly=wish.look_for_introductions_weekly,
        say_what_is_outdated=wish.say_what_is_outdated,
        spot_check_every="" if wish.spot_check_every is None else str(wish.spot_check_every),
        second_factor_needed=wish.second_factor_needed,
        time_zone=wish.time_zone,
        mail_says_more=wish.mail_says_more,
    )


def _wish(sent: SettingsSent) -> tuple[OrganizationWish | None, dict[str, str]]:
    typed: dict[str, Any] = {
        "name": sent.name.strip(),
        "language": sent.language.strip(),
        "undo_seconds": sent.undo_seconds.strip() or None,
        "model_budget_per_day": sent.model_budget_per_day.strip().replace(",", ".") or None,
        "embed_origins": [one.rstrip("/") for one in lines(sent.embed_origins)],
        "remind_again_days": sent.remind_again_days.strip() or None,
        "answer_within_days": sent.answer_within_days.strip() or None,
        "spot_check_every": sent.spot_check_every.strip() or None,
    }
    read, wrong = checked(_Numbers, typed)
    numbers = read or _Numbers()
    wish = OrganizationWish(
        typed["name"],
        typed["language"],
        numbers.undo_seconds,
        numbers.model_budget_per_day,
        tuple(typed["embed_origins"]),
        numbers.remind_again_days,
        numbers.answer_within_days,
        sent.look_for_introductions_weekly,
        sent.say_what_is_outdated,
        numbers.spot_check_every,
        sent.second_factor_needed,
        sent.time_zone.strip(),
        sent.mail_says_more,
    )
    wrong = {**faults(wish), **dict.fromkeys(wrong, "Give a number.")}
    return (None if wrong else wish), wrong


class _Numbers(BaseModel):
    undo_seconds: int | None = None
    model_budget_per_day: float | None = None
    remind_again_days: int | None = None
    answer_within_days: int | None = None
    spot_check_every: int | None = None


@router.get("/desk/settings")
def settings(visit: ReadingVisit) -> Shown:
    id_, wish = organizations.show(visit.session, visit.actor)
    return SettingsPage(id_, _shown(wish))


@router.post("/desk/settings")
def change(visit: WritingVisit, sent: Annotated[SettingsSent, Form()]) -> Shown:
    id_, _ = organizations.show(visit.session, visit.actor)
    wish, wrong = _wish(sent)
    if wish is None:
        visit.status = errors.KINDS["invalid"].status
        return SettingsPage(id_, sent, wrong)
    organizations.change(visit.session, visit.actor, wish, now=visit.now)
    return Goto("/desk/settings", said="saved")


@router.get("/desk/settings/keys")
def keys(visit: ReadingVisit) -> Shown:
    return _keys(visit)


def _keys(visit: Visit, **given: Any) -> KeysPage:
    found = credentials.list_keys(visit.session, visit.actor)
    ids = {group for key in found for group in key.groups}
    names = directory.group_titles(visit.session, ids)
    lines = tuple(_line(key, visit.now) for key in found)
    mine = {one: means for one, means in MEANS.items() if one in visit.actor.scopes}
    return KeysPage(lines, directory.tree(visit.session, visit.actor), names, visit.now, mine, **given)


def _line(key: Credential, now: datetime) -> KeyLine:
    scopes, ends = scopes_in(key.scopes), key.expires_at
    state = state_of_key(ends, key.revoked_at, now=now)
    soon = state is KeyState.IN_USE and ends is not None and ends <= now + SOON
    return KeyLine(key, state, () if scopes == EVERY_SCOPE else tuple(in_order(scopes)), soon)


@router.post("/desk/settings/keys")
def make_key(visit: WritingVisit, sent: Annotated[KeySent, Form()]) -> Shown:
    require_lead(visit.actor)
    chosen = [one for one in sent.groups if one]
    asked, wrong = _asked(sent, chosen, visit.now)
    if asked is None:
        visit.status = errors.KINDS["invalid"].status
        typed = {"name": sent.name, "chosen_scopes": tuple(sent.scopes), "days": sent.days}
        return _keys(visit, **typed, chosen=tuple(chosen), faults=wrong)
    made, secret = credentials.create_key(visit.session, visit.actor, **asked.wish(), now=visit.now)
    if visit.kept:
        credentials.end_unseen(visit.session, visit.actor, visit.kept, now=visit.now)
    visit.kept = made.id
    return _keys(visit, secret=secret)


def _asked(sent: KeySent, groups: list[str], now: datetime) -> tuple[KeyAsked | None, dict[str, str]]:
    """What was typed as the API takes it. Nothing ticked is nothing, here: on a page nobody means everything by it."""
    life, wrong = checked(_Lifetime, {"days": sent.days.strip() or None})
    until = now + timedelta(days=life.days) if life is not None and life.days else None
    given = {"name": sent.name.strip(), "groups": groups, "scopes": sent.scopes, "expires_at": until}
    asked, faults = checked(KeyAsked, given)
    faults = {name.partition(".")[0]: said for name, said in faults.items()}
    if not sent.scopes:
        faults["scopes"] = "Choose at least one."
    if wrong:
        faults["days"] = f"A number of days up to {LONGEST.days:,}, or nothing for a key that does not end by itself."
    return (None if faults else asked), faults


@router.post("/desk/settings/keys/{id}/revoke")
def revoke_key(visit: WritingVisit, id: KeyId) -> Shown:
    credentials.revoke(visit.session, visit.actor, id, now=visit.now)
    return Goto("/desk/settings/keys", said="key-ended")
