"""Feedback from a person's verdicts: composed at once, at the places the person gave, by a drafter that needs no model.

It says nothing of a criterion that the person has not read, and nothing that the person has not said.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

from pipelines.drafting.flow import Verify, draft
from pipelines.ports import LanguageModel
from pipelines.values import Assessment, Draft, DraftingTask, Evidence, Judgement, PersonsReading, Standing


def compose(
    brief: DraftingTask,
    evidence: Sequence[Evidence],
    readings: Sequence[PersonsReading],
    drafter: LanguageModel,
    verify: Verify,
) -> Draft:
    """The draft that follows from these readings alone. Raises nothing for what cannot be said: it then has no points,
    and a reason."""
    said = {one.criterion: one for one in readings if one.standing is not Standing.CANNOT_TELL}
    criteria = tuple(one for one in brief.challenge.criteria if one.id in said)
    read = tuple(Judgement(one.id, Standing.CANNOT_TELL, 0.5).as_read(said[one.id]) for one in criteria)
    nobody = Judgement("", Standing.CANNOT_TELL, 0.0)
    about = replace(brief, challenge=replace(brief.challenge, criteria=criteria))
    marker = secrets.token_hex(8)
    assessment = Assessment(nobody, read, abstained=True)
    return draft(about, evidence, assessment, drafter, drafter, marker=marker, verify=verify)
