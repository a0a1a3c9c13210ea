"""Coming in with an account: begun here, answered by the provider, and ended by it when its owner leaves there.

Holds what is needed to ask providers. Reads in one transaction, asks in none, and writes in another. That somebody is
let in is the doing of sign-in links: an account makes one for its person and uses it up at once, so a second factor,
the session and its end are what they are for everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from service.actions.access import sessions, sign_in
from service.actions.access.sign_in import CodeNeeded, Entered
from service.domain.errors import NotFound, Unavailable
from service.domain.roles import Actor
from service.domain.texts import digest
from service.integrations.oidc import asking, attempts, bindings, claims, providers, tokens
from service.integrations.oidc.attempts import Attempt
from service.integrations.oidc.directory import Directory
from service.integrations.oidc.providers import NAME, PAGE
from service.integrations.oidc.refusals import ADVICE, Refusal, Refused
from service.integrations.oidc.tokens import Expected
from service.outward.transport import Transport
from service.store import clashes, troubles
from service.store.sealing import Seal
from service.store.session import Sessions, changed_rows, insert
from service.store.tables import AccountBinding, AccountProvider, AccountSignIn, AccountUse, Organization, Person

log = structlog.get_logger(__name__)

WAITS: Final = timedelta(days=30)
"""How long an account waits to be confirmed before it is forgotten, and what was said of it."""
LONGEST_ANSWER: Final = 4_096
_KNOWN_BY_LOOKING: Final = frozenset(
    {Refusal.UNREACHABLE, Refusal.DESCRIPTION, Refusal.KEYS, Refusal.ALGORITHM, Refusal.KEY}
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in the address with which a browser comes back."""

    code: str = ""
    state: str = ""
    issuer: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Come:
    """Somebody is in, or half-way: `secret` is the link's, whose code is waited for."""

    entered: Entered | CodeNeeded
    secret: str


