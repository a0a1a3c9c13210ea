"""Whose words a meeting brief shows to whoever opens it or takes it along. Told from the brief itself."""

from __future__ import annotations

import json

from pipelines.approaches import ApproachPlace
from pipelines.briefs.making import MeetingBrief
from service.actions.briefs import wording
from service.actions.briefs.meeting import Prepared
from service.domain.roles import Actor
from service.domain.texts import digest
from service.store.disclosures import DisclosedTo, Showing
from service.store.tables import DisclosureKind


def shown(actor: Actor, seen: Prepared) -> list[Showing]:
    """A brief is another one once other passages stand in it, or for other groups. An author is told once of each,
    whoever opens it and however often; a platform's, too, since a brief is for people who meet."""
    places = _places(seen.made)
    said = sorted((one.work, one.quote) for one in places)
    mark = digest(json.dumps([seen.lens.challenge.id, wording.scope(seen.lens), said]))[:32]
    told = DisclosedTo(DisclosureKind.BRIEF, mark, actor.person)
    return [Showing(told, drafts=frozenset(one.work for one in places))]


def _places(made: MeetingBrief) -> list[ApproachPlace]:
    """Every passage that the brief quotes."""
    found = [one.representative for one in made.approaches if one.representative]
    found += [side for one in made.tensions for side in (one.one, one.other)]
    found += [place for one in made.questions for place in one.places]
    return found + [one.place for one in made.call_on]
