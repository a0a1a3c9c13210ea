"""Keys, tokens, who is asking, the organization's settings, and what happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from service.actions.access import credentials, organizations, second_factor, sign_in
from service.actions.access.me import who_asks
from service.actions.people import directory
from service.domain.access.keys import KeyScope
from service.web.calls import Reading, Writing
from service.web.fields import ExternalId, KeyId
from service.web.needs import needs
from service.web.openapi import v1
from service.web.paging import Page
from service.web.schemas.access import (
    KeyAsked,
    KeyShown,
    MeShown,
    OrganizationAsked,
    OrganizationShown,
    SecretKeyShown,
    SessionShown,
    SignInLinkAsked,
    SignInLinkShown,
    TokenAsked,
)

router = v1("Access", reads=KeyScope.ADMIN, writes=KeyScope.ADMIN)


@router.get("/me", summary="Who this key or token stands for")
@needs()
def get_me(call: Reading) -> MeShown:
    """And what it may do."""
    return MeShown.of(who_asks(call.session, call.actor))


@router.get("/keys", summary="List keys")
def list_keys(call: Reading) -> Page[KeyShown]:
    """All of the organization's keys, newest first, without their secrets; there is one page."""
    return Page(items=[KeyShown.of_key(row) for row in credentials.list_keys(call.session, call.actor)], next=None)


@router.post("/keys", summary="Make a key", status_code=201)
def create_key(call: Writing, body: KeyAsked) -> SecretKeyShown:
    """Its secret is in this answer, and nowhere else. It can do no more than whoever makes it, and for no longer."""
    row, secret = credentials.create_key(call.session, call.actor, **body.wish(), now=call.now)
    shown = SecretKeyShown.with_secret(row, secret)
    call.secret = shown.without_secret()
    return shown


@router.delete("/keys/{id}", summary="End a key or token", status_code=204)
def revoke_key(call: Writing, id: KeyId) -> None:
    """At once, with every token that it had made."""
    credentials.revoke(call.session, call.actor, id, now=call.now)


@router.post("/tokens", summary="Make a token for a person", status_code=201)
@needs(KeyScope.ACT)
def mint_token(call: Writing, body: TokenAsked) -> SecretKeyShown:
    """With it the platform's page, or the review desk, acts as that person. It has the scopes of the key that makes it,
    and ends with that key.

    The same asked for again within a minute gives the same token again, until it ends or is ended; with an
    Idempotency-Key, each key has one of its own.
    """
    lifetime, bearer = timedelta(seconds=body.seconds), "" if call.asked else call.bearer
    row, secret = credentials.mint_token(
        call.session, call.actor, person=body.person, now=call.now, lifetime=lifetime, shown=bearer
    )
    shown = SecretKeyShown.with_secret(row, secret, scopes=call.actor.scopes)
    call.secret = shown.without_secret()
    return shown


@router.post("/sign-in-links", summary="Make a sign-in link for a person", status_code=201)
@needs(KeyScope.ACT)
def make_link(call: Writing, body: SignInLinkAsked) -> SignInLinkShown:
    """It opens the review desk or the learner's pages, once; for a frame on your page, or to be sent."""
    how: dict[str, Any] = {"embedded": body.embedded, "path": body.path, "lifetime": body.lifetime()}
    row, secret = sign_in.link(call.session, call.actor, person=body.person, **how, now=call.now)
    url = f"{call.base_url}/{'embed' if row.embedded else 'sign-in'}/{secret}"
    shown = SignInLinkShown(person=body.person, embedded=row.embedded, expires_at=row.expires_at, url=url)
    call.secret = shown.without_secret()
    return shown


@router.get("/people/{id}/sessions", summary="List a person's sessions")
@needs(KeyScope.PEOPLE)
def list_sessions(call: Reading, id: ExternalId) -> Page[SessionShown]:
    """Where they are signed in with a browser, the latest first; there is one page. Tokens are not sessions."""
    found = directory.sessions_of(call.session, call.actor, id, now=call.now)
    return Page(items=[SessionShown.of(one) for one in found], next=None)


@router.delete("/people/{id}/sessions", summary="End a person's sessions", status_code=204)
@needs(KeyScope.PEOPLE)
def end_sessions(call: Writing, id: ExternalId) -> None:
    """All of them, at once, and links that were not used yet. Tokens stay: end the key that they were made with."""
    directory.end_sessions(call.session, call.actor, id, now=call.now)


@router.delete("/people/{id}/second-factor", summary="Reset a person's second factor", status_code=204)
def reset_second_factor(call: Writing, id: ExternalId) -> None:
    """For somebody who has lost it. Their sessions end, and their next link asks for no code. None there: nothing is
    done. For whoever leads the whole organization."""
    second_factor.reset(call.session, call.actor, id, now=call.now)


@router.get("/organization", summary="Read the organization's settings")
def get_organization(call: Reading) -> OrganizationShown:
    """For a coordinator of the whole organization, and for keys that are not limited to some groups."""
    return OrganizationShown.of(organizations.show(call.session, call.actor))


@router.put("/organization", summary="Set the organization's settings")
def put_organization(call: Writing, body: OrganizationAsked) -> OrganizationShown:
    """All of them. They hold from the next request on."""
    organizations.change(call.session, call.actor, body.wish(), now=call.now)
    return OrganizationShown.of(organizations.show(call.session, call.actor))
