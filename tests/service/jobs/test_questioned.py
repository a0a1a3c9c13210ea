"""Passages that work contradicts: found by a job, shown as consent stands now, decided on by people."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from pipelines.values import AI
from service import wiring
from service.actions.approvals.deciding import Deciding
from service.actions.documents import versions
from service.actions.questioned import make as questioned_find
from service.actions.questioned import passages
from service.actions.questioned.passages import QuestionedItem
from service.actions.work import submit
from service.domain.errors import ChangedSince, NotAllowed, NotFound, NotNow
from service.domain.questioned import QuestionedAct, QuestionedState
from service.domain.visibility import PeersShown, SharingReach, ShowWork
from service.jobs import questioned as looking
from service.store import find
from service.store.tables import (
    AuditEntry,
    Challenge,
    Document,
    Job,
    JobState,
    Questioned,
    QuestionedBy,
    Revision,
    Submission,
)
from tests.budget import examples
from tests.service.actions.introductions.village import Village, settle
from tests.statements import statements
from tests.work_off import work_off

SAYS = "A visit lasts 45 minutes."
BOOK = f"# Visits\n\n{SAYS} Notes of a visit are kept by the pair."
WRITES = {"amara": "Our visits last 20 minutes each.", "lin": "A visit lasts twenty minutes in the south."}


def village(parts: wiring.Parts, name: str = "elmfield", writes: dict[str, str] = WRITES) -> Village:
    here = settle(parts.sessions, name)
    here.now = parts.now()
    book(here)
    for person, text in writes.items():
        write(here, person, text)
    look(parts, here)
    return here


def book(here: Village, text: str = BOOK) -> None:
    with here.sessions.writing() as session:
        versions.put_document(session, here.platform, "handbook", title="Handbook", text=text, now=here.now)


def write(here: Village, person: str, text: str, ai: AI = AI.ANY) -> None:
    wish = submit.SubmissionWish("observe", person, text, ai=ai)
    with here.sessions.writing() as session:
        submit.submit(session, here.platform, f"s-{person}", wish, now=here.now, start=False)


def look(parts: wiring.Parts, here: Village) -> None:
    work_off(parts)
    with here.sessions.writing() as session:
        questioned_find.queue_search(session, here.platform, now=here.now)
    work_off(parts)


def seen(here: Village, by: str = "ines", state: QuestionedState = QuestionedState.OPEN) -> tuple[QuestionedItem, ...]:
    actor = here.actor(by)
    with here.sessions.reading() as session:
        return passages.listed(session, actor, state=state)


def decide(here: Village, act: QuestionedAct, by: str = "ines", item: QuestionedItem | None = None) -> QuestionedItem:
    (there,) = (item,) if item else [one for state in QuestionedState for one in seen(here, by, state)]
    actor = here.actor(by)
    with here.sessions.writing() as session:
        return passages.decide(Deciding(session, actor, there.id, there.version, here.now), act)


def test_what_two_people_of_two_groups_write_otherwise_is_asked_with_both_texts_verbatim(parts: wiring.Parts) -> None:
    here = village(parts)
    (one,) = seen(here)
    assert (one.title, one.quote, one.state, one.people, one.groups) == ("Handbook", SAYS, QuestionedState.OPEN, 2, 2)
    assert {quote.text for quote in one.work} == set(WRITES.values())


@pytest.mark.parametrize(
    "writes",
    [
        {"amara": WRITES["amara"]},
        {"lin": WRITES["lin"], "noor": "Our visits last 20 minutes each."},  # one group: they may have it from there
        {"amara": WRITES["amara"], "lin": "A visit lasts 30 minutes."},
        {"amara": WRITES["amara"], "lin": WRITES["lin"], "noor": "A visit lasts 45 minutes.", "yusuf": SAYS},
    ],
)
def test_one_person_one_group_or_people_who_do_not_agree_are_not_enough(
    parts: wiring.Parts, writes: dict[str, str]
) -> None:
    assert seen(village(parts, writes=writes)) == ()


def test_looking_twice_keeps_one_and_what_is_not_found_any_more_goes(parts: wiring.Parts) -> None:
    here = village(parts)
    look(parts, here)
    assert len(seen(here)) == 1
    write(here, "lin", "A visit lasts 45 minutes in the south.")
    assert seen(here) == ()  # at once: an earlier revision is not the person's word any more
    look(parts, here)
    with here.sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(Questioned)) == 0


def test_consent_and_withdrawal_take_it_away_at_once_and_not_only_with_the_next_look(parts: wiring.Parts) -> None:
    here = village(parts)
    here.allow("lin", show_work=ShowWork.NO, ai=AI.LOCAL)
    assert len(seen(here)) == 1  # who reviews both groups reads their work whatever is shown to peers
    assert seen(here, "lena") == ()  # of the north alone
    here.allow("lin", show_work=ShowWork.WITHOUT_NAME)
    (one,) = seen(here, "lena")
    assert {quote.name for quote in one.work} == {"Amara Tester", ""}
    here.allow("lin", ai=AI.NONE)
    assert seen(here) == ()
    here.allow("lin", ai=AI.ANY)
    write(here, "lin", WRITES["lin"] + " Still.")
    look(parts, here)
    assert len(seen(here)) == 1
    with here.sessions.writing() as session:
        submit.withdraw(session, here.platform, "s-lin", now=here.now)
    assert seen(here) == ()


def test_what_no_machine_may_read_is_never_compared(parts: wiring.Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    here = village(parts)
    write(here, "noor", "A visit lasts 20 minutes, says the orchard.", ai=AI.NONE)
    here.allow("yusuf", ai=AI.NONE)
    texts: list[str] = []
    real = looking.compared

    def watching(material, embedder):  # type: ignore[no-untyped-def]
        texts.extend(one.text for one in material.work)
        here.allow("lin", ai=AI.NONE)  # meanwhile
        return real(material, embedder)

    monkeypatch.setattr(looking, "compared", watching)
    look(parts, here)
    assert WRITES["amara"] in texts
    with here.sessions.reading() as session:
        whose = select(Submission.external_id).join(Revision, Revision.submission_id == Submission.id)
        kept = whose.join(QuestionedBy, QuestionedBy.revision_id == Revision.id)
        assert set(session.scalars(kept)) == {"s-amara"}
    assert not any("orchard" in text or "which questions children ask" in text for text in texts)
    assert seen(here) == ()


def test_a_version_without_the_words_closes_it_by_itself_and_one_with_them_does_not(parts: wiring.Parts) -> None:
    here = village(parts)
    decide(here, QuestionedAct.TO_CHANGE)
    book(here, "# Before\n\nRead this first.\n\n" + BOOK)
    (one,) = seen(here, state=QuestionedState.TO_CHANGE)
    assert (one.quote, one.at) == (SAYS, 2)
    book(here, BOOK.replace("45", "20"))
    assert [one.quote for one in seen(here, state=QuestionedState.CHANGED)] == [SAYS]
    look(parts, here)
    assert [one.quote for one in seen(here, state=QuestionedState.CHANGED)] == [SAYS]
    assert seen(here) == ()


def test_what_is_no_problem_does_not_come_back_for_the_same_words_and_can_be_undone(parts: wiring.Parts) -> None:
    here = village(parts)
    decide(here, QuestionedAct.FINE)
    for person in ("amara", "lin"):
        write(here, person, f"A visit lasts 30 minutes, {person} finds.")
    book(here, BOOK + "\n\nMore.")
    look(parts, here)
    assert seen(here) == ()
    write(here, "amara", WRITES["amara"])
    write(here, "lin", WRITES["lin"])
    look(parts, here)
    assert decide(here, QuestionedAct.UNDO).state is QuestionedState.OPEN
    book(here, BOOK.replace("45 minutes", "50 minutes"))
    look(parts, here)
    assert [one.quote for one in seen(here)] == [SAYS.replace("45", "50")]


def test_a_decision_is_in_the_audit_trail_and_needs_the_version_that_was_seen(parts: wiring.Parts) -> None:
    here = village(parts)
    (one,) = seen(here)
    assert decide(here, QuestionedAct.TO_CHANGE).decided_by == "Ines"
    with pytest.raises(ChangedSince):
        decide(here, QuestionedAct.FINE, item=one)
    with pytest.raises(NotNow):
        decide(here, QuestionedAct.TO_CHANGE)
    with here.sessions.reading() as session:
        acts = list(session.scalars(select(AuditEntry.act).where(AuditEntry.subject == one.id)))
    assert acts == ["questioned.to_change"]


def test_nobody_of_another_organization_and_no_learner_sees_it(parts: wiring.Parts) -> None:
    here, there = village(parts), village(parts, "oakfield", {})
    (one,) = seen(here)
    assert seen(there) == ()
    actor = there.actor("ines")
    with there.sessions.writing() as session, pytest.raises(NotFound):
        passages.decide(Deciding(session, actor, one.id, one.version, there.now), QuestionedAct.FINE)
    with pytest.raises(NotAllowed):
        seen(here, "amara")


def test_it_is_looked_for_unasked_where_something_is_new_and_a_day_apart(parts: wiring.Parts) -> None:
    here = village(parts)
    with here.sessions.writing() as session:
        last = session.scalars(select(Job.created_at).where(Job.kind == "question")).one()
        assert questioned_find.want(session, now=last + timedelta(days=2)) == 0  # nothing new
    here.now = last + timedelta(minutes=1)
    write(here, "noor", "A visit lasts 20 minutes.")
    with here.sessions.writing() as session:
        assert questioned_find.want(session, now=last + timedelta(hours=2)) == 0
        assert questioned_find.want(session, now=last + timedelta(days=1)) == 1


WALKS = itertools.count()
PEOPLE = ("amara", "lin", "noor")
STEPS = st.one_of(
    st.tuples(st.just("allow"), st.sampled_from(PEOPLE), st.sampled_from(list(ShowWork)), st.sampled_from(list(AI))),
    st.tuples(st.just("policy"), st.just(""), st.sampled_from(list(PeersShown)), st.sampled_from(list(SharingReach))),
    st.tuples(st.just("withdraw"), st.sampled_from(PEOPLE), st.none(), st.none()),
    st.tuples(st.just("look"), st.just(""), st.none(), st.none()),
)


@settings(max_examples=examples(6, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=6))
def test_however_consents_wander_nothing_is_quoted_against_them(parts: wiring.Parts, steps) -> None:  # type: ignore[no-untyped-def]
    writes = {**WRITES, "noor": "Each visit lasts 20 minutes for noor."}
    here = village(parts, f"walk-{next(WALKS)}", writes)
    show, ai, gone = dict.fromkeys(PEOPLE, ShowWork.WITH_NAME), dict.fromkeys(PEOPLE, AI.LOCAL), set[str]()
    peers, reach = PeersShown.AFTER_ATTEMPT, SharingReach.ORGANIZATION
    for kind, person, one, two in steps:
        if kind == "allow":
            here.allow(person, show_work=one, ai=two)
            show[person], ai[person] = one, two
        elif kind == "policy":
            peers, reach = one, two
            policy(here, peers, reach)
        elif kind == "withdraw" and person not in gone:
            with here.sessions.writing() as session:
                submit.withdraw(session, here.platform, f"s-{person}", now=here.now)
            gone.add(person)
        elif kind == "look":
            look(parts, here)
        for by, own in (("ines", PEOPLE), ("lena", ("amara",)), ("sofia", ("lin", "noor"))):
            shared = peers is not PeersShown.NEVER and reach is SharingReach.ORGANIZATION
            readable = {one for one in PEOPLE if one not in gone and ai[one] is not AI.NONE}
            may = {one for one in readable if one in own or (shared and show[one] is not ShowWork.NO)}
            for item in seen(here, by):
                assert {quote.text for quote in item.work} <= {writes[one] for one in may}
                assert len(item.work) >= 2
                hidden = {one for one in PEOPLE if one not in own and show[one] is not ShowWork.WITH_NAME}
                assert not {quote.name for quote in item.work} & {f"{one.title()} Tester" for one in hidden}


def policy(here: Village, peers: PeersShown, reach: SharingReach) -> None:
    with here.sessions.writing() as session:
        row = find.one(session, Challenge, here.organization, "observe")
        row.sharing_peers, row.sharing_reach = peers, reach


def test_a_run_compares_so_many_and_every_document_gets_its_turn(
    parts: wiring.Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questioned_find, "PAIRS", 1)  # a document at a time
    here = settle(parts.sessions, "elmfield")
    here.now = parts.now()
    for name in ("one", "two", "three"):
        with here.sessions.writing() as session:
            versions.put_document(session, here.platform, name, title=name.title(), text=BOOK, now=here.now)
    for person, text in WRITES.items():
        write(here, person, text)
    look(parts, here)
    turns = [{one.title for one in seen(here)}]
    for _ in range(3):
        with here.sessions.writing() as session:
            for waits in session.scalars(select(Job).where(Job.kind == "question", Job.state == JobState.QUEUED)):
                assert waits.not_before - parts.now() > timedelta(minutes=50)
                waits.not_before = parts.now()
        work_off(parts)
        turns.append({one.title for one in seen(here)})
    assert [len(titles) for titles in turns] == [1, 2, 3, 3]  # what was found in one turn stays in the next
    with here.sessions.reading() as session:
        assert session.scalar(select(func.count()).where(Job.kind == "question", Job.state == JobState.QUEUED)) == 0
        (paper,) = questioned_find.gather(session, here.organization).papers
        first = session.scalars(select(Document).order_by(Document.compared_at)).first()
        assert first is not None
        assert paper.document == first.id  # whose turn was longest ago


def test_of_what_a_run_compares_what_is_not_found_any_more_goes_and_the_rest_waits(
    parts: wiring.Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = village(parts)
    with here.sessions.writing() as session:
        versions.put_document(session, here.platform, "other", title="Other", text=BOOK, now=here.now)
    look(parts, here)
    assert {one.title for one in seen(here)} == {"Handbook", "Other"}
    monkeypatch.setattr(questioned_find, "PAIRS", 1)
    with here.sessions.writing() as session:
        for name in ("lin", "amara"):
            wish = submit.SubmissionWish("observe", name, "A visit lasts 45 minutes.")
            submit.submit(session, here.platform, f"s-{name}", wish, now=here.now, start=False)
    look(parts, here)
    with here.sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(Questioned)) == 1


def test_all_vectors_of_a_run_are_asked_for_at_once(parts: wiring.Parts) -> None:
    here = village(parts)
    with here.sessions.writing() as session:
        for at in range(4):
            versions.put_document(session, here.platform, f"more-{at}", title=f"More {at}", text=BOOK, now=here.now)
    work_off(parts)
    with here.sessions.reading() as session:
        material = questioned_find.gather(session, here.organization)
    with here.sessions.reading() as session, statements(session) as asked:
        looking.compared(material, parts.embedder(here.organization))
    assert len(material.papers) == 5
    assert sum(one.startswith("SELECT") for one in asked) <= 2
