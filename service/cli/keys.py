"""Keys for platforms and tokens for people. A secret is printed once, on standard output, and never again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from service.actions.access import credentials, second_factor, sign_in
from service.cli import operator
from service.cli.console import TellingGroup, err, out, settings
from service.cli.operator import OfOrganization
from service.domain.access.keys import A_YEAR, EVERY_SCOPE, LONGEST, MEANS, KeyScope, in_order, scopes_in, state_of_key
from service.domain.errors import NotAllowed
from service.store import find
from service.store.tables import Credential, Group, Person

TOLD = "; ".join(f"{one}: {means}" for one, means in MEANS.items())

app = typer.Typer(cls=TellingGroup, no_args_is_help=True, help="Keys with which platforms use the API.")


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the key is for, e.g. the platform's name.")],
    group: Annotated[list[str] | None, typer.Option(help="Limit the key to this group and those below it.")] = None,
    scope: Annotated[list[KeyScope] | None, typer.Option(help=f"What it is for; all if none is named. {TOLD}")] = None,
    days: Annotated[
        int, typer.Option(min=0, max=LONGEST.days, help="After how many days it ends by itself; 0 is never.")
    ] = A_YEAR.days,
    organization: OfOrganization = None,
) -> None:
    """Make a key and print its secret, which is shown this once."""
    parts = operator.opened()
    with parts.sessions.writing() as session:
        row = operator.organization(session, organization)
        groups = [find.one(session, Group, row.id, external_id).id for external_id in group or []]
        now = _now()
        until = now + timedelta(days=days) if days else None
        chosen: dict[str, Any] = {"groups": groups, "scopes": frozenset(scope or KeyScope), "expires_at": until}
        _, secret = credentials.issue_key(session, row.id, name=name, **chosen, now=now)
    err.print(f"Keep it safe: it is not shown again. It ends {f'on {until:%Y-%m-%d}' if until else 'never by itself'}.")
    out.print(secret, soft_wrap=True, markup=False)


@app.command("list")
def list_(organization: OfOrganization = None) -> None:
    """The organization's keys, without their secrets."""
    parts = operator.opened()
    with parts.sessions.reading() as session:
        row = operator.organization(session, organization)
        keys = credentials.list_keys(session, operator.operator(session, row))
    for key in keys:
        out.print(f"{key.id}  {key.name}", soft_wrap=True, markup=False, highlight=False)
        out.print(f"    {_told(key)}", soft_wrap=True, markup=False, highlight=False)


def _told(key: Credential) -> str:
    scopes = scopes_in(key.scopes)
    what = "everything" if scopes == EVERY_SCOPE else ", ".join(in_order(scopes))
    where = f"{len(key.groups)} groups" if key.groups else "all groups"
    days = f"made {_day(key.created_at)} · ends {_day(key.expires_at)} · last used {_day(key.last_used_at)}"
    state = state_of_key(key.expires_at, key.revoked_at, now=_now())
    return f"{state} · for {what} · in {where} · {days}"


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "never"


@app.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id, from `peerloom key list`.")],
    organization: OfOrganization = None,
) -> None:
    """End a key at once, with all tokens made with it."""
    parts = operator.opened()
    with parts.sessions.writing() as session:
        row = operator.organization(session, organization)
        credentials.revoke(session, operator.operator(session, row), key, now=_now())
    err.print("Revoked.")


def token(
    person: Annotated[str, typer.Argument(help="External id of the person.")],
    hours: Annotated[float, typer.Option(help="How long it lasts, at most 12.")] = 1,
    organization: OfOrganization = None,
) -> None:
    """Print a token with which one person is seen as that person. It ends with the key it is made with."""
    parts = operator.opened()
    with parts.sessions.writing() as session:
        row = operator.organization(session, organization)
        actor = operator.operator(session, row)
        if actor.credential == "operator":
            raise NotAllowed(
                "A token is made with a key that may stand in for people (`act`): make one first with "
                "`peerloom key create NAME`."
            )
        _, secret = credentials.mint_token(session, actor, person=person, now=_now(), lifetime=timedelta(hours=hours))
    out.print(secret, soft_wrap=True, markup=False)


def invite(
    person: Annotated[str, typer.Argument(help="External id of the person.")],
    days: Annotated[float, typer.Option(help="How long the link may wait to be opened, at most 14.")] = 3,
    organization: OfOrganization = None,
) -> None:
    """Print a link that signs one person in, once: a facilitator to the review desk, a learner to their own pages."""
    chosen = settings()
    parts = operator.opened()
    with parts.sessions.writing() as session:
        row = operator.organization(session, organization)
        who = find.one(session, Person, row.id, person)
        wish: dict[str, Any] = {"by": "operator", "lifetime": timedelta(days=days), "now": _now()}
        _, secret = sign_in.invite(session, row.id, who, **wish)
    err.print("It works once. A page opens that says whom it is for.")
    out.print(f"{chosen.address}/sign-in/{secret}", soft_wrap=True, markup=False)


def reset_second_factor(
    person: Annotated[str, typer.Argument(help="External id of the person.")],
    organization: OfOrganization = None,
) -> None:
    """Take away the second factor of a person who has lost it; their sessions end, the next link asks for none."""
    parts = operator.opened()
    with parts.sessions.writing() as session:
        row = operator.organization(session, organization)
        who = find.one(session, Person, row.id, person)
        there = second_factor.reset_by(session, who, by="operator", now=_now())
    err.print("Reset. Print a new link with `peerloom invite`." if there else "There was none.")


def _now() -> datetime:
    return datetime.now(UTC)
