"""Everything that every kind of reader is given, held against what was agreed to. Says what is wrong, and to whom."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.briefs import facts
from service.actions.briefs import meeting as meeting_brief
from service.actions.galleries import desk as galleries_desk
from service.actions.introductions import desk as introductions_desk
from service.actions.introductions import own as introductions_own
from service.actions.learners import galleries, own_data
from service.actions.learners.galleries import GalleryStage
from service.actions.network import facts as network_facts
from service.actions.network import graph, mapping
from service.actions.overview import solutions
from service.actions.requests import desk as requests_desk
from service.actions.requests import need
from service.actions.work import lens as overview_lens
from service.domain.errors import NotAllowed, NotFound
from service.domain.introductions import ANSWER_WITHIN, LOAD_LIMIT, LOAD_WINDOW, TOGETHER, OwnIntroductionState
from service.domain.requests.need import RequestState
from service.store.tables import Gallery, Introduction, OutgoingEvent
from service.web.pages.briefs.meeting import brief_page
from service.web.schemas.briefs import BriefShown
from tests.service.people_rules.agreed import ABOVE, IDS, NAMES, NEED, PEOPLE, REVIEWED, WORK
from tests.service.people_rules.life import QUESTION, Life


def works(shown: object) -> set[str]:
    return {mark.lower() for mark in WORK.findall(str(shown))}


def names(shown: object) -> set[str]:
    return {name.lower() for name in NAMES.findall(str(shown))}


def needs(shown: object) -> set[str]:
    """Whose requests are told."""
    return {name.lower() for name in NEED.findall(str(shown))}


DESKS = ("lena", "mateo", "sofia", "platform")
"""A coordinator of everything, as `ines` is, reads what `mateo` does."""


def wrong(life: Life, turn: int | None = None) -> list[str]:
    """Everything that somebody is given and should not be; empty if all is well. In a `turn` one of those at a desk
    reads, and one learner takes along the own data; without one, everybody does."""
    life.note_questions()
    with life.sessions.reading() as session:
        return [
            *_learners(life, session),
            *_taken_along(life, session, PEOPLE if turn is None else PEOPLE[turn % len(PEOPLE) :][:1]),
            *_desks(life, session, DESKS if turn is None else DESKS[turn % len(DESKS) :][:1]),
            *_meetings(life, session),
            *_told_outside(session),
        ]


# Learners


def _learners(life: Life, session: Session) -> Iterator[str]:
    shown: Counter[tuple[int, str]] = Counter()
    for reader in PEOPLE:
        for why in (
            *_gallery(life, session, reader, shown),
            *_own_introductions(life, session, reader),
            *_own_requests(life, session, reader),
        ):
            yield f"{reader}: {why}"
    yield from (f"{author} shown {n} times, at most {most}" for (most, author), n in shown.items() if most and n > most)


def _taken_along(life: Life, session: Session, readers: Iterable[str]) -> Iterator[str]:
    for reader in readers:
        found = (*_own_data(life, session, reader), *_only_for_reviewers(life, session, reader))
        yield from (f"{reader}: {why}" for why in found)


def _gallery(life: Life, session: Session, reader: str, often: Counter[tuple[int, str]]) -> Iterator[str]:
    agreed, own = life.agreed, life.agreed.people[reader].submission
    for work in [one for one in (own, *_earlier(life, reader)) if one]:
        try:
            seen = galleries.others(session, life.actors[reader], work, now=life.now)
        except NotFound:
            continue
        if work != own:
            yield f"a gallery of what was taken back: {seen}"
        if seen.stage is not GalleryStage.SHOWN and (works(seen) or names(seen)):
            yield f"works at stage {seen.stage}"
        for mark in works(seen):
            if why := agreed.in_gallery(reader, mark, life.now):
                yield f"gallery shows {mark}: {why}"
        rule = agreed.rule(agreed.people[reader].group) if own else None
        for one in seen.works:
            authors = {agreed.texts[mark].author for mark in works(one)}
            often.update((rule.most if rule else 0, author) for author in authors)
            for name in names(one):
                free = agreed.people[name].show == "with_name" and not (rule and rule.without_names)
                if name not in authors or not (free or frozenset({name, reader}) in agreed.known):
                    yield f"gallery names {name}"
        if seen.comparison not in ("", QUESTION) and not all(one.shared for one in seen.works):
            yield "a comparison that may quote what is gone"
    back = galleries.shown_to_others(session, life.actors[reader], reader)
    for name in names(back):
        if frozenset({name, reader}) not in agreed.known:
            yield f"thanks name {name}"
    if works(back):
        yield "thanks quote work"


def _earlier(life: Life, reader: str) -> list[str]:
    return [f"s-{reader}-{text.mark.removeprefix(f'q{reader}')}" for text in life.agreed.of(reader) if text.taken_back]


def _own_introductions(life: Life, session: Session, reader: str) -> Iterator[str]:
    agreed = life.agreed
    seen = introductions_own.mine(session, life.actors[reader], now=life.now)
    for item in seen.items:
        meeting = agreed.meetings[item.id]
        other = meeting.other(reader) if reader in meeting.both else ""
        if not other or not agreed.may_know(reader, other):
            yield f"an introduction against consent: {item.other}"
            continue
        known = {reader, other} | ({meeting.through} if agreed.people.get(meeting.through, None) else set())
        for name in names(item):
            if name not in known or (name == meeting.through and not agreed.people[name].introduce):
                yield f"introduction names {name}"
        for mark in works(item):
            if why := agreed.peer_work(reader, mark, named=True):
                yield f"introduction quotes {mark}: {why}"
        if item.seen is OwnIntroductionState.TOGETHER and not agreed.together(meeting):
            yield "together without two yeses"
    yield from _silence(life, reader, {item.id: item.seen for item in seen.items})


def _silence(life: Life, reader: str, seen: dict[str, OwnIntroductionState]) -> Iterator[str]:
    """What one is shown follows from the own answer alone, as long as the other has not said yes too."""
    agreed = life.agreed
    for id_, one in agreed.meetings.items():
        if reader not in one.both or one.asked_at is None or reader in one.no or agreed.together(one):
            continue
        asked = agreed.may_know(reader, one.other(reader)) and not one.closed
        alive = asked and life.now < one.asked_at + ANSWER_WITHIN and id_ not in agreed.ended
        expected = (
            (OwnIntroductionState.WAITING if reader in one.yes else OwnIntroductionState.QUESTION) if alive else None
        )
        if seen.get(id_) is not expected:
            yield f"sees {seen.get(id_)} and not {expected} after {sorted(one.yes)} said yes, {sorted(one.no)} no"


def _own_requests(life: Life, session: Session, reader: str) -> Iterator[str]:
    agreed = life.agreed
    for request in need.mine(session, life.actors[reader]):
        for mark in works(request):
            if why := agreed.peer_work(reader, mark):
                yield f"request quotes {mark}: {why}"
            if (reader, mark) not in agreed.let:
                yield f"request quotes {mark}, which nobody has let"
        for quote in request.found.work:
            author = agreed.texts[next(iter(works(quote)))].author if works(quote) else ""
            if names(quote) - {author} or (names(quote) and agreed.peer_work(reader, min(works(quote)), named=True)):
                yield f"request names {names(quote)}"
        for name in names(request.answered_by) - {reader}:
            if not agreed.people[name].introduce:
                yield f"request answered by {name}"
        if needs(request) - {reader}:
            yield "somebody else's request"


def _own_data(life: Life, session: Session, reader: str) -> Iterator[str]:
    agreed = life.agreed
    actor = life.actors[reader]
    data = own_data.own_data(session, actor, reader, now=life.now)
    told = json.dumps(data)
    if foreign := {agreed.texts[mark].author for mark in works(told)} - {reader}:
        yield f"own data holds work of {foreign}"
    if needs(told) - {reader}:
        yield "own data holds somebody else's request"
    for name in names(told) - {reader}:
        met = any(agreed.together(one) and one.both == {name, reader} for one in agreed.meetings.values())
        if not (met and agreed.may_know(reader, name)) and frozenset({name, reader}) not in agreed.known:
            yield f"own data names {name}"
    for one in data["introductions"]:
        meeting = agreed.meetings[one["id"]]
        if (one["introduced_at"] or one["with"]) and not agreed.together(meeting):
            yield "own data tells of a meeting that is none"


def _only_for_reviewers(life: Life, session: Session, reader: str) -> Iterator[str]:
    actor = life.actors[reader]
    for what in (
        lambda: network_facts.gather(session, actor),
        lambda: facts.gather(session, actor, "observe"),
        lambda: overview_lens.lens(session, actor, "observe"),
        lambda: galleries_desk.listing(session, actor, now=life.now),
        lambda: introductions_desk.queue(session, actor, now=life.now),
        lambda: requests_desk.clusters(session, actor),
    ):
        with suppress(NotAllowed):
            what()
            yield "reads what is for reviewers"


# Reviewers and the platform


def _desks(life: Life, session: Session, desks: Iterable[str]) -> Iterator[str]:
    for who in desks:
        for why in (
            *_brief(life, session, who),
            *_map(life, session, who),
            *_network(life, session, who),
            *_galleries(life, session, who),
        ):
            yield f"{who}: {why}"
        if who != "platform":
            yield from (
                f"{who}: {why}" for why in (*_introductions(life, session, who), *_requests(life, session, who))
            )


def _actor(life: Life, who: str):  # type: ignore[no-untyped-def]
    return life.platform if who == "platform" else life.actors[who]


def _as(who: str) -> str:
    """A platform's key reads as far as a coordinator of everything."""
    return "ines" if who == "platform" else who


