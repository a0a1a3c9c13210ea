"""Galleries: what a platform's own page needs to show others' work beside a learner's, and what facilitators decide."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import ConfigDict, Field

from service.actions.galleries.desk import DeskGallery
from service.actions.learners.disclosed import ShowingsAlike
from service.actions.learners.galleries import GalleryStage
from service.domain.galleries import GalleryState
from service.store.tables import DisclosureKind
from service.web.fields import Hash, Line, OwnId, RequestBody, ResponseBody

DISCLOSED_IN = (
    "In what: `gallery`, `request`, `introduction`; `brief` for a meeting; `desk` (a facilitator, beside what somebody "
    "else has), `search` (a facilitator who looked for work like it); `export` (the name alone, in a file of the "
    "network); `model` outside of the organization, `local_model` on its own machines."
)


class PeerWorkShown(ResponseBody):
    """A peer's work as its reader may see it now."""

    id: str = Field(description="Id of this work in this gallery, to thank its author.")
    letter: str = Field(description="What the comparison calls it: A, B or C.")
    shared: bool = Field(description="Whether it is still shared; if not, nothing of it is here.")
    text: str = Field(description="The work.")
    author: str = Field(description="The author's name, where the author wishes it; else empty.")
    marks: list[tuple[int, int]] = Field(description="Places in the text that the comparison quotes.")
    thanked: bool = Field(description="Whether the reader has thanked.")


class LearnerGalleryShown(ResponseBody):
    """How others solved it, as the learner may see it now."""

    stage: GalleryStage = Field(
        description="`open` (may be asked for), `waiting`, `scarce` (not enough work of "
        "others yet; looked at again when more comes in), `by_hand`, `shown`, `not_now` or `never`."
    )
    comparison: str = Field(description="What to compare; empty where it quotes work that is no longer shared.")
    works: list[PeerWorkShown] = Field(description="Two or three works, in order.")
    approved_by: str = Field(description="Name of the facilitator who approved it, or who set the rule.")
    by_rule: bool = Field(description="Whether it was approved by a rule for the challenge.")
    shown_at: datetime | None = Field(description="Since when it can be seen.")
    takeaway: str = Field(description="What the learner takes from it, in own words.")


class GalleryThanksAsked(RequestBody):
    """Thanks to an author."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"example": {"item": "0" * 32}})

    item: OwnId = Field(description="Id of the work in the gallery.")
    named: bool = Field(False, description="Whether the author may know who thanks, if the author wishes the same.")


class GalleryTakeawayAsked(RequestBody):
    """What a learner takes from a gallery."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"example": {"text": "Agree on one question first."}}
    )

    text: Line = Field(description="In the learner's own words.")
    due_on: date | None = Field(None, description="With a day, it becomes a commitment.")


class GalleryThanksShown(ResponseBody):
    """Thanks that an author was given."""

    item: str = Field(description="Id of the work in the gallery.")
    at: datetime = Field(description="When.")
    offers: bool = Field(description="Whether the reader offers the own name.")
    returned: bool = Field(description="Whether the author has thanked back.")
    met: str = Field(description="The reader's name, where both wish it; else empty.")


class OwnWorkInGalleriesShown(ResponseBody):
    """One's own work that was shown to others; never to whom."""

    submission: str = Field(description="Id of the submission.")
    times: list[datetime] = Field(description="When it was shown, the latest first.")
    thanks: list[GalleryThanksShown] = Field(description="Thanks for it.")


class OwnWorkInGalleriesList(ResponseBody):
    """Own work that was shown."""

    items: list[OwnWorkInGalleriesShown] = Field(description="By submission.")


class _ShowingShown(ResponseBody):
    """What is told of a showing, and of several that are alike."""

    submission: str = Field(description="Id of the submission; empty for one that was erased since.")
    revision: int = Field(description="Which revision of it; 0 for one that was erased.")
    kind: DisclosureKind = Field(description=DISCLOSED_IN)
    reader: str = Field(description="Which model; empty for people.")
    approved_by: str = Field(description="Name of who let it; empty for a model, and for what was read by looking.")
    place: str = Field(description="Of an `export`: which group's network, or which organization's; else empty.")


