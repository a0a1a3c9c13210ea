"""Sweeps out what has had its time (replies kept for repeats, jobs long done, ended tokens; never anybody's work), and
keeps the standing rhythms: days that have come, work that waits, introductions to follow up and to look for.

What is done for an organization is done for it alone, each thing in transactions of its own: what fails in one of them
is logged with its name, and everything else goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import delete
from sqlalchemy.orm import Session

from service.actions.access import organizations
from service.actions.briefs import wording
from service.actions.calibration import criteria, going_on
from service.actions.erasure import retention
from service.actions.following import unanswered, uptake
from service.actions.goals import make
from service.actions.introductions import ends, met, suggest
from service.actions.learners import commitments
from service.actions.memory import opposed
from service.actions.notifications import clock
from service.actions.questioned import make as find
from service.actions.work import files
from service.jobs import erasure
from service.jobs.now_and_then import NowAndThen
from service.jobs.tools import JobTools, Step
from service.store import jobs, replies
from service.store.session import changed_rows
from service.store.tables import Credential

log = structlog.get_logger(__name__)

EVERY_SECONDS = 3600.0
DONE_JOBS = timedelta(days=7)
"""Long enough to look into what went wrong last week."""
ENDED_TOKENS = timedelta(days=1)


def _unanswered(session: Session, organization: str, /, *, now: datetime) -> int:
    days = organizations.wish(session, organization).answer_within_days
    return 0 if days is None else unanswered.tell(session, organization, days, now=now)


def _weekly(session: Session, organization: str, /, *, now: datetime) -> int:
    wanted = organizations.wish(session, organization).look_for_introductions_weekly
    return int(wanted and suggest.look_weekly(session, organization, now=now))


def _scrub(session: Session, organization: str, /, *, now: datetime) -> int:
    return wording.scrub(session, organization)


def _forget(session: Session, _: str, /, *, now: datetime) -> int:
    return replies.forget(session, now=now)


def _prune(session: Session, _: str, /, *, now: datetime) -> int:
    return jobs.prune(session, now - DONE_JOBS)


def _end_tokens(session: Session, _: str, /, *, now: datetime) -> int:
    return changed_rows(session, delete(Credential).where(Credential.expires_at < now - ENDED_TOKENS))


OF_EACH: Final = (
    Step("commitments that are due", commitments.tell_due, commitments.TOLD_AT_ONCE),
    Step("whether people met", met.ask_whether_met, met.AT_ONCE),
    Step("work that waits for an answer", _unanswered, unanswered.AT_ONCE),
    Step("a weekly look for introductions", _weekly),
    Step("uptake to compare", uptake.want),
    Step("decisions to compare", opposed.want),
    Step("what waits for calibration", going_on.sweep),
    Step("criteria to look at", criteria.sweep),
    Step("passages to question", find.want),
    Step("introductions that end", ends.sweep, ends.AT_ONCE),
    Step("goals to look for", make.sweep),
    Step("wordings to forget", _scrub),
    Step("files that were not handed in", files.sweep),
    Step("what no event tells of", clock.say),
    Step("what says nothing any more", clock.hush),
    Step("what was told long ago", clock.forget, clock.FORGOTTEN_AT_ONCE),
    Step("what has had its time", retention.apply, retention.AT_ONCE),
)
OF_ALL: Final = (
    Step("replies to forget", _forget, replies.AT_ONCE),
    Step("jobs long done", _prune),
    Step("tokens that have ended", _end_tokens),
)


class Housekeeping:
    """Call `sweep` as often as you like; it works once an hour. Safe to use from several threads."""

    def __init__(self, tools: JobTools) -> None:
        self._tools = tools
        self._now_and_then = NowAndThen()

    def sweep(self) -> bool:
        """True if it was time, and it was done."""
        if not self._now_and_then.due(EVERY_SECONDS):
            return False
        now = self._tools.now()
        with self._tools.sessions.reading() as session:
            there = organizations.ids(session)
        steps = (*OF_EACH, *(step for one in self._tools.integrations for step in one.steps))
        for organization in there:
            self._do(steps, organization, now)
        self._do(OF_ALL, "", now)
        self._write_anew()
        return True

    def _write_anew(self) -> None:
        """For erasures whose job died between the last row and the files."""
        try:
            erasure.write_anew(self._tools)
        except Exception:
            log.exception("the files could not be written anew; it is tried again")

    def _do(self, steps: Iterable[Step], organization: str, now: datetime) -> None:
        for step in steps:
            try:
                self._until_done(step, organization, now)
            except Exception:  # nobody else's things wait for this; it is tried again with the next sweep
                log.exception("housekeeping failed; all else goes on", step=step.name, organization=organization)

    def _until_done(self, step: Step, organization: str, now: datetime) -> None:
        """Each turn is committed; what another worker has done meanwhile is not done again."""
        more = True
        while more:
            with self._tools.sessions.writing() as session:
                more = step.do(session, organization, now=now) == step.most
