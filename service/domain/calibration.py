"""Calibrating a challenge: a few pieces are judged by people before the rest is drafted. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from pipelines.standings import FEWEST_JUDGED
from service.domain.drafts import DraftAct, DraftActor, DraftState, possible
from service.domain.errors import Invalid

FEWEST, MOST = 3, 5
"""Pieces that a challenge can be calibrated by."""
COMPARES_FROM: Final = FEWEST_JUDGED
"""Judged works on a criterion from which the machine may compare, if it then shows that it can."""
ANEW_AT: Final = 2
"""What nobody has opened yet is chosen anew once there are so many times the works that it was chosen from."""

CAN_BE_JUDGED: Final = frozenset(
    {DraftState.WAITING, DraftState.DRAFTING}
    | {state for state in DraftState if DraftAct.JUDGE.value in possible(state, DraftActor.FACILITATOR)}
)
"""States of a piece that somebody can judge, or will when its sheet is there."""


def require_pieces(wanted: int) -> None:
    """Raises Invalid for a number of pieces that no challenge can be calibrated by; 0 is not to wait."""
    if wanted and not FEWEST <= wanted <= MOST:
        raise Invalid(f"A challenge is calibrated by {FEWEST} to {MOST} pieces of work; 0 is not to wait for that.")


def is_judged(judgements: Mapping[str, str], criteria: Collection[str], state: DraftState) -> bool:
    """Whether a piece counts as judged: on all criteria, or on those that its facilitator could tell, if feedback on it
    was approved."""
    told = set(judgements) & set(criteria)
    return told >= set(criteria) or (bool(told) and state in (DraftState.APPROVED, DraftState.RELEASED))
