"""Where a document was used in feedback: only in drafts that the reader may see, in few statements however many."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from pipelines import values
from pipelines.values import SourceKind
from service.actions.documents import kept, versions
from service.domain.errors import NotAllowed
from service.store.session import Sessions
from service.store.tables import DocumentVersion, DraftRow
from tests.service.actions.school import NOW, act_as, found, hand_in, make_ready

TEXT = "Agree on one question before each visit."


def counted(session, act) -> tuple[object, int]:
    statements: list[str] = []
    listener = lambda *given: statements.append(given[2])  # noqa: E731
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", listener)
    result = act()
    event.remove(engine, "before_cursor_execute", listener)
    return result, len(statements)


def test_a_passage_names_the_points_that_rest_on_it_in_drafts_one_may_see(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        versions.put_document(session, platform, "handbook", title="Handbook", text=TEXT, now=NOW)
        version = session.scalars(select(DocumentVersion.id)).one()
        source = values.Source(SourceKind.CONTEXT, f"{version}@0-21", TEXT[:21], 0, 21, "Handbook", 1)
        for person in ("amara", "lin"):
            row = session.get_one(DraftRow, hand_in(session, platform, person).draft.id)
            make_ready(session, row, source)
        lena, mateo, amara = (act_as(session, platform, name) for name in ("lena", "mateo", "amara"))
        one, few = counted(session, lambda: kept.usage(session, lena, "handbook"))
        both, as_few = counted(session, lambda: kept.usage(session, mateo, "handbook"))
        assert [use.person for use in one.passages[0].uses] == ["Amara Okafor"]
        assert sorted(use.person for use in both.passages[0].uses) == ["Amara Okafor", "Lin Wei"]
        assert (one.total, both.total, both.passages[0].quote) == (1, 2, TEXT[:21])
        assert few == as_few
        assert kept.shelf(session, lena).documents[0].used == 1
        other = found(session, "hillside")
        versions.put_document(session, other, "handbook", title="Handbook", text=TEXT, now=NOW)
        assert kept.usage(session, act_as(session, other, "mateo"), "handbook").total == 0
        with pytest.raises(NotAllowed):
            kept.usage(session, amara, "handbook")