def _groups(who: str) -> Iterable[str | None]:
    return (None, *(at for at in ("north", "south") if who == "mateo"))


def _brief(life: Life, session: Session, who: str) -> Iterator[str]:
    agreed = life.agreed
    for group in _groups(who):
        seen = meeting_brief.prepared(facts.gather(session, _actor(life, who), "observe", group=group))
        told = f"{brief_page(seen)}{meeting_brief.markdown(seen)}{BriefShown.of(seen).model_dump_json()}{seen.names}"
        for mark in works(told):
            if why := agreed.in_brief(_as(who), group or REVIEWED[_as(who)], mark):
                yield f"brief quotes {mark}: {why}"
        meeting = group or REVIEWED[_as(who)]
        for name in names(told):
            may = any(not agreed.in_brief(_as(who), meeting, one.mark) and one.latest for one in agreed.of(name))
            if agreed.people[name].show != "with_name" or not may:
                yield f"brief names {name}"
        if needs(told):
            yield "brief tells what somebody asked for"


def _map(life: Life, session: Session, who: str) -> Iterator[str]:
    lens = overview_lens.lens(session, _actor(life, who), "observe")
    seen = solutions.solution_map(session, lens)
    for mark in works(f"{seen.approaches}"):
        if why := life.agreed.on_map(_as(who), mark):
            yield f"map shows {mark}: {why}"


