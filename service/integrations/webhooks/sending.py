"""The jobs: events are sorted to the endpoints that want them, and what is due is sent, with no transaction open.

An attempt is counted in one transaction before anything is sent, and what came of it is written in another: a worker
that dies in between sends again, under the same id, when it would have after a failure. So a delivery comes at least
once, and none can hold up the others by killing whoever sends it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from service.domain.errors import Unavailable
from service.integrations.webhooks import deliveries, signing
from service.integrations.webhooks.deliveries import SORT, Sending
from service.jobs.leases import keep, settle
from service.jobs.tools import JobTools
from service.outward.transport import Answered, Transport
from service.store import jobs
from service.store.sealing import Seal
from service.store.tables import Job

log = structlog.get_logger(__name__)

IN_A_ROW: Final = 50
IN_A_ROW_SECONDS: Final = 5.0
"""Deliveries of one endpoint, or time that it took for them, after which others' are looked at."""
ASIDE: Final = timedelta(seconds=1)
"""For so long steps aside who would be the second of an organization while others wait."""
SEALED_OTHERWISE: Final = "not sent: its secret was sealed with another key than the service has now; make a new secret"


@dataclass(frozen=True)
class Sender:
    """Sends what is due. `seal` opens secrets, and is asked for with the first; links begin with `base_url`."""

    transport: Transport
    seal: Callable[[], Seal]
    base_url: str

    def sort(self, tools: JobTools, owner: str, job: Job) -> None:
        """See which events go where: some in each transaction, however many there are."""
        more = True
        while more:
            with tools.sessions.writing() as session:
                keep(session, tools, owner, job)
                more = deliveries.sort_some(session, job.organization_id, now=tools.now())
                if not more:
                    settle(session, tools, owner, job)

    def send(self, tools: JobTools, owner: str, job: Job) -> None:
        """Send what is due to one endpoint, one after the other, while it answers well."""
        until = time.monotonic() + IN_A_ROW_SECONDS
        for _ in range(IN_A_ROW):
            sending = self._begin(tools, owner, job)
            if sending is None:
                return
            answered = self._sent(tools, sending)
            with tools.sessions.writing() as session:
                endpoint = deliveries.held(session, job.subject_id)
                keep(session, tools, owner, job)
                if endpoint is not None:
                    deliveries.finish(session, endpoint, sending, answered, now=tools.now())
            if time.monotonic() >= until:
                break
        with tools.sessions.writing() as session:
            endpoint = deliveries.held(session, job.subject_id)
            if endpoint is not None:
                deliveries.pump(session, endpoint, now=tools.now())
            settle(session, tools, owner, job)

    def _begin(self, tools: JobTools, owner: str, job: Job) -> Sending | None:
        """The next attempt; None where the job has ended, since there is none now."""
        with tools.sessions.writing() as session:
            endpoint = deliveries.held(session, job.subject_id)
            keep(session, tools, owner, job)
            now = tools.now()
            if endpoint is None or deliveries.somebody_else_sends(session, endpoint.id, job.id, now=now):
                settle(session, tools, owner, job)
                return None
            if deliveries.others_wait(session, job, now=now):
                deliveries.pump(session, endpoint, now=now + ASIDE)
                settle(session, tools, owner, job)
                return None
            sending = deliveries.begin(session, endpoint, self.base_url, now=now)
            if sending is None:
                deliveries.pump(session, endpoint, now=now)
                settle(session, tools, owner, job)
            return sending

    def _sent(self, tools: JobTools, sending: Sending) -> Answered:
        answered = self._posted(tools, sending)
        said = answered.status if answered.status is not None else answered.trouble
        log.info("webhook sent", delivery=sending.delivery, said=said, seconds=round(answered.took.total_seconds(), 3))
        return answered

    def _posted(self, tools: JobTools, sending: Sending) -> Answered:
        """Signed with each secret that opens. One from before that does not is no use to anybody any more."""
        in_use, *before = (self._opened(one) for one in sending.sealed)
        if not in_use:
            return Answered(trouble=SEALED_OTHERWISE)
        secrets = [in_use, *filter(None, before)]
        headers = signing.headers(secrets, sending.id, tools.now(), sending.body)
        return self.transport.post(sending.url, sending.body, headers)

    def _opened(self, sealed: str) -> str:
        """Empty for what was sealed with another key."""
        try:
            return self.seal().opened(sealed)
        except Unavailable:
            return ""


def ask(tools: JobTools) -> list[str]:
    """Ask for the jobs that there is a need for; for which organizations (our ids)."""
    with tools.sessions.reading() as session:
        wanted = deliveries.behind(session)
    for organization in wanted:
        with tools.sessions.writing() as session:
            key, now = f"{SORT}:{organization}", tools.now()
            jobs.enqueue(session, organization=organization, kind=SORT, subject=organization, now=now, dedupe=key)
    return wanted
