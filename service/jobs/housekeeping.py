"""Sweeps out what has had its time (replies kept for repeats, jobs long done, ended tokens; never anybody's work), and
keeps the standing rhythms: days that have come, work that waits, introductions to follow up and to look for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from service.actions import opposed
from service.actions.briefs import wording
from service.actions.following import clock, uptake
from service.actions.goals import finding
from service.actions.introductions import ends
from service.actions.learners import commitments
from service.actions.questioned import find
from service.jobs.tools import Workshop
from service.store import jobs, replies
from service.store.tables import Credential

EVERY_SECONDS = 3600.0
DONE_JOBS = timedelta(days=7)
"""Long enough to look into what went wrong last week."""
ENDED_TOKENS = timedelta(days=1)


class Housekeeping:
    """Call `sweep` as often as you like; it works once an hour. Safe to use from several threads."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._next = 0.0
        self._lock = threading.Lock()

    def sweep(self) -> bool:
        """True if it was time, and it was done."""
        with self._lock:
            if time.monotonic() < self._next:
                return False
            self._next = time.monotonic() + EVERY_SECONDS
        now = self._shop.now()
        due = commitments
        self._in_steps(lambda session: due.tell_due(session, now=now), due.TOLD_AT_ONCE)
        self._keep_time(now)
        with self._shop.sessions.writing() as session:
            ends.sweep(session, now=now)
            finding.sweep(session, now=now)
            replies.forget(session, now=now)
            wording.scrub(session)
            jobs.prune(session, now - DONE_JOBS)
            session.execute(
                delete(Credential)
                .where(Credential.expires_at < now - ENDED_TOKENS)
                .execution_options(synchronize_session=False)
            )
        return True

    def _keep_time(self, now: datetime) -> None:
        """The standing rhythms, each step committed by itself; what another worker has done is not done again."""
        self._in_steps(lambda session: clock.ask_whether_met(session, now=now), clock.AT_ONCE)
        with self._shop.sessions.reading() as session:
            organizations = list(clock.organizations(session))
        for organization, wish in organizations:
            if wish.answer_within_days is not None:
                self._tell_unanswered(organization, wish.answer_within_days, now)
            if wish.look_for_introductions_weekly:
                with self._shop.sessions.writing() as session:
                    clock.look_weekly(session, organization, now=now)
        with self._shop.sessions.writing() as session:
            uptake.want(session, now=now)
            opposed.want(session, now=now)
            find.want(session, now=now)

    def _tell_unanswered(self, organization: str, days: int, now: datetime) -> None:
        def step(session: Session) -> int:
            return clock.tell_unanswered(session, organization, days, now=now)

        self._in_steps(step, clock.AT_ONCE)

    def _in_steps(self, step: Callable[[Session], int], most: int) -> None:
        """Until a step did less than `most`; each is committed, so that a transaction stays short however much there
        is."""
        done = most
        while done == most:
            with self._shop.sessions.writing() as session:
                done = step(session)
