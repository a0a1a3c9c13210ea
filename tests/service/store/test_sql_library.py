"""What the Library gives and what it never gives, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete

from pipelines.values import AI, Shelf, Standing
from service.domain.drafts import DraftState
from service.domain.visibility import ShowWork
from service.store import library
from service.store.library import SqlLibrary
from service.store.tables import Consent, Document, DraftRow, PassageRow, Person, PointState, Revision, Submission
from tests.service.store.world import NOW, World
from tests.statements import statements


@pytest.fixture
def shelves(world: World) -> SqlLibrary:
    return SqlLibrary(world.sessions)


def texts(shelves: SqlLibrary, world: World, shelf: Shelf = Shelf.WORK, reader: str = "") -> list[str]:
    return [item.text for item in shelves.read(shelf, world.scope(reader))]


def test_peers_work_is_read_passage_by_passage_and_verbatim(world: World, shelves: SqlLibrary) -> None:
    revision = world.work(world.person("amara"), "We visit each other.\n\nThen we talk – über alles.")
    first, second = shelves.read(Shelf.WORK, world.scope())
    assert (first.text, second.text) == ("We visit each other.", "Then we talk – über alles.")
    assert (second.id, second.document, second.start, second.end) == (f"{revision}@22-48", revision, 22, 48)
    assert (second.title, second.shelf, second.version) == ("", Shelf.WORK, 1)


def test_the_author_of_a_passage_is_an_opaque_id(world: World, shelves: SqlLibrary) -> None:
    person = world.person("amara")
    world.work(person, "We visit each other.")
    assert [item.author for item in shelves.read(Shelf.WORK, world.scope())] == [person]


def test_ones_own_work_is_not_peers_work(world: World, shelves: SqlLibrary) -> None:
    mine, other = world.person("amara"), world.person("jonas")
    world.work(mine, "Mine.")
    world.work(other, "Theirs.")
    assert texts(shelves, world, reader=mine) == ["Theirs."]


def test_only_the_latest_revision_is_read(world: World, shelves: SqlLibrary) -> None:
    first = world.work(world.person("amara"), "First try.")
    world.revision(world.submission_of(first), "Second try.")
    assert texts(shelves, world) == ["Second try."]
    assert shelves.read(Shelf.WORK, world.scope(), [f"{first}@0-10"]) == []


def test_a_withdrawn_essay_is_never_read_even_if_asked_for_by_id(world: World, shelves: SqlLibrary) -> None:
    revision = world.work(world.person("amara"), "Taken back.")
    ids = [item.id for item in shelves.read(Shelf.WORK, world.scope())]
    with world.changing(Submission, world.submission_of(revision)) as submission:
        submission.withdrawn_at = NOW
    assert shelves.read(Shelf.WORK, world.scope(), ids) == []
    assert texts(shelves, world) == []


def test_consent_taken_back_takes_effect_with_the_next_read_and_given_again_too(
    world: World, shelves: SqlLibrary
) -> None:
    person = world.person("amara")
    world.work(person, "Look at this.")
    assert texts(shelves, world) == ["Look at this."]
    with world.changing(Consent, person) as consent:
        consent.show_work = ShowWork.NO
    assert texts(shelves, world) == []
    with world.changing(Consent, person) as consent:
        consent.show_work = ShowWork.WITHOUT_NAME
    assert texts(shelves, world) == ["Look at this."]


def test_a_person_who_never_said_anything_is_not_shown(world: World, shelves: SqlLibrary) -> None:
    world.work(world.person("amara", show=ShowWork.NO), "Private.")
    silent = world.person("jonas")
    world.work(silent, "No consent row at all.")
    world.each(lambda session: session.execute(delete(Consent).where(Consent.person_id == silent)) and None)
    assert texts(shelves, world) == []


@pytest.mark.parametrize("whose", ["text", "person"])
def test_work_that_no_machine_may_read_is_not_in_the_library(world: World, shelves: SqlLibrary, whose: str) -> None:
    person = world.person("amara")
    revision = world.work(person, "Not for machines.")
    draft = world.draft(revision, DraftState.RELEASED, score=1.0)
    world.point(draft, PointState.ACCEPTED, quote="Not for machines.")
    model, id_ = (Revision, revision) if whose == "text" else (Consent, person)
    with world.changing(model, id_) as row:
        row.ai = AI.NONE
    assert texts(shelves, world) == []
    assert texts(shelves, world, Shelf.PRECEDENTS) == []
    assert shelves.reviewed(world.scope(), 10) == []


def test_nobody_sees_peers_work_before_an_own_attempt(world: World, shelves: SqlLibrary) -> None:
    world.work(world.person("amara"), "Look at this.")
    ids = [item.id for item in shelves.read(Shelf.WORK, world.scope())]
    assert shelves.read(Shelf.WORK, world.scope(peers=False), ids) == []
    assert shelves.fingerprint(Shelf.WORK, world.scope(peers=False)) != shelves.fingerprint(Shelf.WORK, world.scope())


def test_work_shared_within_groups_is_read_only_of_those_groups(world: World, shelves: SqlLibrary) -> None:
    elsewhere = world.new_group("g2")
    world.work(world.person("amara"), "Here.")
    world.work(world.person("jonas"), "Elsewhere.", group=elsewhere)
    assert [item.text for item in shelves.read(Shelf.WORK, world.scope(groups=[elsewhere]))] == ["Elsewhere."]
    assert len(shelves.read(Shelf.WORK, world.scope())) == 2


def test_work_on_another_challenge_is_not_read(world: World, shelves: SqlLibrary) -> None:
    world.work(world.person("amara"), "Another question.", challenge=world.new_challenge("c2"))
    assert texts(shelves, world) == []


def test_context_is_the_latest_version_of_what_was_not_removed(world: World, shelves: SqlLibrary) -> None:
    handbook = world.document("handbook", "Old words.", "New words.\n\nAgree on one question.")
    gone = world.document("strategy", "Dusty.")
    with world.changing(Document, gone) as document:
        document.removed_at = NOW
    items = shelves.read(Shelf.CONTEXT, world.scope())
    assert [item.text for item in items] == ["New words.", "Agree on one question."]
    assert {(item.title, item.heading, item.version, item.author) for item in items} == {("Handbook", "Visits", 2, "")}
    with world.changing(Document, handbook) as document:
        document.removed_at = NOW
    assert shelves.read(Shelf.CONTEXT, world.scope(), [item.id for item in items]) == []


def test_nothing_crosses_from_another_organization_with_the_same_external_ids(
    world: World, shelves: SqlLibrary
) -> None:
    other = World(world.sessions, "valley")
    for place in (world, other):
        name = place.organization
        revision = place.work(place.person("amara"), f"Work of {name}.")
        place.document("handbook", f"Handbook of {name}.")
        draft = place.draft(revision, DraftState.RELEASED, standing=Standing.MET)
        place.point(draft, PointState.ACCEPTED, quote=f"Work of {name}.")
    for shelf in Shelf:
        theirs = [item.id for item in shelves.read(shelf, other.scope())]
        ours = shelves.read(shelf, world.scope())
        assert [world.organization in item.text for item in ours] == [True]
        assert len(theirs) == 1
        assert shelves.read(shelf, world.scope(), theirs) == []
    assert len(shelves.reviewed(world.scope(), 10)) == 1


def test_a_challenge_of_another_organization_opens_nothing(world: World, shelves: SqlLibrary) -> None:
    other = World(world.sessions, "valley")
    revision = other.work(other.person("amara"), "Work.")
    other.point(other.draft(revision, DraftState.RELEASED, score=0.5), PointState.ACCEPTED)
    world.challenge = other.challenge
    assert texts(shelves, world) == texts(shelves, world, Shelf.PRECEDENTS) == []
    assert shelves.reviewed(world.scope(), 10) == []


def test_approved_points_and_dismissed_ones_are_precedents_and_others_are_not(
    world: World, shelves: SqlLibrary
) -> None:
    jonas = world.person("jonas")
    released = world.draft(world.work(world.person("amara"), "We visit."), DraftState.RELEASED)
    waiting = world.draft(world.work(world.person("li"), "We talk."), DraftState.READY)
    kept = [world.point(released, state) for state in (PointState.ACCEPTED, PointState.EDITED, PointState.ADDED)]
    world.point(released, PointState.PROPOSED)
    world.point(released, PointState.ACCEPTED, generation=0)
    world.point(released, PointState.ACCEPTED, quote="")
    world.point(waiting, PointState.ACCEPTED)
    dismissed = world.point(waiting, PointState.DISMISSED, reason_code="wrong", reason="Not so.", decided_by=jonas)
    items = {item.id: item for item in shelves.read(Shelf.PRECEDENTS, world.scope())}
    assert set(items) == {*kept, dismissed}
    past = items[dismissed].past
    assert past is not None
    assert (past.dismissed, past.reason, past.decided_by) == (True, "Not so.", "jonas")
    assert items[kept[0]].past.dismissed is False  # type: ignore[union-attr]


def test_a_precedent_holds_the_passage_it_was_about_and_what_was_said(world: World, shelves: SqlLibrary) -> None:
    person = world.person("amara")
    revision = world.work(person, "We visit each other.")
    draft = world.draft(revision, DraftState.APPROVED)
    world.point(draft, PointState.EDITED, quote="each other", text="Say when.", start=9, end=19, criterion="k1")
    (item,) = shelves.read(Shelf.PRECEDENTS, world.scope())
    assert (item.text, item.document, item.start, item.end, item.author) == ("each other", revision, 9, 19, person)
    assert item.past is not None
    assert (item.past.text, item.past.quote, item.past.criterion) == ("Say when.", "each other", "k1")


def test_a_precedent_says_back_nothing_of_the_work_that_it_was_made_on(world: World, shelves: SqlLibrary) -> None:
    draft = world.draft(world.work(world.person("amara"), "We visit each other."), DraftState.APPROVED)
    world.point(draft, PointState.ACCEPTED, text="You write that you visit each other: when is that?")
    (item,) = shelves.read(Shelf.PRECEDENTS, world.scope())
    assert item.past is not None
    assert item.past.text == "When is that?"


def test_points_on_ones_own_work_or_on_withdrawn_work_are_no_precedents(world: World, shelves: SqlLibrary) -> None:
    person = world.person("amara")
    revision = world.work(person, "We visit each other.")
    world.point(world.draft(revision, DraftState.RELEASED), PointState.ACCEPTED)
    assert texts(shelves, world, Shelf.PRECEDENTS, reader=person) == []
    with world.changing(Submission, world.submission_of(revision)) as submission:
        submission.withdrawn_at = NOW
    assert texts(shelves, world, Shelf.PRECEDENTS) == []


def test_an_approval_undone_is_no_precedent_any_more(world: World, shelves: SqlLibrary) -> None:
    draft = world.draft(world.work(world.person("amara"), "We visit."), DraftState.APPROVED)
    world.point(draft, PointState.ACCEPTED)
    assert len(texts(shelves, world, Shelf.PRECEDENTS)) == 1
    with world.changing(DraftRow, draft) as row:
        row.state = DraftState.READY
    assert texts(shelves, world, Shelf.PRECEDENTS) == []


def test_items_come_in_the_order_of_the_ids_and_long_lists_are_cut(
    world: World, shelves: SqlLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "MOST_IDS", 2)
    world.work(world.person("amara"), "\n\n".join(f"Paragraph {n}." for n in range(7)))
    ids = [item.id for item in shelves.read(Shelf.WORK, world.scope())][::-1]
    asked = [ids[0], "nothing@0-1", *ids[1:]]
    assert [item.id for item in shelves.read(Shelf.WORK, world.scope(), asked)] == ids
    assert shelves.read(Shelf.WORK, world.scope(), []) == []


def test_more_ids_than_a_statement_takes_are_read_all_the_same(world: World, shelves: SqlLibrary) -> None:
    world.work(world.person("amara"), "Only one.")
    (item,) = shelves.read(Shelf.WORK, world.scope())
    many = [f"{n:032x}@0-1" for n in range(70_000)]
    assert shelves.read(Shelf.WORK, world.scope(), [*many, item.id]) == [item]


def test_judged_work_is_given_with_its_judgement_the_latest_first(world: World, shelves: SqlLibrary) -> None:
    amara, jonas, li = world.person("amara"), world.person("jonas"), world.person("li")
    old = world.work(amara, "Old.")
    draft = world.draft(old, DraftState.RELEASED, standing=Standing.PARTLY, summary="Nearly.", judgements={"k1": "met"})
    world.point(draft, PointState.ACCEPTED, text="Say when.", position=1)
    world.point(draft, PointState.ADDED, text="Say who.", position=0)
    world.point(draft, PointState.DISMISSED, text="No.")
    newer = world.revision(world.submission("s9", jonas), "Newer.", at=NOW + timedelta(days=1))
    world.draft(newer, DraftState.APPROVED, score=0.75)
    world.draft(world.work(li, "Unjudged."), DraftState.RELEASED)
    first, second = shelves.reviewed(world.scope(), 10)
    assert (first.id, first.author, first.score, first.standing, first.text) == (newer, jonas, 0.75, None, "Newer.")
    assert (second.standing, dict(second.criteria)) == (Standing.PARTLY, {"k1": Standing.MET})
    assert second.feedback == "Nearly.\nSay who.\nSay when."
    assert [one.id for one in shelves.reviewed(world.scope(), 1)] == [newer]
    assert [one.author for one in shelves.reviewed(world.scope(jonas), 10)] == [amara]


def test_of_one_submission_only_the_latest_judged_revision_teaches(world: World, shelves: SqlLibrary) -> None:
    first = world.work(world.person("amara"), "First.")
    world.draft(first, DraftState.RELEASED, score=0.2)
    second = world.revision(world.submission_of(first), "Second.")
    world.draft(second, DraftState.RELEASED, judgements={"k1": "not_yet"})
    world.draft(world.revision(world.submission_of(first), "Third."), DraftState.READY, score=0.9)
    assert [one.id for one in shelves.reviewed(world.scope(), 10)] == [second]


def test_judged_work_that_was_withdrawn_teaches_nothing(world: World, shelves: SqlLibrary) -> None:
    revision = world.work(world.person("amara"), "First.")
    world.draft(revision, DraftState.RELEASED, score=0.2)
    with world.changing(Submission, world.submission_of(revision)) as submission:
        submission.withdrawn_at = NOW
    assert shelves.reviewed(world.scope(), 10) == []


def test_the_names_of_deciders_follow_the_person(world: World, shelves: SqlLibrary) -> None:
    jonas = world.person("jonas")
    draft = world.draft(world.work(world.person("amara"), "We visit."), DraftState.RELEASED)
    world.point(draft, PointState.ACCEPTED, decided_by=jonas)
    before = shelves.fingerprint(Shelf.PRECEDENTS, world.scope())
    with world.changing(Person, jonas) as person:
        person.name = "Jonas Adeyemi"
    (item,) = shelves.read(Shelf.PRECEDENTS, world.scope())
    assert item.past is not None
    assert item.past.decided_by == "Jonas Adeyemi"
    assert shelves.fingerprint(Shelf.PRECEDENTS, world.scope()) != before


def test_a_passage_row_that_claims_another_organizations_text_is_not_read(world: World, shelves: SqlLibrary) -> None:
    other = World(world.sessions, "valley")
    theirs = other.work(other.person("amara"), "Theirs.")
    world.add(
        PassageRow(
            id=f"{theirs}@0-6",
            organization_id=world.organization,
            shelf=Shelf.WORK,
            part_id=world.challenge,
            owner_id=theirs,
            start=0,
            end=6,
        )
    )
    assert texts(shelves, world) == []


@pytest.mark.parametrize("shelf", Shelf)
def test_the_ids_that_may_be_seen_are_those_that_are_read_and_take_one_statement(
    world: World, shelves: SqlLibrary, shelf: Shelf
) -> None:
    mine, south = world.person("amara"), world.new_group("g2")
    for at, (author, group) in enumerate(((mine, ""), (world.person("jonas"), south), (world.person("lin"), ""))):
        revision = world.work(author, f"First {at}.\n\nSecond {at}.", group=group)
        world.point(world.draft(revision, DraftState.RELEASED), PointState.ACCEPTED, quote=f"First {at}.")
        world.document(f"handbook {at}", f"Notes {at}.")
    for scope in (
        world.scope(),
        world.scope(mine),
        world.scope(mine, groups=[south]),
        world.scope(mine, peers=False),
    ):
        with world.sessions.reading() as session, statements(session) as asked:
            found = shelves.visible(shelf, scope)
        assert found == {item.id for item in shelves.read(shelf, scope)}
        assert sum(one.startswith("SELECT") for one in asked) <= 1
