"""Feedback that quotes a document which was removed or changed: marked, not approved, not let out, told of."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import Source, SourceKind
from service.actions.access import organizations
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import points, release, review
from service.actions.documents import versions
from service.domain.access.organization_settings import OrganizationWish
from service.domain.drafts import DraftState
from service.domain.errors import ChangedSince, Invalid
from service.domain.roles import Actor
from service.store.session import Sessions
from service.store.tables import DocumentVersion, DraftRow, Organization
from tests.service.actions.school import NOW, act_as, approve, found, hand_in, make_ready

RULE = "What will be looked for is written down: one question agreed before each visit."
LATER = NOW + timedelta(minutes=5)


def put(session: Session, platform: Actor, text: str = f"# Before the visit\n\n{RULE}") -> None:
    versions.put_document(session, platform, "handbook", title="Observation handbook", text=text, now=NOW)


def quoting(session: Session, platform: Actor) -> DraftRow:
    """A draft with a point that quotes the handbook."""
    put(session, platform)
    draft = hand_in(session, platform).draft
    version = session.scalars(
        select(DocumentVersion)
        .where(DocumentVersion.organization_id == platform.organization)
        .order_by(DocumentVersion.number.desc())
        .limit(1)
    ).one()
    start = version.text.index(RULE)
    passage = f"{version.id}@{start}-{start + len(RULE)}"
    source = Source(
        SourceKind.CONTEXT, passage, RULE, start, start + len(RULE), title="Observation handbook", version=1
    )
    return make_ready(session, draft, source)


def deciding(session: Session, actor: Actor, draft: DraftRow) -> Deciding:
    return Deciding(session, actor, draft.id, draft.version, NOW)


CHANGES = {
    "removed": lambda session, platform: versions.remove_document(session, platform, "handbook", now=NOW),
    "replaced": lambda session, platform: put(session, platform, "Come with an open mind."),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_draft_that_quotes_what_a_document_no_longer_says_is_stale_with_a_finding(
    sessions: Sessions, change: str
) -> None:
    with sessions.writing() as session:
        platform = found(session)
        draft = quoting(session, platform)
        seen = draft.version
        CHANGES[change](session, platform)
        assert draft.stale
        assert draft.version > seen
        (finding,) = [one for one in draft.findings if one.code == "document_changed"]
        assert finding.point_id == draft.points[0].id
        with pytest.raises(Invalid, match="no longer says so"):
            approve(session, act_as(session, platform, "lena"), draft)
        assert draft.state is DraftState.READY


def test_it_can_be_approved_once_the_point_says_something_else(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        draft = quoting(session, platform)
        versions.remove_document(session, platform, "handbook", now=NOW)
        lena = act_as(session, platform, "lena")
        point = draft.points[0].id
        points.edit_point(deciding(session, lena, draft), point, text=f"The handbook says: “{RULE}”")
        with pytest.raises(Invalid, match="no longer says so"):
            approve(session, lena, draft)
        points.edit_point(deciding(session, lena, draft), point, text="Which one question will you agree on?")
        assert not draft.stale
        assert not draft.findings
        assert approve(session, lena, draft).state is DraftState.APPROVED


def test_it_can_be_approved_once_the_point_is_dismissed(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        draft = quoting(session, platform)
        versions.remove_document(session, platform, "handbook", now=NOW)
        lena = act_as(session, platform, "lena")
        points.dismiss_point(deciding(session, lena, draft), draft.points[0].id, reason_code="wrong")
        assert approve(session, lena, draft).state is DraftState.APPROVED


def test_a_document_that_still_says_so_in_its_new_version_changes_nothing(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        draft = quoting(session, platform)
        put(session, platform, f"# Rules\n\nFirst of all, be kind. {RULE}\n\nThen share.")
        assert not draft.stale
        assert approve(session, act_as(session, platform, "lena"), draft).state is DraftState.APPROVED


def test_a_document_that_says_so_again_lifts_the_mark(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        draft = quoting(session, platform)
        versions.remove_document(session, platform, "handbook", now=NOW)
        put(session, platform)
        assert not draft.stale
        assert not draft.findings


def test_what_was_approved_is_taken_back_while_it_can_be_undone(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        draft = quoting(session, platform)
        approve(session, act_as(session, platform, "lena"), draft)
        versions.remove_document(session, platform, "handbook", now=NOW)
        assert draft.state is DraftState.READY
        assert not release.release_due(session, draft.id, now=LATER)


def test_a_text_reopened_after_its_document_was_removed_is_marked(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        draft = quoting(session, platform)
        lena = act_as(session, platform, "lena")
        approve(session, lena, draft)
        assert release.release_due(session, draft.id, now=LATER)
        versions.remove_document(session, platform, "handbook", now=LATER)
        release.retract(deciding(session, lena, draft))
        review.reopen(deciding(session, lena, draft))
        assert draft.stale
        assert draft.findings


def _approve(sessions: Sessions, actor: Actor, draft: str, version: int, seen: str) -> None:
    with suppress(Invalid, ChangedSince), sessions.writing() as session:
        review.approve(Deciding(session, actor, draft, version, NOW), seen=seen)


def _remove(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        versions.remove_document(session, platform, "handbook", now=NOW)


def _at_once(*acts: Callable[[], None]) -> None:
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], None]) -> None:
        start.wait()
        act()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def test_a_document_removed_while_a_draft_is_approved_never_lets_it_out(sessions: Sessions) -> None:
    """Both at once, many times: whoever comes second sees what the first has done."""
    for round_ in range(6):
        with sessions.writing() as session:
            platform = found(session, f"school-{round_}")
            draft = quoting(session, platform)
            lena, id_, version = act_as(session, platform, "lena"), draft.id, draft.version
            seen = review.text_to_approve(draft)[0]
        _at_once(
            lambda lena=lena, id_=id_, version=version, seen=seen: _approve(sessions, lena, id_, version, seen),
            lambda platform=platform: _remove(sessions, platform),
        )
        with sessions.writing() as session:
            assert not release.release_due(session, id_, now=LATER)
            assert session.get_one(DraftRow, id_).state is DraftState.READY


@pytest.mark.parametrize("tells", [False, True])
def test_released_text_says_that_a_quotation_is_no_longer_valid_where_the_organization_wants_it(
    sessions: Sessions, tells: bool
) -> None:
    with sessions.writing() as session:
        platform = found(session)
        if tells:
            row = session.get_one(Organization, platform.organization)
            wish = OrganizationWish(row.name, say_what_is_outdated=True)
            organizations.change(session, platform, wish, now=NOW)
        draft = quoting(session, platform)
        approve(session, act_as(session, platform, "lena"), draft)
        assert release.release_due(session, draft.id, now=LATER)
        put(session, platform, "Come with an open mind.")
        read = release.feedback_of(session, act_as(session, platform, "amara"), "s-amara")
        (cited,) = [one for one in read.points[0].sources if one.kind is SourceKind.CONTEXT]
        assert cited.valid is not tells
