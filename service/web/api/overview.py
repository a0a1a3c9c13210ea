"""A challenge at a glance, and spot checks by a second reader."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from service.actions.overview import challenge, fairness, solutions, spot_checks, tables
from service.actions.work import lens as work_lens
from service.domain.access.keys import KeyScope
from service.web.calls import Attachment, Reading, Writing, spreadsheet
from service.web.fields import DraftId, ExternalId, Id
from service.web.openapi import SPREADSHEET, v1
from service.web.schemas.overview import (
    FairnessShown,
    OverviewShown,
    SolutionMapShown,
    SpotCheckAsked,
    SpotCheckDueList,
    SpotCheckDueShown,
    SpotCheckShown,
)

router = v1("Overview", reads=KeyScope.READ, writes=KeyScope.ACT)

OnlyGroup = Annotated[Id | None, Query(description="Only this group and those below it.")]


@router.get("/challenges/{id}/overview", summary="A challenge at a glance")
def get_overview(
    call: Reading,
    id: ExternalId,
    group: OnlyGroup = None,
) -> OverviewShown:
    """Progress, time to feedback, criteria, agreement and decisions, in the groups that you may see."""
    return OverviewShown.made(*challenge.overview(call.session, call.actor, id, group=group, now=call.now))


@router.get("/challenges/{id}/map", summary="How a challenge was gone about")
def get_map(
    call: Reading,
    id: ExternalId,
    group: OnlyGroup = None,
) -> SolutionMapShown:
    """The approaches in the latest texts of the groups that you may see, each with a passage. Needs no consent to be
    shown, since you review this work; what no machine may read is left out."""
    lens = work_lens.lens(call.session, call.actor, id, group=group)
    return SolutionMapShown.of(solutions.solution_map(call.session, lens))


@router.get("/challenges/{id}/work.csv", summary="Take a challenge's work along", **SPREADSHEET)
def take_work(call: Reading, id: ExternalId, group: OnlyGroup = None) -> Attachment:
    """Every revision a row, with the released feedback on it; of the groups that you may see, and not your own. Whoever
    wrote it is told that it was taken along."""
    found = tables.work(call.session, call.actor, work_lens.lens(call.session, call.actor, id, group=group))
    call.disclose(found.showings)
    return spreadsheet("work.csv", found.text)


@router.get("/challenges/{id}/decisions.csv", summary="Take along what was decided", **SPREADSHEET)
def take_decisions(call: Reading, id: ExternalId, group: OnlyGroup = None) -> Attachment:
    """Every point of every draft as it stands a row: what was drafted, what it says now, and what was decided on it."""
    found = tables.decisions(call.session, call.actor, work_lens.lens(call.session, call.actor, id, group=group))
    call.disclose(found.showings)
    return spreadsheet("decisions.csv", found.text)


@router.get("/challenges/{id}/people.csv", summary="Take along how far everybody is", **SPREADSHEET)
def take_progress(call: Reading, id: ExternalId, group: OnlyGroup = None) -> Attachment:
    """Everybody whom the challenge is set to, or who has handed in, a row."""
    lens = work_lens.lens(call.session, call.actor, id, group=group)
    return spreadsheet("people.csv", tables.people(call.session, lens).text)


@router.get("/by-group", summary="By group and language")
def get_fairness(call: Reading) -> FairnessShown:
    """Points kept, edited and dismissed, confidence, and introductions, between the groups that you coordinate and
    between languages, with a warning where they part by more than chance."""
    return FairnessShown.of(fairness.fairness(call.session, call.actor, now=call.now))


@router.get("/spot-checks", summary="What you are asked to read a second time")
def list_spot_checks(call: Reading) -> SpotCheckDueList:
    """A random sample of work that a colleague has judged and that you know nothing of. There is one page, of 20 at
    most: what you have judged goes, and the next comes."""
    return SpotCheckDueList(
        items=[SpotCheckDueShown.of(one) for one in spot_checks.due(call.session, call.actor, now=call.now)]
    )


@router.post("/spot-checks/{id}", summary="Judge it", status_code=201)
def make_spot_check(call: Writing, id: DraftId, body: SpotCheckAsked) -> SpotCheckShown:
    """Your judgement is kept beside the first one; what the learner was told does not change."""
    made = spot_checks.check(
        call.session,
        call.actor,
        id,
        standing=body.standing,
        criteria=body.judgements,
        note=body.note,
        now=call.now,
    )
    return SpotCheckShown.of(made)
