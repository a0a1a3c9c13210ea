"""The challenge editor. Criteria are added, moved and taken out by buttons of the form, which store nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from fastapi import Form
from pydantic import BaseModel, Field

from pipelines.texts.language import language_code
from service.actions.challenges import archiving, editor
from service.actions.challenges.editor import ALLOWED, PEERS, REACHES, ChallengeForm, Difference
from service.actions.challenges.setting import ChallengeWish
from service.actions.people import directory
from service.actions.people.directory import GroupChoice
from service.domain.access.keys import KeyScope
from service.domain.calibration import FEWEST, MOST
from service.domain.roles import leads, require_coordinator
from service.domain.visibility import PeersShown, SharingReach
from service.web import errors
from service.web.fields import ExternalId, Id, typed
from service.web.pages.challenges import sentences
from service.web.pages.challenges.sentences import CriterionRead, CriterionTyped
from service.web.pages.forms import TAKEN, checked, lines
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, Visit, WritingVisit
from service.web.schemas.challenges import ChallengeAsked

router = pages(writes=KeyScope.SUBMIT)

HERE = "/desk/challenges"
EditorTyped = Annotated[str, Field(max_length=200_000)]
CriteriaTyped = Annotated[list[EditorTyped], Field(max_length=60)]
Every = Annotated[list[EditorTyped], Field(max_length=2_000)]


class ChallengeSent(BaseModel):
    """As it was typed. Criteria are four lists of one length; their forms are two, of that length times the languages
    they are `spoken` in; `unread`: whose were shown beside a new wording. `do` is the button: save, look, propose, add,
    up:1, down:1 …"""

    id: EditorTyped = ""
    title: EditorTyped = ""
    prompt: EditorTyped = ""
    outcome: EditorTyped = ""
    reference: EditorTyped = ""
    notes: EditorTyped = ""
    language: EditorTyped = ""
    key: CriteriaTyped = []
    text: CriteriaTyped = []
    question: CriteriaTyped = []
    points: CriteriaTyped = []
    spoken: EditorTyped = ""
    clause: Every = []
    topic: Every = []
    unread: CriteriaTyped = []
    peers: EditorTyped = PeersShown.AFTER_ATTEMPT.value
    reach: EditorTyped = SharingReach.ORGANIZATION.value
    groups: Annotated[list[EditorTyped], Field(max_length=501)] = []
    tags: EditorTyped = ""
    opened_at: EditorTyped = ""
    calibrate: bool = False
    pieces: Annotated[int, Field(ge=FEWEST, le=MOST)] = FEWEST
    seen: EditorTyped = ""
    do: EditorTyped = "save"

    @property
    def languages(self) -> list[str]:
        return self.spoken.split()

    @property
    def criteria(self) -> list[CriterionTyped]:
        forms = sentences.taken_up(self.clause, self.topic, self.languages)
        rows = zip(self.key, self.text, self.question, self.points, forms, strict=False)
        return [CriterionTyped(*row) for row in rows]

    def with_criteria(self, rows: Sequence[CriterionTyped], languages: Sequence[str]) -> ChallengeSent:
        clause, topic = sentences.laid_out(rows, languages)
        columns = {name: [getattr(row, name) for row in rows] for name in ("key", "text", "question", "points")}
        return self.model_copy(update={**columns, "spoken": " ".join(languages), "clause": clause, "topic": topic})


class _New(BaseModel):
    id: Id


class _Day(BaseModel):
    day: datetime | None = None


@dataclass(frozen=True)
class ChallengeFormPage(PageView):
    """A challenge to write. `there` is what is stored, None for a new one; `look` is what learners would see of it."""

    template: ClassVar[str] = "challenges/form.html"
    there: ChallengeForm | None
    sent: ChallengeSent
    groups: tuple[GroupChoice, ...]
    everywhere: bool
    read: tuple[CriterionRead, ...]
    proposable: bool
    stale: int | None = None
    look: ChallengeWish | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    peers: Mapping[PeersShown, str] = field(default_factory=lambda: PEERS)
    reaches: Mapping[SharingReach, str] = field(default_factory=lambda: REACHES)
    allowed: str = ALLOWED


@dataclass(frozen=True)
class ChallengeConflictPage(PageView):
    """Somebody changed the challenge meanwhile: where the two differ, and the form as it was typed."""

    template: ClassVar[str] = "challenges/conflict.html"
    status: ClassVar[int] = errors.KINDS["changed-since"].status
    there: ChallengeForm
    sent: ChallengeSent
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class ChallengePreviewPage(PageView):
    """A challenge as learners see it."""

    template: ClassVar[str] = "challenges/preview.html"
    id: str
    look: ChallengeWish
    now: datetime
    peers: Mapping[PeersShown, str] = field(default_factory=lambda: PEERS)
    reaches: Mapping[SharingReach, str] = field(default_factory=lambda: REACHES)
    allowed: str = ALLOWED


@router.get(HERE + "/new")
def new(visit: ReadingVisit) -> Shown:
    require_coordinator(visit.actor)
    return _form(visit, None, ChallengeSent(key=["k1"], text=[""], question=[""], points=[""]))


@router.post(HERE + "/new")
def add(visit: WritingVisit, sent: Annotated[ChallengeSent, Form()]) -> Shown:
    require_coordinator(visit.actor)
    if sent.do not in ("save", "look"):
        return _form(visit, None, _turned(visit, sent))
    wish, faults = _wish(sent)
    id_, bad_id = checked(_New, {"id": sent.id.strip()})
    if wish is None or id_ is None:
        return _wrong(visit, None, sent, {**faults, **bad_id})
    if sent.do == "look":
        return _form(visit, None, sent, look=wish)
    if editor.add(visit.session, visit.actor, id_.id, wish, now=visit.now) is None:
        return _wrong(visit, None, sent, {"id": TAKEN})
    return Goto(f"{HERE}/{quote(id_.id, safe='')}", said="saved")


@router.get(HERE + "/{id}/edit")
def edit(visit: ReadingVisit, id: ExternalId) -> Shown:
    there = editor.form(visit.session, visit.actor, id)
    return _form(visit, there, _sent(there))


@router.post(HERE + "/{id}/edit")
def change(visit: WritingVisit, id: ExternalId, sent: Annotated[ChallengeSent, Form()]) -> Shown:
    there = editor.form(visit.session, visit.actor, id)
    if sent.do not in ("save", "look"):
        return _form(visit, there, _turned(visit, sent))
    wish, faults = _wish(sent, there.wish)
    if wish is None:
        return _wrong(visit, there, sent, faults)
    if sent.do == "look":
        stale = there.waiting if editor.rewords(there.wish, wish) else 0
        return _form(visit, there, sent, look=wish, stale=stale)
    anew = editor.unread(there.wish, wish)
    if anew.keys() - {*sent.unread}:
        asked = sent.model_copy(update={"unread": sorted({*sent.unread, *anew})})
        return _form(visit, there, asked, anew=frozenset(anew.values()))
    other = editor.change(visit.session, visit.actor, id, wish, seen=sent.seen, now=visit.now)
    if other is not None:
        return ChallengeConflictPage(other, sent, editor.differences(other.wish, wish))
    return Goto(f"{HERE}/{quote(id, safe='')}", said="saved")


@router.get(HERE + "/{id}/preview")
def preview(visit: ReadingVisit, id: ExternalId) -> Shown:
    return ChallengePreviewPage(id, editor.preview(visit.session, visit.actor, id), visit.now)


@router.post(HERE + "/{id}/archive")
def archive(visit: WritingVisit, id: ExternalId) -> Shown:
    archiving.archive(visit.session, visit.actor, id, now=visit.now)
    return Goto(HERE, said="archived")


@router.post(HERE + "/{id}/bring-back")
def bring_back(visit: WritingVisit, id: ExternalId) -> Shown:
    archiving.bring_back(visit.session, visit.actor, id, now=visit.now)
    return Goto(f"{HERE}/{quote(id, safe='')}", said="brought-back")


def _form(
    visit: Visit, there: ChallengeForm | None, sent: ChallengeSent, anew: frozenset[str] = frozenset(), **given: Any
) -> ChallengeFormPage:
    chosen = frozenset(there.wish.groups if there is not None else ())
    groups = directory.tree(visit.session, visit.actor, coordinated=True, besides=chosen)
    languages = editor.languages(visit.session, visit.actor, sent.language)
    sent = sent.with_criteria(sent.criteria, languages)
    read = sentences.shown(sent.criteria, languages, anew)
    proposable = bool(languages) and sentences.filled(sent.criteria, languages[0]) != sent.criteria
    return ChallengeFormPage(there, sent, groups, leads(visit.actor), read, proposable, **given)


def _turned(visit: Visit, sent: ChallengeSent) -> ChallengeSent:
    """The form after a button that stores nothing."""
    if sent.do != "propose":
        return moved(sent)
    (first, *_) = editor.languages(visit.session, visit.actor, sent.language) or ("",)
    return sent.with_criteria(sentences.filled(sent.criteria, first), [*dict.fromkeys([*sent.languages, first])])


def _wrong(visit: Visit, there: ChallengeForm | None, sent: ChallengeSent, faults: Mapping[str, str]) -> PageView:
    visit.status = errors.KINDS["invalid"].status
    return _form(visit, there, sent, faults=faults)


def _sent(there: ChallengeForm) -> ChallengeSent:
    wish = there.wish
    made = ChallengeSent(
        **{name: getattr(wish, name) for name in ("title", "prompt", "outcome", "reference", "notes", "language")},
        id=there.id,
        peers=wish.sharing_peers.value,
        reach=wish.sharing_reach.value,
        groups=list(wish.groups),
        tags=", ".join(wish.tags),
        opened_at=f"{wish.opened_at.astimezone(UTC):%Y-%m-%dT%H:%M}" if wish.opened_at else "",
        calibrate=bool(wish.calibrate),
        pieces=wish.calibrate or FEWEST,
        seen=there.seen,
    )
    rows = [sentences.typed(criterion) for criterion in wish.criteria]
    return made.with_criteria(rows, [*dict.fromkeys(language for row in rows for language in row.forms)])


def moved(sent: ChallengeSent) -> ChallengeSent:
    """The form after one of the buttons beside the criteria. A button that names none of them changes nothing."""
    rows = sent.criteria
    what, _, number = sent.do.partition(":")
    at = int(number) - 1 if number.isdecimal() and len(number) < 4 else -1
    if what == "add" and len(rows) < 50:
        taken = {row.key for row in rows}
        key = next(f"k{n}" for n in range(1, len(rows) + 2) if f"k{n}" not in taken)
        rows = [*rows, CriterionTyped(key)]
    elif what == "out" and 0 <= at < len(rows):
        rows.pop(at)
    elif what in ("up", "down") and 0 <= at < len(rows):
        rows.insert(max(0, at - 1 if what == "up" else at + 1), rows.pop(at))
    return sent.with_criteria(rows, sent.languages)


def _wish(sent: ChallengeSent, there: ChallengeWish | None = None) -> tuple[ChallengeWish | None, dict[str, str]]:
    """What was typed as a challenge, or what is wrong. Criteria without a word in them are left out."""
    criteria = [_criterion(row, sent.languages, there) for row in sent.criteria if row.written]
    day, wrong = checked(_Day, {"day": sent.opened_at.strip() or None})
    texts = {name: typed(getattr(sent, name)) for name in ("prompt", "outcome", "reference", "notes")}
    given: dict[str, Any] = {
        **texts,
        "title": " ".join(sent.title.split()),
        "language": sent.language.strip(),
        "criteria": criteria,
        "sharing": {"peers": sent.peers, "reach": sent.reach},
        "groups": [one for one in sent.groups if one],
        "tags": lines(sent.tags),
        "calibrate": sent.pieces if sent.calibrate else 0,
        "opened_at": _aware(day.day) if day is not None and day.day is not None else None,
    }
    asked, faults = checked(ChallengeAsked, given)
    if wrong:
        faults["opened_at"] = "Give a day and a time, such as 2026-09-01T08:00."
    if len({one["id"] for one in criteria}) < len(criteria):
        faults["criteria"] = "Two criteria have the same key; give each its own."
    if not texts["prompt"].strip():
        faults["prompt"] = "Say what learners are asked to do."
    return (asked.wish() if asked is not None and not faults else None), faults


def _criterion(row: CriterionTyped, languages: Sequence[str], there: ChallengeWish | None) -> dict[str, Any]:
    """As the API takes it. Where no forms were sent, those that there are stay, as do those that no page shows."""
    text = typed(row.text)
    same = (one for one in (there.criteria if there else ()) if (one.key, one.text) == (row.key, text))
    stored = next((one.forms or () for one in same), ())
    beside = [one for one in stored if language_code(one.language) not in languages]
    forms = [asdict(one) for one in (*map(row.form, languages), *beside) if one.clause or one.topic]
    return {
        "id": row.key.strip(),
        "text": text,
        "question": typed(row.question),
        "points": _number(row.points),
        "forms": forms if languages else None,
    }


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _number(text: str) -> object:
    with errors.Caught(ValueError):
        return float(text.strip().replace(",", ".")) if text.strip() else None
    return text