@dataclass(frozen=True)
class Door:
    """Safe to use from several threads."""

    transport: Transport
    seal: Callable[[], Seal]
    directory: Directory

    def named(self, store: Sessions, provider: str) -> tuple[str, str]:
        """What the account is called, and its organization. Raises NotFound, Refused."""
        row = _provider(store, provider)
        with store.reading() as session:
            return row.name, session.get_one(Organization, row.organization_id).name

    def begin(self, store: Sessions, provider: str, back: str, path: str, *, now: datetime) -> tuple[str, str]:
        """Where the browser goes, and what it keeps meanwhile. Raises NotFound, Refused."""
        row = _provider(store, provider)
        described = self.directory.fresh(row.issuer, now=now)
        if described is None:
            with self.directory.turn(row.issuer), _told(store, row, now=now):
                described = self.directory.metadata(row.issuer, now=now)
        attempt = Attempt.new(row.id, back, path, now=now)
        return attempt.address(described, row.client_id, row.scopes), attempts.closed(attempt, self.seal())

    def finish(self, store: Sessions, provider: str, answer: Answer, kept: str, *, here: str, now: datetime) -> Come:
        """Who comes back from the provider comes in. `kept` is the cookie of the attempt, `here` the session that this
        browser holds. Raises NotFound, Refused."""
        row = _provider(store, provider)
        attempt = self._attempt(row, answer, kept, now=now)
        clashes.written(store, partial(_use_up, provider=row, use=f"state:{attempt.state}", until=attempt.ends_at))
        with self.directory.turn(row.issuer), _told(store, row, frozenset(Refusal), now=now):
            said = self._said(store, row, attempt, answer, now=now)
        asked = Expected(row.issuer, row.client_id)
        enter = partial(self._enter, provider=row.id, asked=asked, said=said, path=attempt.path, here=here, now=now)
        come = clashes.written(store, enter)
        if isinstance(come, Refusal):
            raise Refused(come)
        return come

    def sign_out(self, store: Sessions, provider: str, token: str, *, now: datetime) -> int:
        """The provider says that somebody has left there: their sessions here end. How many accounts it was about.
        Also where nobody comes in by it any more: sessions last. Raises NotFound, Refused."""
        row = _provider(store, provider, off=True)
        check = partial(tokens.logout_token, token, expected=Expected(row.issuer, row.client_id), now=now)
        with self.directory.turn(row.issuer):
            said = self.directory.with_keys(row.issuer, check, now=now)
        return clashes.written(store, partial(_leave, provider=row, said=said, now=now))

    def leaving(self, store: Sessions, provider: str, back: str) -> str:
        """The provider's address for leaving there, too; empty where it is not known to have one. Raises NotFound."""
        row = _provider(store, provider)
        known = self.directory.at_hand(row.issuer)
        if known is None or not known.end_session:
            return ""
        return attempts.with_query(known.end_session, {"client_id": row.client_id, "post_logout_redirect_uri": back})

    def look(self, store: Sessions, actor: Actor, *, now: datetime) -> bool:
        """Ask the organization's provider what it says of itself, anew; whether that can be used. What is wrong is
        written down. Raises NotAllowed, NotFound."""
        with store.reading() as session:
            row = providers.one(session, actor)
        try:
            with self.directory.turn(row.issuer), _told(store, row, _KNOWN_BY_LOOKING, now=now):
                self.directory.forget(row.issuer)
                self.directory.with_keys(row.issuer, len, now=now)
        except Refused:
            return False
        return True

    def _attempt(self, row: AccountProvider, answer: Answer, kept: str, *, now: datetime) -> Attempt:
        attempt = attempts.opened(kept, self.seal(), now=now)
        if attempt is None or attempt.provider != row.id or not answer.state or answer.state != attempt.state:
            raise Refused(Refusal.NO_ATTEMPT)
        if answer.issuer and answer.issuer != row.issuer:
            raise Refused(Refusal.OTHER_ISSUER)
        return attempt

    def _said(
        self, store: Sessions, row: AccountProvider, attempt: Attempt, answer: Answer, *, now: datetime
    ) -> Mapping[str, Any]:
        """The account's claims, held against all that was asked for."""
        described = self.directory.metadata(row.issuer, now=now)
        if described.answers_with_issuer and not answer.issuer:
            raise Refused(Refusal.OTHER_ISSUER)
        if answer.error or not answer.code:
            raise Refused(Refusal.DENIED, answer.error[:60] if answer.error.isascii() else "")
        given = asking.tokens(self.transport, described, attempt, answer.code, row.client_id, self._secret(row))
        expected = Expected(row.issuer, row.client_id)
        own: dict[str, Any] = {"nonce": attempt.nonce, "access_token": given.access, "now": now}
        check = partial(tokens.id_token, given.id, expected=expected, **own)
        said = self.directory.with_keys(row.issuer, check, now=now)
        if not (described.userinfo and given.access and claims.missing(said, self._wanted(store, row))):
            return said
        return claims.together(said, asking.userinfo(self.transport, described, given.access, str(said["sub"])))

    def _secret(self, row: AccountProvider) -> str:
        try:
            return self.seal().opened(row.secret) if row.secret else ""
        except Unavailable as error:
            raise Refused(Refusal.CLIENT, "its secret was sealed with another key than the service has now") from error

    def _wanted(self, store: Sessions, row: AccountProvider) -> set[str]:
        """The claims that something depends on."""
        with store.reading() as session:
            by_rules = {one.claim for one in bindings.rules_of(session, row.id)}
        own = {"name", row.person_claim, *(("email", "email_verified") if row.by_email else ())}
        return (by_rules | own) - {""}

    def _enter(
        self,
        session: Session,
        *,
        provider: str,
        asked: Expected,
        said: Mapping[str, Any],
        path: str,
        here: str,
        now: datetime,
    ) -> Come | Refusal:
        row = session.get(AccountProvider, provider, with_for_update={"key_share": True}, populate_existing=True)
        if row is None or not row.on:
            return Refusal.OFF
        if (row.issuer, row.client_id) != (asked.issuer, asked.client_id):
            return Refusal.NO_ATTEMPT  # changed meanwhile: what one issuer says is nothing that another says
        account = claims.account(said, row.issuer, row.person_claim)
        known = bindings.person_of(session, row, account, now=now)
        if isinstance(known, Refusal):
            bindings.record(session, row, bindings.actor_of(row).name, "refuse", row.id, now=now, why=known.value)
            return known
        person, binding = known
        _keep_session(session, row, binding, said, now=now)
        return self._let_in(session, person, path, here, now=now)

    def _let_in(self, session: Session, person: Person, path: str, here: str, *, now: datetime) -> Come:
        by = f"person:{person.id}"
        given: dict[str, Any] = {"now": now, "by": by, "path": path, "lifetime": sign_in.SETTING_UP}
        _, secret = sign_in.invite(session, person.organization_id, person, **given)
        entered = sign_in.enter(session, secret, embedded=False, seal=self.seal(), here=here, now=now)
        return Come(entered, secret)


