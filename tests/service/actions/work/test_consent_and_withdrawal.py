"""What a learner says takes effect on everything that is under way: consent and withdrawal that cross with a hand-in, a
draft, a gallery or a search, and the second look of whoever rests on what held before."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipelines.values import AI
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import given_elsewhere, review
from service.actions.drafts import make
from service.actions.galleries import make as galleries_making
from service.actions.galleries import wanted
from service.actions.people import register
from service.actions.requests import make as find
from service.actions.requests import need
from service.actions.work import similar, submit
from service.domain import galleries as gallery_rules
from service.domain.drafts import DraftState
from service.domain.errors import Invalid, NotAllowed, NotNow
from service.domain.roles import Actor
from service.jobs.galleries import chosen
from service.store.session import Sessions, make_engine
from service.store.tables import Consent, DraftRow, Gallery, Person, Request, Revision, Submission
from tests.crossing import crossing
from tests.service.actions.galleries.world import EMBEDDER, all_hand_in, of, peopled
from tests.service.actions.school import NOW, OTHER_PLAN, act_as, drafted, found, hand_in, make_ready

NOTHING = register.ConsentWish(ai=AI.NONE)
Act = Callable[[Session], object]


@pytest.fixture
def crossed(postgres_database: str) -> Iterator[Sessions]:
    engine = make_engine(postgres_database)
    yield Sessions(engine)
    engine.dispose()


def _school(sessions: Sessions, *, handed_in: bool = False) -> Actor:
    with sessions.writing() as session:
        platform = found(session)
        if handed_in:
            hand_in(session, platform)
    return platform


def _drafts(sessions: Sessions) -> list[tuple[DraftState, AI]]:
    with sessions.reading() as session:
        rows = session.execute(
            select(DraftRow.state, Revision.ai)
            .join(Revision, Revision.id == DraftRow.revision_id)
            .order_by(Revision.number)
        )
        return [(state, ai) for state, ai in rows]


def _says_no(platform: Actor) -> Act:
    return lambda session: register.set_consent(session, platform, "amara", NOTHING, now=NOW)


def _takes_back(platform: Actor) -> Act:
    return lambda session: submit.withdraw(session, platform, "s-amara", now=NOW)


@pytest.mark.servers
def test_a_no_to_machines_that_crosses_a_hand_in_finds_it(crossed: Sessions) -> None:
    platform = _school(crossed)
    crossing(crossed, lambda session: hand_in(session, platform), _says_no(platform)).result()
    assert _drafts(crossed) == [(DraftState.STUCK, AI.NONE)]


@pytest.mark.servers
def test_a_hand_in_that_crosses_a_no_to_machines_is_for_people(crossed: Sessions) -> None:
    platform = _school(crossed)
    crossing(crossed, _says_no(platform), lambda session: hand_in(session, platform)).result()
    assert _drafts(crossed) == [(DraftState.STUCK, AI.NONE)]


@pytest.mark.servers
def test_a_need_that_crosses_a_no_to_machines_is_for_people(crossed: Sessions) -> None:
    platform = _school(crossed)

    def state(session: Session) -> AI:
        amara = act_as(session, platform, "amara")
        session.scalars(select(Consent)).all()  # known to this session before it is held
        return need.state(session, amara, text="I look for a partner to observe.", now=NOW).ai

    assert crossing(crossed, _says_no(platform), state).result() is AI.NONE


@pytest.mark.servers
def test_a_revision_never_lands_on_what_was_just_taken_back(crossed: Sessions) -> None:
    platform = _school(crossed, handed_in=True)
    later = crossing(crossed, _takes_back(platform), lambda session: hand_in(session, platform, "amara", OTHER_PLAN))
    assert isinstance(later.exception(), NotNow)
    assert [state for state, _ in _drafts(crossed)] == [DraftState.WITHDRAWN]


@pytest.mark.servers
def test_taking_back_finds_the_revision_that_it_crosses(crossed: Sessions) -> None:
    platform = _school(crossed, handed_in=True)
    crossing(crossed, lambda session: hand_in(session, platform, "amara", OTHER_PLAN), _takes_back(platform)).result()
    assert [state for state, _ in _drafts(crossed)] == [DraftState.WITHDRAWN, DraftState.WITHDRAWN]


@pytest.mark.servers
def test_two_revisions_that_cross_are_both_kept(crossed: Sessions) -> None:
    platform = _school(crossed, handed_in=True)
    later = crossing(
        crossed,
        lambda session: hand_in(session, platform, "amara", OTHER_PLAN),
        lambda session: hand_in(session, platform, "amara", "We visit each other on Mondays."),
    )
    assert later.result().revision.number == 3


@pytest.mark.servers
def test_feedback_from_elsewhere_is_not_released_on_what_was_just_taken_back(crossed: Sessions) -> None:
    platform = _school(crossed, handed_in=True)
    wish = given_elsewhere.FeedbackWish("lena", "Well planned; say what to look for.")
    later = crossing(
        crossed,
        _takes_back(platform),
        lambda session: given_elsewhere.take_in_feedback(session, platform, "s-amara", wish, now=NOW),
    )
    assert isinstance(later.exception(), NotNow)
    assert [state for state, _ in _drafts(crossed)] == [DraftState.WITHDRAWN]


@pytest.mark.servers
def test_a_no_to_machines_waits_for_what_is_just_stored_and_leaves_it(crossed: Sessions) -> None:
    platform = _school(crossed, handed_in=True)
    with crossed.writing() as session:
        row = session.scalars(select(DraftRow)).one()
        assert make.begin(session, row.id, row.generation, now=NOW) is not None
    crossing(
        crossed,
        lambda session: make.finish(session, row.id, row.generation, drafted(), now=NOW),
        _says_no(platform),
    ).result()
    assert _drafts(crossed) == [(DraftState.READY, AI.NONE)]


def _unheard(session: Session) -> None:
    """As if the consent had been taken back, and what follows from it had not been done."""
    amara = select(Person.id).where(Person.external_id == "amara").scalar_subquery()
    session.execute(update(Consent).where(Consent.person_id == amara).values(ai=AI.NONE))


def _gone(session: Session) -> None:
    """As if the work had been taken back, and what follows from it had not been done."""
    session.execute(update(Submission).where(Submission.external_id == "s-amara").values(withdrawn_at=NOW))


ENDS = pytest.mark.parametrize(
    ("happens", "draft_is", "gallery_is"),
    [
        (_unheard, DraftState.STUCK, gallery_rules.GalleryState.STUCK),
        (_gone, DraftState.WITHDRAWN, gallery_rules.GalleryState.WITHDRAWN),
    ],
    ids=["consent", "withdrawal"],
)


@ENDS
def test_a_draft_looks_again_before_a_machine_reads(
    sessions: Sessions, happens: Act, draft_is: DraftState, gallery_is: gallery_rules.GalleryState
) -> None:
    with sessions.writing() as session:
        row = hand_in(session, found(session)).draft
        generation = row.generation
        happens(session)
        assert make.begin(session, row.id, generation, now=NOW) is None
        assert (row.state, row.generation) == (draft_is, generation + 1)


@ENDS
def test_a_draft_looks_again_before_it_is_kept(
    sessions: Sessions, happens: Act, draft_is: DraftState, gallery_is: gallery_rules.GalleryState
) -> None:
    with sessions.writing() as session:
        row = hand_in(session, found(session)).draft
        generation = row.generation
        assert make.begin(session, row.id, generation, now=NOW) is not None
        happens(session)
        make.finish(session, row.id, generation, drafted(), now=NOW)
        session.flush()
        session.refresh(row)
        assert (row.state, row.summary, row.points) == (draft_is, "", [])


def test_a_draft_is_made_by_what_is_allowed_when_it_begins(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        register.set_consent(session, platform, "amara", register.ConsentWish(ai=AI.ANY), now=NOW)
        row = hand_in(session, platform).draft
        session.execute(update(Consent).values(ai=AI.LOCAL))
        brief = make.begin(session, row.id, row.generation, now=NOW)
        assert brief is not None
        assert brief.ai is AI.LOCAL


def test_nothing_is_drafted_anew_that_no_machine_may_read_by_now(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        row = make_ready(session, hand_in(session, platform).draft)
        _unheard(session)
        with pytest.raises(Invalid, match="no machine reads"):
            review.redraft(Deciding(session, act_as(session, platform, "lena"), row.id, row.version, NOW))


def _waiting_gallery(session: Session) -> Gallery:
    platform = peopled(session)
    all_hand_in(session, platform)
    own = session.scalars(select(Submission).where(Submission.external_id == "s-amara")).one()
    revision = submit.revision_of(session, own)
    assert revision is not None
    return wanted.want(session, own, revision, gallery_rules.GalleryActor.LEARNER, now=NOW)


@ENDS
def test_a_gallery_looks_again_before_a_machine_reads(
    sessions: Sessions, happens: Act, draft_is: DraftState, gallery_is: gallery_rules.GalleryState
) -> None:
    with sessions.writing() as session:
        row = _waiting_gallery(session)
        happens(session)
        assert galleries_making.begin(session, row.id, row.generation, now=NOW) is None
        assert row.state is gallery_is


@ENDS
def test_a_gallery_looks_again_before_it_is_kept(
    sessions: Sessions, happens: Act, draft_is: DraftState, gallery_is: gallery_rules.GalleryState
) -> None:
    with sessions.writing() as session:
        row = _waiting_gallery(session)
        making = galleries_making.begin(session, row.id, row.generation, now=NOW)
        assert making is not None
        happens(session)
        galleries_making.finish(session, row.id, row.generation, chosen(making, EMBEDDER), now=NOW)
        assert (row.state, row.items, row.comparison) == (gallery_is, [], "")


def test_a_gallery_that_nobody_may_have_chosen_by_now_is_told_at_once(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = peopled(session)
        all_hand_in(session, platform)
        own = session.scalars(select(Submission).where(Submission.external_id == "s-amara")).one()
        revision = submit.revision_of(session, own)
        assert revision is not None
        _unheard(session)
        wanted.want(session, own, revision, gallery_rules.GalleryActor.LEARNER, now=NOW)
        assert of(session).state is gallery_rules.GalleryState.STUCK


def test_what_was_found_for_a_need_is_not_kept_once_no_machine_may_read_it(sessions: Sessions) -> None:
    with sessions.writing() as session:
        amara = act_as(session, found(session), "amara")
        row = need.state(session, amara, text="I look for a partner to observe.", now=NOW)
        looking = find.begin(session, row.id, now=NOW)
        assert looking is not None
        _unheard(session)
        assert not find.finish(session, looking, (), {}, now=NOW)
        assert session.get_one(Request, row.id).looked_at is None


@pytest.mark.parametrize(("happens", "refusal"), [(_unheard, NotAllowed), (_gone, Invalid)])
def test_nothing_is_searched_by_a_text_that_no_machine_may_read_by_now(
    sessions: Sessions, happens: Act, refusal: type[Exception]
) -> None:
    with sessions.writing() as session:
        platform = found(session)
        hand_in(session, platform)
        happens(session)
        with pytest.raises(refusal):
            similar.query(session, platform, challenge=None, submission="s-amara", text=None, now=NOW)
