"""People are told: events are read in their order, letters are planned, and each is sent by a job of its own."""

from __future__ import annotations

import structlog

from service.actions.notifications import mailing, tell, wording
from service.actions.notifications.mailing import LetterFacts
from service.domain.ids import new_id
from service.jobs.leases import keep, settle
from service.jobs.now_and_then import NowAndThen
from service.jobs.tools import JobTools
from service.mail.post import Letter, LetterItem, Post
from service.mail.smtp import AddressRefused
from service.store import jobs
from service.store.tables import Job

log = structlog.get_logger(__name__)

LOOK_SECONDS = 10.0
"""How often it is looked whether somebody is to be told of something."""


class Notifier:
    """Call `look` as often as you like, from any thread; it looks every few seconds, and asks for a job for each
    organization in which somebody is to be told of something, or is due to be mailed."""

    def __init__(self, tools: JobTools) -> None:
        self._tools = tools
        self._now_and_then = NowAndThen()

    def look(self) -> None:
        if self._now_and_then.due(LOOK_SECONDS):
            ask(self._tools)


def ask(tools: JobTools) -> list[str]:
    """Ask for the jobs that there is a need for; for which organizations (our ids)."""
    now = tools.now()
    with tools.sessions.reading() as session:
        wanted = set(tell.behind(session))
        if tools.post is not None:
            wanted |= set(mailing.due(session, now=now))
    for organization in sorted(wanted):
        with tools.sessions.writing() as session:
            key = f"notify:{organization}"
            jobs.enqueue(session, organization=organization, kind="notify", subject=organization, now=now, dedupe=key)
    return sorted(wanted)


def notify(tools: JobTools, owner: str, job: Job) -> None:
    """Tell of what happened, and plan the letters that are due: some in each transaction, however many there are."""
    more = True
    while more:
        with tools.sessions.writing() as session:
            keep(session, tools, owner, job)
            more = tell.tell_some(session, job.organization_id, now=tools.now())
    more = tools.post is not None
    while more:
        with tools.sessions.writing() as session:
            keep(session, tools, owner, job)
            more = mailing.plan(session, job.organization_id, now=tools.now())
    with tools.sessions.writing() as session:
        settle(session, tools, owner, job)


def mail(tools: JobTools, owner: str, job: Job) -> None:
    """Send one letter, as things stand now. Raises MailUnavailable, which waits, and LetterRefused."""
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        if tools.post is None:
            mailing.dropped(session, job.subject_id, now=tools.now())
        facts = mailing.begin(session, job.subject_id, now=tools.now()) if tools.post is not None else None
        if facts is None:
            settle(session, tools, owner, job)
    if facts is not None and tools.post is not None:
        _send(tools, tools.post, owner, job, facts)


def _send(tools: JobTools, post: Post, owner: str, job: Job, facts: LetterFacts) -> None:
    refused = ""
    try:
        post.send(letter(post, facts), now=tools.now())
    except AddressRefused as no:
        refused = no.code
        log.warning("an address is refused for good", mailing=facts.mailing, code=no.code)
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        if refused:
            mailing.refused(session, facts.mailing, facts.address, refused, now=tools.now())
        else:
            mailing.sent(session, facts.mailing, now=tools.now())
        settle(session, tools, owner, job)


def letter(post: Post, facts: LetterFacts) -> Letter:
    """The letter in its reader's language. People's words and names are in it only where the organization says so."""
    said = wording.words(facts.language)["letter"]
    return Letter(
        id=facts.mailing,
        to=facts.address,
        name=facts.name,
        language=wording.spoken(facts.language),
        subject=wording.subject(facts.lines, facts.language),
        greeting=said["greeting"].format(name=facts.name),
        items=[
            LetterItem(
                wording.sentence(line, facts.language, facts.zone),
                post.base_url + (line.path if facts.more or not line.names else "/notifications"),
                wording.detail(line, facts.language) if facts.more else "",
            )
            for line in facts.lines
        ],
        why=said["why"].format(organization=facts.organization),
        settings=said["settings"],
        end=said["end"],
        end_url=post.end_url(facts.person),
    )


def trial_letter(post: Post, to: str) -> Letter:
    """A letter that says only that it came, for whoever sets mail up."""
    said = wording.words(wording.ENGLISH)["letter"]
    return Letter(
        id=new_id(),
        to=to,
        name="",
        language=wording.ENGLISH,
        subject=said["test_subject"],
        greeting=said["test"],
        items=[],
        why="",
        settings=said["settings"],
        end=said["end"],
        end_url=post.end_url(new_id()),
    )