def _network(life: Life, session: Session, who: str) -> Iterator[str]:
    agreed = life.agreed
    for group in _groups(who):
        seen = mapping.drawn(network_facts.gather(session, _actor(life, who), group=group), now=life.now)
        measured = (seen.near, seen.could, seen.brokers, seen.bridges, seen.isolated)
        told = f"{graph.graph(seen)}{graph.as_csv(seen)}{graph.as_graphml(seen)}{measured}"
        here = group or REVIEWED[_as(who)]
        for person in names(told) | set(IDS.findall(told)):
            if not agreed.open(person):
                yield f"network shows {person}, who is not open"
            if not any(here in ABOVE[at] for at in agreed.people[person].groups):
                yield f"network shows {person} of another group"
        if works(told) or needs(told):
            yield "network quotes"
        made = {frozenset(one.both) for one in agreed.meetings.values() if agreed.together(one)}
        for tie in seen.facts.ties:
            if frozenset(life.names[id_] for id_ in tie.pair) not in made:
                yield "a tie without two yeses"


def _galleries(life: Life, session: Session, who: str) -> Iterator[str]:
    agreed, actor = life.agreed, _actor(life, who)
    listed = galleries_desk.listing(session, actor, now=life.now)
    for line in listed.items:
        row = session.get_one(Gallery, line.id)
        reader, desk = life.names[row.person_id], galleries_desk.show(session, actor, line.id, now=life.now)
        told = "".join("".join(piece.text for piece in work.text) for work in desk.works)
        for mark in works(f"{line}{told}{desk.comparison}{desk.alternatives}{[one.reasons for one in desk.works]}"):
            own = agreed.texts[mark].author == reader
            if not own and (why := agreed.in_gallery(reader, mark, life.now)):
                yield f"desk shows {mark} for {reader}: {why}"
        for work in desk.works:
            authors = [agreed.texts[mark] for mark in works("".join(piece.text for piece in work.text))]
            for name in names(work.who):
                reviewed = any(one.author == name and REVIEWED[_as(who)] in ABOVE[one.group] for one in authors)
                if not reviewed and agreed.people[name].show != "with_name":
                    yield f"desk names {name}"


