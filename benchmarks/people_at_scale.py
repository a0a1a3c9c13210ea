"""Matching for one person and the map of one group, through the service, in a small and in a large organization.

    python -m benchmarks.people_at_scale [--small 1000] [--large 10000] [--database postgresql://…] [--rounds 15]

Each organization is laid into a database (benchmarks/invented_organization.py: ten works a person, groups of 25). Then
this process does jobs as a worker does, from claim to kept: the first of a process (cold), then for one person after
another (warm), then with a consent, a draft and a submission changed before each (changed), and requests. A served
process answers for the page and the drawing of one group after another, and of the whole organization. `growth` is
large over small.
"""

from __future__ import annotations

import argparse
import logging
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from benchmarks.invented_organization import EACH, Drawn, InventedOrganization, lay, more
from benchmarks.pages import Browser, p95
from benchmarks.running import House, house
from benchmarks.setting import last_line, say
from pipelines.adapters.exact import ExactIndex
from pipelines.drafting import Budget
from pipelines.values import AI
from service import wiring
from service.actions.introductions import suggest
from service.actions.people import register
from service.actions.requests import need
from service.domain.budgets import Terms
from service.domain.roles import Actor, CredentialReach, Role
from service.jobs.handlers import work_one
from service.store.library import SqlLibrary
from service.store.session import Sessions, make_engine
from service.store.tables import Consent, DraftRow, Job, JobState, Organization, Submission

NEED = "Who has tried to keep a {a} before the {b}, and what would you do another way?"


