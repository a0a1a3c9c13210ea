"""Showings are written down once, and looked for in as many statements for a list as for one."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from service.store import disclosures, find
from service.store.disclosures import Showing, at_desk
from service.store.session import Sessions
from service.store.tables import Disclosure, Person
from tests import statements
from tests.service.actions.school import NOW, found, hand_in


def _listed(reader: str, revisions: list[str], drafts: list[str], many: int) -> list[Showing]:
    """So many things before a facilitator's eyes, each beside the first one's draft, with work of both."""
    return [
        showing
        for at in range(many)
        for showing in at_desk(reader, f"{at:032}", revisions, beside=drafts[0], drafts=drafts[1:])
    ]


def test_a_long_list_takes_as_many_statements_as_a_short_one(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        lena = find.one(session, Person, platform.organization, "lena").id
        handed = [hand_in(session, platform, person) for person in ("amara", "lin")]
        revisions, drafts = [one.revision.id for one in handed], [one.draft.id for one in handed]
        lists = [_listed(lena, revisions, drafts, many) for many in (1, 20)]
        taken = [statements.count(session, partial(disclosures.missing, session, some)) for some in lists]
        assert taken == [3, 3]
        disclosures.keep(session, lists[1], now=NOW)
        assert disclosures.missing(session, lists[1]) == []
        entries = session.scalars(select(Disclosure)).all()
        assert [one.person_id for one in entries] == [lena_sees.submission.person_id for lena_sees in handed[1:]] * 20
