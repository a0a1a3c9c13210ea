"""What the rest of the service is given of accounts: a way to sign in, pages, and what is done by the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.integrations.oidc import door
from service.integrations.oidc.directory import Directory
from service.integrations.oidc.door import Door
from service.integrations.oidc.providers import PAGE
from service.jobs.tools import JobTools, Step
from service.outward.addresses import AddressNetwork
from service.outward.transport import Patience, Transport
from service.store.sealing import Seal
from service.store.tables import AccountProvider, Job
from service.web.services import WayIn

ENTRANCE: Final = "/sign-in/account"
PATIENCE: Final = Patience(3, 6, 8)
"""Somebody looks at an empty page meanwhile."""


@dataclass(frozen=True)
class Accounts:
    """Safe to use from several threads."""

    door: Door

    @classmethod
    def of(
        cls, seal: Callable[[], Seal], networks: Sequence[AddressNetwork] = (), patience: Patience = PATIENCE
    ) -> Accounts:
        """Opens no connection, and asks for the seal with the first attempt."""
        transport = Transport(tuple(networks), patience)
        return cls(Door(transport, seal, Directory(transport)))

    @property
    def kinds(self) -> Mapping[str, Callable[[JobTools, str, Job], None]]:
        return {}

    @property
    def waiting(self) -> frozenset[str]:
        return frozenset()

    @property
    def subjects(self) -> Mapping[str, tuple[type[Any], ...]]:
        return {}

    @property
    def steps(self) -> Sequence[Step]:
        return (Step("accounts' uses to forget", door.forget),)

    def look(self, tools: JobTools) -> bool:
        return False

    def again_in(self) -> float:
        return inf

    def failing(self, session: Session, before: datetime) -> Mapping[str, datetime]:
        """None but what was written down as it happened: nobody asks a provider while nobody signs in."""
        return {}

    @property
    def api(self) -> Sequence[APIRouter]:
        return ()

    @property
    def tags(self) -> Sequence[Mapping[str, str]]:
        return ()

    @property
    def pages(self) -> Sequence[APIRouter]:
        from service.integrations.oidc import entrance, settings

        return (entrance.router, settings.router)

    @property
    def way(self) -> tuple[str, str]:
        return PAGE, "Accounts"

    def ways_in(self, session: Session) -> Sequence[WayIn]:
        """Of the organizations that show theirs to everybody."""
        shown = select(AccountProvider).where(AccountProvider.on, AccountProvider.listed)
        rows = session.scalars(shown.order_by(AccountProvider.name, AccountProvider.id)).all()
        return [WayIn(row.name, f"{ENTRANCE}/{row.id}", self._leave(row)) for row in rows]

    def _leave(self, row: AccountProvider) -> str:
        known = self.door.directory.at_hand(row.issuer)
        return f"{ENTRANCE}/{row.id}/leave" if known is not None and known.end_session else ""