def _introductions(life: Life, session: Session, who: str) -> Iterator[str]:
    agreed, actor = life.agreed, life.actors[who]
    for view in introductions_desk.VIEWS:
        for line in introductions_desk.queue(session, actor, view=view, now=life.now):
            meeting, one = agreed.meetings[line.id], introductions_desk.show(session, actor, line.id, now=life.now)
            for mark in works(one):
                named = agreed.people[agreed.texts[mark].author].show == "with_name"
                reviewed = REVIEWED[who] in ABOVE[agreed.texts[mark].group]
                if (why := agreed.on_desk(who, mark)) or not (named or reviewed):
                    yield f"introduction quotes {mark}: {why or 'without name'}"
            if not any(REVIEWED[who] in ABOVE[at] for person in meeting.both for at in agreed.people[person].groups):
                yield "an introduction of another group"
            over = meeting.closed or line.id in agreed.ended
            late = meeting.asked_at is not None and life.now >= meeting.asked_at + ANSWER_WITHIN
            if meeting.asked_at and not agreed.together(meeting) and not over and not late and line.state != "asked":
                yield f"sees '{line.state}' of a question that is open"


def _requests(life: Life, session: Session, who: str) -> Iterator[str]:
    agreed = life.agreed
    for state in RequestState:
        for one in requests_desk.listed(session, life.actors[who], state=state):
            for mark in works(one):
                if why := agreed.on_desk(who, mark):
                    yield f"request quotes {mark}: {why}"
            for quote in one.found.work:
                for mark in works(quote):
                    reviewed = REVIEWED[who] in ABOVE[agreed.texts[mark].group]
                    if names(quote) and not reviewed and agreed.people[agreed.texts[mark].author].show != "with_name":
                        yield f"request names {names(quote)}"
            for name in names(one.answered_by) - {one.person}:
                if not agreed.people[name].introduce:
                    yield f"request answered by {name}"
            if not any(REVIEWED[who] in ABOVE[at] for at in agreed.people[one.person].groups):
                yield f"request of {one.person}, of another group"


# What is kept


def _meetings(life: Life, session: Session) -> Iterator[str]:
    agreed = life.agreed
    for row in session.scalars(select(Introduction)):
        meeting = agreed.meetings[row.id]
        if row.state in TOGETHER and not agreed.together(meeting):
            yield "introduced without an approval and two yeses"
    since = life.now - LOAD_WINDOW
    for person in PEOPLE:
        if sum(person in both and at > since for both, at in agreed.ever_asked) > LOAD_LIMIT:
            yield f"{person} was asked too often"
    often = Counter(both for both, _ in agreed.ever_asked)
    yield from (f"{sorted(both)} were asked twice" for both, times in often.items() if times > 1)


def _told_outside(session: Session) -> Iterator[str]:
    for event in session.scalars(select(OutgoingEvent)):
        told = json.dumps(event.data)
        if works(told) or needs(told) or names(told) or "declin" in told:
            yield f"event {event.name} tells {told}"
