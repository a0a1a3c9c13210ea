"""How long writers of one trail stand in one another's way: `python -m benchmarks.audit [--database URL]`.

Each writer is a thread with transactions of its own that write one audit entry each, for one organization; and, for
comparison, the same without an entry, and each for an organization of its own. A new SQLite file unless an address is
given; at an address, organizations are made and deleted again.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from service.domain.events import Event
from service.domain.ids import new_id
from service.store import audit, migrate, outbox
from service.store.session import Sessions, make_engine
from service.store.tables import Organization

TURNS = 100


def main() -> None:
    """Print, for each number of writers, transactions a second and how long one took."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--database", default="")
    asked.add_argument("--writers", type=int, nargs="+", default=[1, 4, 16])
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(given.database or f"sqlite:///{Path(folder) / 'measured.db'}")
        migrate.upgrade(engine)
        sessions = Sessions(engine)
        print("writers  what                                  a second   median ms   95 % ms   longest ms")
        for writers in given.writers:
            for what, entries, shared in (
                ("one organization, an entry each", 1, True),
                ("one organization, 20 entries each", 20, True),
                ("one organization, no entry", 0, True),
                ("an organization each, an entry each", 1, False),
            ):
                _measure(sessions, writers, what, entries, shared)
        engine.dispose()


def _measure(sessions: Sessions, writers: int, what: str, entries: int, shared: bool) -> None:
    made = [new_id() for _ in range(1 if shared else writers)]
    with sessions.writing() as session:
        for id_ in made:
            row = Organization(id=id_, external_id=id_, name=id_, settings={}, created_at=datetime.now(UTC))
            session.add(row)
    took: list[float] = []
    started = time.perf_counter()
    _at_once([_writer(sessions, made[turn % len(made)], entries, took) for turn in range(writers)])
    whole = time.perf_counter() - started
    with sessions.writing() as session:
        for id_ in made:
            session.delete(session.get_one(Organization, id_))
    ms = sorted(1000 * one for one in took)
    middle, most = statistics.median(ms), ms[int(0.95 * len(ms))]
    print(f"{writers:7}  {what:36}  {len(ms) / whole:9.0f}  {middle:10.1f}  {most:8.1f}  {ms[-1]:11.1f}")


def _writer(sessions: Sessions, organization: str, entries: int, took: list[float]) -> Callable[[], None]:
    def work() -> None:
        for _ in range(TURNS):
            started = time.perf_counter()
            with sessions.writing() as session:
                outbox.tell(session, organization, Event.DRAFT_READY, now=datetime.now(UTC))
                for _ in range(entries):
                    who = {"organization": organization, "actor": "clock", "act": "measured", "subject": organization}
                    audit.record(session, **who, now=datetime.now(UTC), turn=1)
            took.append(time.perf_counter() - started)

    return work


def _at_once(work: Sequence[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=one) for one in work]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


if __name__ == "__main__":
    main()
