"""A school whose people have accounts at a real provider, and a browser that follows where it is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from service.actions.access import credentials
from service.domain.roles import Actor, CredentialReach, Role
from service.integrations.oidc import providers
from service.integrations.oidc.providers import ProviderWish, RuleWish
from service.store.tables import AccountBinding, AuditEntry, Credential, Person
from tests.connected import SEAL
from tests.service.web.browsing import Visitor
from tests.service.web.conftest import School, school, serve, sessions
from tests.stubs.provider import CLIENT, SECRET, Provider, providing

__all__ = ["school", "serve", "sessions"]
MEANT = {"sec-fetch-site": "same-origin"}
"""As a browser says it that comes from the sign-in page."""


@dataclass
class House:
    """A school with its provider set up. `id` is the provider's, by us."""

    school: School
    provider: Provider
    id: str = ""
    wish: dict[str, Any] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        return Actor(self.school.organization, "operator", CredentialReach.PLATFORM)

    def set_up(self, **wish: Any) -> House:
        """From now on as `wish` says beside what was wished before."""
        self.wish |= wish
        plain = {"name": "Harbor account", "issuer": self.provider.url, "client_id": CLIENT, "secret": SECRET}
        with self.school.sessions.writing() as session:
            row = providers.of(session, self.actor)
            seen = row.version if row is not None else 0
            made = providers.put(
                session, self.actor, ProviderWish(**{**plain, **self.wish}), SEAL, seen=seen, now=self.school.now()
            )
            self.id = made.id
        self.provider.redirect = f"{self.school.url}{self.entrance}/back"
        return self

    def rule(self, claim: str, value: str, role: Role, group: str) -> str:
        with self.school.sessions.writing() as session:
            wish = RuleWish(claim, value, role, group)
            return providers.add_rule(session, self.actor, wish, now=self.school.now()).id

    @property
    def entrance(self) -> str:
        return f"/sign-in/account/{self.id}"

    def come(
        self, visitor: Visitor | None = None, *, after: str = "", **account: Any
    ) -> tuple[Visitor, httpx.Response]:
        """Somebody comes in with this account, all the way."""
        if account:
            self.provider.account = account
        visitor = visitor or Visitor(self.school.client())
        asked = {"next": after} if after else {}
        return visitor, visitor.client.get(self.entrance, params=asked, headers=MEANT, follow_redirects=True)

    def refused(self, **account: Any) -> str:
        """The word for why somebody did not come in with this account."""
        visitor, answer = self.come(**account)
        assert answer.status_code in (403, 503), answer.text
        assert not in_cookie(visitor)
        return word(answer)

    def back(self, visitor: Visitor) -> str:
        """The address with which the browser of somebody who began would come back, who has not yet."""
        away = visitor.client.get(self.entrance, headers=MEANT)
        assert away.status_code == 303, away.text
        there = httpx.get(away.headers["location"])
        return str(there.headers["location"])

    def binding(self) -> AccountBinding | None:
        with self.school.sessions.reading() as session:
            query = select(AccountBinding).where(AccountBinding.provider_id == self.id)
            return session.scalars(query.order_by(AccountBinding.id.desc())).first()

    def roles(self, person: str) -> set[tuple[str, str]]:
        answer = self.school.platform.get(f"/v1/people/{person}")
        return {(one["role"], one["group"]) for one in answer.json()["roles"]}

    def open_sessions(self, person: str) -> int:
        with self.school.sessions.reading() as session:
            mine = select(Credential).join(Person, Person.id == Credential.person_id)
            rows = session.scalars(mine.where(Person.external_id == person, Credential.session)).all()
            return sum(row.revoked_at is None for row in rows)

    def acts(self) -> list[str]:
        with self.school.sessions.reading() as session:
            mine = AuditEntry.organization_id == self.school.organization
            rows = session.scalars(select(AuditEntry.act).where(mine).order_by(AuditEntry.number))
            return [act for act in rows if act.startswith(("account", "sign-in"))]


def in_cookie(visitor: Visitor) -> str:
    return next((one.value or "" for one in visitor.client.cookies.jar if one.name == "peerloom"), "")


def word(answer: httpx.Response) -> str:
    found = re.search(r"<code>([a-z-]+)</code>", answer.text)
    assert found, answer.text
    return found[1]


def who(house: House, visitor: Visitor) -> str:
    """The id of whoever is signed in there."""
    with house.school.sessions.reading() as session:
        actor = credentials.authenticate(session, in_cookie(visitor), now=house.school.now())
        return session.get_one(Person, actor.person).external_id


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providing() as there:
        yield there


@pytest.fixture
def house(school: School, provider: Provider) -> House:
    """Whose people are known by `employee`, and by addresses that the provider has verified."""
    return House(school, provider).set_up(person_claim="employee", by_email=True, listed=True)
