"""Who is to be told, as roles stand now. Read once for a run of events; only reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.notifications.occurrences import Occurrence
from service.domain.notifications.kinds import Audience, NotificationKind, Tell
from service.domain.roles import Role
from service.store import tree
from service.store.tables import RoleGrant


class Audiences:
    """The people of one organization (our id) who decide on something, by group."""

    def __init__(self, session: Session, organization: str) -> None:
        self._tree = tree.Tree(session, organization)
        self._tops = tree.tops(session, organization)
        self._held: dict[tuple[Role, str], set[str]] = defaultdict(set)
        rows = session.execute(
            select(RoleGrant.role, RoleGrant.group_id, RoleGrant.person_id).where(
                RoleGrant.organization_id == organization,
                RoleGrant.role.in_((Role.FACILITATOR, Role.COORDINATOR)),
            )
        )
        for role, group, person in rows:
            self._held[role, group].add(person)

    def facilitators(self, groups: Iterable[str]) -> set[str]:
        """Of these groups, or of one above."""
        return self._of(Role.FACILITATOR, groups)

    def coordinators(self, groups: Iterable[str]) -> set[str]:
        """Likewise."""
        return self._of(Role.COORDINATOR, groups)

    def reviewers(self, groups: Iterable[str]) -> set[str]:
        """Whoever may read drafts of one of these groups."""
        return self._of(Role.FACILITATOR, groups) | self._of(Role.COORDINATOR, groups)

    def leaders(self) -> set[str]:
        """Who coordinate every group at the top."""
        each = [self._held[Role.COORDINATOR, top] for top in self._tops]
        return set.intersection(*each) if each else set()

    def told(self, tell: Tell, matter: Occurrence) -> list[tuple[NotificationKind, str]]:
        """Who is told which kind of thing; nobody of what is their own, but as its author."""
        found = self._people(tell.audience, matter)
        if found or tell.otherwise is None:
            return [(tell.kind, person) for person in sorted(found)]
        return [(tell.otherwise, person) for person in sorted(self.coordinators(matter.groups) - {matter.author})]

    def _people(self, audience: Audience, matter: Occurrence) -> set[str]:
        match audience:
            case Audience.AUTHOR:
                return {matter.author} - {""}
            case Audience.NAMED:
                return set(matter.named)
            case Audience.FACILITATORS:
                return self.facilitators(matter.groups) - {matter.author}
            case Audience.COORDINATORS:
                return self.coordinators(matter.groups) - {matter.author}
            case Audience.LEADERS:
                return self.leaders()

    def _of(self, role: Role, groups: Iterable[str]) -> set[str]:
        return {person for group in groups for above in self._tree.above(group) for person in self._held[role, above]}