@contextmanager
def _told(store: Sessions, row: AccountProvider, shown: Collection[Refusal] = (), *, now: datetime) -> Iterator[None]:
    """Around asking a provider: what is wrong with the connection is written down, and is over where the asking has
    `shown` that it is not so any more."""
    try:
        yield
    except Refused as refused:
        log.warning("account refused", provider=row.id, why=refused.why.value, said=refused.said)
        if ADVICE[refused.why].broken and (row.trouble, row.trouble_said) != (refused.why.value, refused.said[:200]):
            clashes.written(store, partial(_write_trouble, provider=row.id, refused=refused, now=now))
        raise
    if row.trouble in shown:
        clashes.written(store, partial(_write_trouble, provider=row.id, refused=None, now=now))


def _write_trouble(session: Session, *, provider: str, refused: Refused | None, now: datetime) -> None:
    row = session.get(AccountProvider, provider, with_for_update={"key_share": True})
    if row is None:
        return
    if refused is None:
        row.trouble, row.trouble_said, row.trouble_at = "", "", None
        troubles.over(session, NAME, row.id)
    else:
        row.trouble, row.trouble_said, row.trouble_at = refused.why.value, refused.said[:200], now
        troubles.begin(session, row.organization_id, NAME, row.id, PAGE, now=now)


def _provider(store: Sessions, id_: str, *, off: bool = False) -> AccountProvider:
    """As it stands now. Raises NotFound, and Refused for one that is switched off."""
    with store.reading() as session:
        row = session.get(AccountProvider, id_)
    if row is None:
        raise NotFound("Nobody signs in at this address. Ask your coordinator for the right one.")
    if not row.on and not off:
        raise Refused(Refusal.OFF)
    return row


def _use_up(session: Session, *, provider: AccountProvider, use: str, until: datetime) -> None:
    """Raises Refused for what was used before."""
    table = AccountUse.__table__
    mine = {"provider_id": provider.id, "organization_id": provider.organization_id}
    used = insert(session, table).values(use_hash=digest(use), until=until, **mine).on_conflict_do_nothing()
    if session.execute(used.returning(table.c.use_hash)).first() is None:
        raise Refused(Refusal.USED)


def _session_hash(provider: str, session_id: str) -> str:
    return digest(f"{provider}\n{session_id}")


def _keep_session(
    session: Session, row: AccountProvider, binding: AccountBinding, said: Mapping[str, Any], *, now: datetime
) -> None:
    """By which of the provider's sessions somebody came, where it says so."""
    id_ = said.get("sid")
    if isinstance(id_, str) and id_:
        kept = {"organization_id": row.organization_id, "binding_id": binding.id, "at": now}
        session.add(AccountSignIn(session_hash=_session_hash(row.id, id_), **kept))


def _leave(session: Session, *, provider: AccountProvider, said: Mapping[str, Any], now: datetime) -> int:
    _used_once(session, provider, f"logout:{said['jti']}", now + tokens.OLDEST + 3 * tokens.SKEW)
    found = session.scalars(select(AccountBinding).where(*_about(provider, said))).all()
    for binding in found:
        sessions.end_all(session, binding.person_id, now=now)
        by = bindings.actor_of(provider).name
        bindings.record(session, provider, by, "sign-out", f"person:{binding.person_id}", now=now)
    return len(found)


def _used_once(session: Session, provider: AccountProvider, use: str, until: datetime) -> None:
    try:
        _use_up(session, provider=provider, use=use, until=until)
    except Refused as refused:
        raise Refused(Refusal.REPLAYED) from refused


def _about(provider: AccountProvider, said: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Whose account it is: by the subject where it is said, else by the provider's session."""
    mine = [AccountBinding.provider_id == provider.id, AccountBinding.confirmed_at.is_not(None)]
    subject, session_id = said.get("sub"), said.get("sid")
    if isinstance(subject, str) and subject:
        return [*mine, AccountBinding.account_hash == bindings.account_hash(provider.issuer, subject)]
    came = select(AccountSignIn.binding_id).where(
        AccountSignIn.session_hash == _session_hash(provider.id, str(session_id))
    )
    return [*mine, AccountBinding.id.in_(came)]


def forget(session: Session, organization: str, *, now: datetime) -> int:
    """Take away what counts no more: uses that have ended, sessions of yesterday, accounts that nobody confirmed."""
    old = (
        delete(AccountUse).where(AccountUse.organization_id == organization, AccountUse.until < now),
        delete(AccountSignIn).where(
            AccountSignIn.organization_id == organization, AccountSignIn.at < now - sign_in.SESSION - sign_in.SETTING_UP
        ),
        delete(AccountBinding).where(
            AccountBinding.organization_id == organization,
            AccountBinding.confirmed_at.is_(None),
            AccountBinding.made_at < now - WAITS,
        ),
    )
    return sum(changed_rows(session, one) for one in old)