class DisclosureShown(_ShowingShown):
    """Own work was shown once; never to whom by name."""

    at: datetime = Field(description="When.")


class ShowingsAlikeShown(_ShowingShown):
    """Showings of the same text in the same way, counted."""

    count: int = Field(description="How many there were.")
    first_at: datetime = Field(description="When the first was.")
    last_at: datetime = Field(description="When the last was.")

    @classmethod
    def of(cls, one: ShowingsAlike) -> ShowingsAlikeShown:
        return cls.mirror(one.last, count=one.count, first_at=one.first_at, last_at=one.last.at)


class DisclosureList(ResponseBody):
    """Every showing of one's own work."""

    items: list[DisclosureShown] = Field(description="The latest first.")
    alike: list[ShowingsAlikeShown] = Field(description="The same in fewer lines.")


class GalleryShown(ResponseBody):
    """A gallery in the list: never whose work is in it."""

    id: str = Field(description="Its id.")
    version: int = Field(description="Grows with every change.")
    state: GalleryState = Field(description="Where it is.")
    submission: str = Field(description="Id of the submission that it is for.")
    challenge: str = Field(description="Id of the challenge.")
    works: int = Field(description="How many works are in it.")
    gone: int = Field(description="How many of them are no longer shared.")
    asked: bool = Field(description="Whether the learner asked for it.")
    reason: str = Field(description="Why it is stuck, or waits again; else empty.")


class DeskGalleryWorkShown(ResponseBody):
    """A peer's work as a facilitator sees it before it is shown."""

    revision: str = Field(description="Id of the text, by which it is left out or put in.")
    letter: str = Field(description="A, B or C.")
    shared: bool = Field(description="Whether it may be shown now.")
    hindrance: str = Field(description="Why not; else empty.")
    text: str = Field(description="The work; empty where it may not be shown.")
    reasons: list[str] = Field(description="Why it was chosen; the learner is not shown this.")


class GalleryAlternativeShown(ResponseBody):
    """A work that could be put in."""

    revision: str = Field(description="Id of the text.")
    beginning: str = Field(description="How it begins.")
    standing: str = Field(description="How it was judged; else empty.")


class DeskGalleryShown(ResponseBody):
    """One gallery to decide on."""

    id: str = Field(description="Its id.")
    version: int = Field(description="Its version, the ETag to be sent back with a decision.")
    state: GalleryState = Field(description="Where it is.")
    comparison: str = Field(description="What would be compared.")
    text_hash: str = Field(description="Hash of what is here, to be sent back with an approval.")
    works: list[DeskGalleryWorkShown] = Field(description="The works, in order.")
    possible: list[str] = Field(description="What you may do now.")
    alternatives: list[GalleryAlternativeShown] = Field(description="Works that could be put in.")

    @classmethod
    def of(cls, one: DeskGallery) -> DeskGalleryShown:
        works = [
            DeskGalleryWorkShown.mirror(
                work, hindrance=work.hindrance or "", text="".join(stretch.text for stretch in work.text)
            )
            for work in one.works
        ]
        return cls.mirror(one, id=one.row.id, version=one.row.version, works=works)


class GalleryComparisonAsked(RequestBody):
    """Another comparison."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"example": {"text": "Who begins where, and why?"}},
    )

    text: Line = Field(description="One question that the learner can check in the texts.")


class GalleryWorkAsked(RequestBody):
    """In whose place a work is put in."""

    instead_of: OwnId | None = Field(None, description="Id of the text that goes; without it, the work is one more.")


class GalleryApprovedAsked(RequestBody):
    """An approval of exactly what was seen."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"example": {"seen": "0" * 64}})

    seen: Hash = Field(description="The `text_hash` that was seen.")


class GalleryDismissedAsked(RequestBody):
    """A decision to show none, or to take back what is shown."""

    note: Line = Field("", description="Why.")


class GalleryDecided(ResponseBody):
    """A gallery after a decision."""

    id: str = Field(description="Its id.")
    version: int = Field(description="Its version now.")
    state: GalleryState = Field(description="Where it is now.")