def run(size: int, database: str, rounds: int) -> dict[str, float]:
    """All figures of an organization of so many people."""
    name = f"organization-{size}"
    with house({"PEERLOOM_DATABASE_URL": database} if database else {}) as home:
        home.run("migrate")
        home.found(name)
        parts = _parts(database or f"sqlite:///{home.folder / 'data' / 'peerloom.db'}", home.folder)
        platform = _founded(parts, name)
        with parts.sessions.writing() as session:
            made = lay(session, name, size)
        found = _jobs(parts, platform, made, rounds)
        found["rss_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        parts.sessions.engine.dispose()
        return found | _pages(home, name, made, rounds)


def _parts(database: str, folder: Path) -> wiring.Parts:
    """A worker's, with nothing that thinks but the drawn embedder."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    sessions = Sessions(make_engine(database))
    return wiring.Parts(
        sessions=sessions,
        index=ExactIndex(folder / "vectors"),
        library=SqlLibrary(sessions),
        plain_embedder=Drawn(),
        model=None,
        fallback=wiring.fallback(),
        lease=timedelta(minutes=5),
        heartbeat=timedelta(seconds=20),
        reconcile=timedelta(seconds=10),
        undo=timedelta(seconds=10),
        attempts=1,
        patience=timedelta(hours=1),
        budget=Budget(),
        terms=Terms(),
    )


def _founded(parts: wiring.Parts, name: str) -> Actor:
    now = parts.now()
    with parts.sessions.writing() as session:
        of = session.scalars(select(Organization.id).where(Organization.external_id == name)).one()
        platform = Actor(of, "operator", CredentialReach.PLATFORM)
        register.put_group(session, platform, "all", name="All", parent=None, now=now)
        held = [(Role.FACILITATOR, "all")]
        register.put_person(session, platform, "nkechi", name="Nkechi", roles=held, now=now)
    return platform


def _jobs(parts: wiring.Parts, platform: Actor, made: InventedOrganization, rounds: int) -> dict[str, float]:
    """Seconds, by what is done."""
    asked = _open(parts, made)

    def introduce() -> None:
        with parts.sessions.writing() as session:
            suggest.look_for(session, platform, person=f"p-{next(asked)}", now=parts.now())

    def changed() -> None:
        with parts.sessions.writing() as session:
            _change(session, made, parts.now())
        introduce()

    def request() -> None:
        text = NEED.format(a=made.dice.choice(made.challenges[0][2]), b=made.dice.choice(made.challenges[1][2]))
        actor = Actor(made.organization, "benchmark", CredentialReach.PERSON, person=made.people[next(asked)])
        with parts.sessions.writing() as session:
            need.state(session, actor, text=text, ai=AI.LOCAL, now=parts.now())

    say("doing jobs")
    return {
        **_figures("match_cold", _timed(parts, introduce, 1)),
        **_figures("match", _timed(parts, introduce, rounds)),
        **_figures("match_changed", _timed(parts, changed, rounds)),
        **_figures("request_first", _timed(parts, request, 1)),
        **_figures("request", _timed(parts, request, rounds)),
    }


def _open(parts: wiring.Parts, made: InventedOrganization) -> Iterator[int]:
    """Numbers of people who may be introduced, in no order."""
    with parts.sessions.reading() as session:
        query = select(Consent.person_id).where(
            Consent.organization_id == made.organization, Consent.introduce.is_(True)
        )
        free = set(session.scalars(query))
    numbers = [at for at, id_ in enumerate(made.people) if id_ in free]
    made.dice.shuffle(numbers)
    return iter(numbers)


def _change(session: Session, made: InventedOrganization, now: datetime) -> None:
    """What goes on meanwhile: somebody is open no more, a draft is judged, a work is withdrawn and one handed in."""
    one = made.dice.choice(made.people)
    session.execute(update(Consent).where(Consent.person_id == one).values(introduce=False, changed_at=now))
    draft = select(DraftRow.id).join(Submission, Submission.id == DraftRow.submission_id).limit(1)
    judged = session.scalars(draft.where(Submission.person_id == made.dice.choice(made.people))).one()
    moved = {"version": DraftRow.version + 1, "judgements": {"k1": "met"}}
    session.execute(update(DraftRow).where(DraftRow.id == judged).values(moved))
    gone = session.scalars(select(Submission.id).where(Submission.person_id == one).limit(1)).one()
    session.execute(update(Submission).where(Submission.id == gone).values(withdrawn_at=now))
    more(session, made)


def _timed(parts: wiring.Parts, begin: Callable[[], None], times: int) -> list[tuple[float, float]]:
    """Seconds by the clock and by the processor, from claim to kept. Raises RuntimeError if a job fails."""
    found = []
    for _ in range(times):
        begin()
        with parts.sessions.reading() as session:
            waits = select(Job.id).where(Job.kind.in_(("introduce", "request")), Job.state == JobState.QUEUED)
            (job,) = session.scalars(waits).all()
        started = time.perf_counter(), time.process_time()
        work_one(parts, job=job)
        found.append((time.perf_counter() - started[0], time.process_time() - started[1]))
        with parts.sessions.reading() as session:
            if (row := session.get_one(Job, job)).state is not JobState.DONE:
                raise RuntimeError(f"The job failed: {row.last_error}")
    return found


def _figures(name: str, seconds: list[tuple[float, float]]) -> dict[str, float]:
    clock, cpu = ([one[at] for one in seconds] for at in (0, 1))
    return {
        f"{name}_p50_s": statistics.median(clock),
        f"{name}_p95_s": p95(clock),
        f"{name}_cpu_s": statistics.median(cpu),
    }


def _pages(home: House, name: str, made: InventedOrganization, rounds: int) -> dict[str, float]:
    """Seconds that a browser waits: each group once cold, each again warm."""
    found: dict[str, float] = {}
    with home.served() as port:
        browser = Browser(port)
        browser.sign_in(home.run("invite", "nkechi", "--organization", name).strip().splitlines()[-1])
        groups = [f"?group=g-{at}" for at in range(min(rounds, len(made.groups)))]
        for what, path in (("page", "/desk/network"), ("graph", "/desk/network/graph.json")):
            for kind, queries in ((what, groups), (f"{what}_again", groups), (f"{what}_all", [""] * 3)):
                seconds = [_asked(browser, path + query) for query in queries]
                found |= {f"{kind}_p50_s": statistics.median(seconds), f"{kind}_p95_s": p95(seconds)}
    return found


def _asked(browser: Browser, path: str) -> float:
    started = time.perf_counter()
    status, _, body = browser.ask("GET", path)
    if status != 200:
        raise RuntimeError(f"{path} answers {status}: {body[:300]}")
    return time.perf_counter() - started


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--large", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--database", default="", help="an empty database instead of SQLite: postgresql://…")
    given = parser.parse_args()
    small, large = (run(size, given.database, given.rounds) for size in (given.small, given.large))
    last_line(
        {
            "people": [given.small, given.large],
            "works": [given.small * EACH, given.large * EACH],
            "small": {name: round(value, 3) for name, value in small.items()},
            "large": {name: round(value, 3) for name, value in large.items()},
            "growth": {name: round(large[name] / value, 2) for name, value in small.items()},
        }
    )


if __name__ == "__main__":
    main()
