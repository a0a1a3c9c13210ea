"""Calibrating a challenge: a few pieces are judged first, and the rest is drafted by those."""

from __future__ import annotations

from service.actions.calibration import asking, progress
from service.domain.access.keys import KeyScope
from service.web.calls import Call, Reading, Writing
from service.web.fields import ExternalId
from service.web.openapi import v1
from service.web.schemas.calibration import CalibrationShown

router = v1("Challenges", reads=KeyScope.READ, writes=KeyScope.ACT)


@router.get("/challenges/{id}/calibration", summary="See how far a challenge's calibration is")
def get_calibration(call: Reading, id: ExternalId) -> CalibrationShown:
    """What may be worth a second thought in its criteria, the pieces that are to be judged first, and how much was
    judged. For those who review, and platforms."""
    return _shown(call, id)


@router.post("/challenges/{id}/calibration/choose", summary="Choose anew what is judged first", status_code=202)
def choose_calibration(call: Writing, id: ExternalId) -> CalibrationShown:
    """A job chooses, of all work there is by now. What somebody has opened or judged stays."""
    asking.choose_anew(call.session, call.actor, id, now=call.now)
    return _shown(call, id)


@router.post("/challenges/{id}/calibration/draft-now", summary="Wait for a calibration no longer", status_code=202)
def end_calibration(call: Writing, id: ExternalId) -> CalibrationShown:
    """What waits is drafted by jobs, however few pieces are judged. For those who see every group that the challenge is
    set to."""
    asking.draft_now(call.session, call.actor, id, now=call.now)
    return _shown(call, id)


@router.post("/challenges/{id}/calibration/look", summary="Have the criteria looked at again", status_code=202)
def look_at_criteria(call: Writing, id: ExternalId) -> CalibrationShown:
    """A job looks. It is done unasked with every change of words, and when the first works are there."""
    asking.look_again(call.session, call.actor, id, now=call.now)
    return _shown(call, id)


def _shown(call: Call, id: str) -> CalibrationShown:
    return CalibrationShown.of(progress.progress(call.session, call.actor, id))
