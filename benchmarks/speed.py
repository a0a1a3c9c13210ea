"""How fast the whole of it is, as ratios to what the embedding model alone takes on the same machine, in one run.

    python -m benchmarks.speed [--works 300] [--people 1000] [--model-texts 200]

Texts are invented, of 20 to 220 words, and seeded. The embedded service runs as it does for everybody: two processes,
embedded Chroma, SQLite, the packaged model. The last line says of what size each figure is (`at`), since none of them
holds for another. What the machine does besides meets raw and own figures alike where they are taken by turns, and
only there: `encode_ratio`, `growth_ratio`.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event, update

from benchmarks.invented_organization import WORDS, Drawn, lay
from benchmarks.pages import Browser, p95
from benchmarks.running import Caller, House, house
from benchmarks.setting import last_line, say
from pipelines.adapters.chroma import ChromaIndex
from pipelines.adapters.exact import ExactIndex
from pipelines.adapters.sentence_transformer import SentenceTransformerEmbedder, packaged_model_path
from pipelines.retrieval import Caps, QueryPart, Shelves, collection, find
from pipelines.values import Scope, Shelf
from service.actions.access import organizations
from service.actions.people import register
from service.cli.operator import operator
from service.domain.visibility import ShowWork
from service.store import migrate
from service.store.library import SqlLibrary
from service.store.session import Sessions, make_engine
from service.store.tables import Consent, Organization

ORGANIZATION = "speed"
CHALLENGES = 6
DRAFTS = 8
"""Works handed in one by one, by which a draft's time is told."""
QUERIES = 30
OF_ALL = 50
"""Challenges of the organization in which peers are found."""
FEW = 100
"""People, with ten works each, of the one it is compared with."""


def invented(count: int, seed: int) -> list[str]:
    """Texts of 20 to 220 words."""
    dice = random.Random(seed)
    return [_text(dice) for _ in range(count)]


def _text(dice: random.Random) -> str:
    words = [dice.choice(WORDS) for _ in range(dice.randint(20, 220))]
    for at in range(9, len(words), 12):
        words[at] += "."
    return "We begin with the " + " ".join(words) + "."


def took(what: Callable[[], object]) -> float:
    """Seconds."""
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def encoding(texts: list[str]) -> dict[str, Any]:
    """Our embedder against the library's own way, by turns; the median of three each."""
    from sentence_transformers import SentenceTransformer

    raw = SentenceTransformer(str(packaged_model_path()), device="cpu", local_files_only=True)
    own = SentenceTransformerEmbedder()
    raw.encode(texts[:2], batch_size=32)
    own.embed(texts[:2])
    rounds = [(took(lambda: raw.encode(texts, batch_size=32)), took(lambda: own.embed(texts))) for _ in range(3)]
    library, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
    one = statistics.median(took(partial(raw.encode, [text])) for text in texts[:20])
    return {
        "encode_ratio": round(library / ours, 2),
        "raw_texts_per_second": round(len(texts) / library, 2),
        "raw_ms_of_one": round(one * 1000, 1),
    }


def lines(works: list[str]) -> Iterator[dict[str, Any]]:
    """A bundle: a group, people, challenges and their works."""
    yield {"kind": "group", "id": "all", "name": "All"}
    yield {"kind": "person", "id": "nkechi", "name": "Nkechi", "roles": [{"role": "facilitator", "group": "all"}]}
    criteria = [{"id": f"k{number}", "text": f"Names part {number} of the plan."} for number in range(1, 4)]
    for at in range(CHALLENGES):
        yield {"kind": "challenge", "id": f"c{at}", "title": f"Plan {at}", "prompt": "Plan it.", "criteria": criteria}
    consents = {"show_work": "without_name", "ai": "any"}
    roles = [{"role": "learner", "group": "all"}]
    for at, text in enumerate(works):
        yield {"kind": "person", "id": f"p{at}", "name": f"Learner {at}", "roles": roles, "consents": consents}
        yield {
            "kind": "submission",
            "id": f"s{at}",
            "challenge": f"c{at % CHALLENGES}",
            "person": f"p{at}",
            "text": text,
        }


def serving(works: list[str]) -> dict[str, Any]:
    """Through the whole service: start, import to drafts, the queue's page meanwhile, one draft when idle, memory."""
    with house() as home:
        home.found(ORGANIZATION)
        key, begun = home.key(ORGANIZATION), time.perf_counter()
        with home.served() as port:
            start, caller = time.perf_counter() - begun, Caller(port, key)
            intake, pages = _intake(home, caller, works)
            drafts = [_draft(caller, f"c{at % CHALLENGES}", at, text) for at, text in enumerate(invented(DRAFTS, 2))]
            web, worker = _memory(home)
    return {
        "start_seconds": round(start, 2),
        "intake_per_second": round(len(works) / intake, 2),
        "page_p95_ms_while_drafting": round(p95(pages) * 1000, 1),
        "page_median_ms_while_drafting": round(statistics.median(pages) * 1000, 1),
        "draft_ms": round(statistics.median(drafts) * 1000),
        "rss_web_mb": web,
        "rss_worker_mb": worker,
    }


def _intake(home: House, caller: Caller, works: list[str]) -> tuple[float, list[float]]:
    """Seconds until all is drafted, and what the queue's page took meanwhile."""
    begun, pages = time.perf_counter(), list[float]()
    caller.take_in(lines(works))
    browser: Browser | None = None
    while True:
        if browser is None and caller.call("GET", "/v1/people/nkechi").status == 200:
            link = home.run("invite", "nkechi", "--organization", ORGANIZATION).split()
            browser = Browser(caller.port)
            browser.sign_in(next(word for word in link if "/sign-in/" in word))
        if browser is not None:
            pages.append(took(partial(browser.ask, "GET", "/desk")))
        left = sum(len(caller.call("GET", f"/v1/drafts?state={state}&limit=1").json["items"]) for state in UNDONE)
        known = caller.call("GET", f"/v1/submissions/s{len(works) - 1}").status == 200
        if known and not left:
            return time.perf_counter() - begun, pages
        time.sleep(0.1)


UNDONE = ("waiting", "drafting")


def _draft(caller: Caller, challenge: str, at: int, text: str) -> float:
    """Seconds from handing in to a draft that waits for a person, on an idle service."""
    time.sleep(1.0)
    begun = time.perf_counter()
    body = {"challenge": challenge, "person": f"p{at}", "text": text}
    draft = caller.call("PUT", f"/v1/submissions/one-{at}", body).json["draft"]["id"]
    while caller.call("GET", f"/v1/drafts/{draft}").json["state"] in UNDONE:
        time.sleep(0.01)
    return time.perf_counter() - begun


def _memory(home: House) -> tuple[int, int]:
    """Megabytes of the web process and of its worker."""
    pids = [int((home.folder / "data" / f"{name}.pid").read_text()) for name in ("peerloom", "work")]
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids]
    web, worker = (page * os.sysconf("SC_PAGE_SIZE") // 1_000_000 for page in pages)
    return web, worker


def growing(people: int) -> dict[str, Any]:
    """Peers found on a challenge in an organization of so many people with ten works each, against one of FEW: the same
    statements, the same index, drawn vectors. Shelves are warm; statements are counted."""
    with tempfile.TemporaryDirectory(prefix="peerloom-speed-") as folder:
        few, many = (_Laid(Path(folder) / name, size) for name, size in (("few", FEW), ("many", people)))
        rounds = [(few.ask(at), many.ask(at)) for at in range(QUERIES)]
        little, much = (statistics.median(column) for column in zip(*rounds, strict=True))
        recall = statistics.mean(many.recall(at) for at in range(QUERIES))
        return {
            "growth_ratio": round(much / little, 2),
            "find_ms": round(much * 1000, 1),
            "find_statements": many.statements // QUERIES,
            "recall_at_10": round(recall, 4),
            "at": {"works": people * 10, "challenges": len(many.challenges)},
        }


class _Laid:
    """An organization that was laid into a database and an index of its own, and is searched."""

    def __init__(self, folder: Path, people: int) -> None:
        folder.mkdir()
        sessions = Sessions(make_engine(f"sqlite:///{folder / 'one.db'}"))
        migrate.upgrade(sessions.engine)
        now = datetime.now(UTC)
        with sessions.writing() as session:
            row: Organization = organizations.create(session, external_id=ORGANIZATION, name="Speed", now=now)
            register.put_group(session, operator(session, row), "all", name="All", parent=None, now=now)
        with sessions.writing() as session:
            made = lay(session, ORGANIZATION, people, OF_ALL)
            session.execute(update(Consent).values(show_work=ShowWork.WITHOUT_NAME))
        self.organization, self.challenges, self.now = made.organization, [one[0] for one in made.challenges], now
        self.embedder, self.exact = Drawn(), ExactIndex()
        self.shelves = Shelves(SqlLibrary(sessions), ChromaIndex.embedded(folder / "chroma"))
        self.challenges = [challenge for challenge in self.challenges if self._indexed(self._scope(challenge))]
        self.statements = 0
        event.listen(sessions.engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.statements += 1

    def _scope(self, challenge: str) -> Scope:
        return Scope(self.organization, challenge, "", "", self.now)

    def _indexed(self, scope: Scope) -> bool:
        """Whether anybody works on it."""
        items = self.shelves.library.read(Shelf.WORK, scope)
        if items:
            vectors = self.embedder.embed([item.indexed for item in items])
            for index in (self.shelves.index, self.exact):
                index.write(collection(Shelf.WORK, scope), [item.id for item in items], vectors)
            self.shelves.corpus(Shelf.WORK, scope, self.embedder)
        return bool(items)

    def _asked(self, at: int) -> tuple[Scope, QueryPart]:
        text = _text(random.Random(at))
        scope = self._scope(self.challenges[at % min(len(self.challenges), 20)])
        return scope, QueryPart(text, self.embedder.embed([text])[0])

    def ask(self, at: int) -> float:
        """Seconds for the ten nearest."""
        scope, part = self._asked(at)
        return took(lambda: find(Shelf.WORK, [part], scope, self.shelves, self.embedder, limit=10, caps=Caps()))

    def recall(self, at: int) -> float:
        """Share of the ten nearest by comparing with all that the index names."""
        scope, part = self._asked(at)
        name = collection(Shelf.WORK, scope)
        true, found = (
            {id_ for id_, _ in index.search(name, part.vector, 10)} for index in (self.exact, self.shelves.index)
        )
        return len(true & found) / len(true)


def measure(works: int, people: int, model_texts: int) -> dict[str, Any]:
    say("embedding")
    found = encoding(invented(model_texts, 1))
    say("the service")
    found |= serving(invented(works, 3))
    found["intake_ratio"] = round(found["intake_per_second"] / found["raw_texts_per_second"], 2)
    found["draft_ratio"] = round(found["draft_ms"] / found["raw_ms_of_one"], 2)
    found["rss_mb"] = found["rss_web_mb"] + found["rss_worker_mb"]
    say("growing")
    grown = growing(people)
    at = {"model_texts": model_texts, "works_drafted": works, **{f"growth_{k}": v for k, v in grown.pop("at").items()}}
    return found | grown | {"at": at}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", type=int, default=300)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--model-texts", type=int, default=200)
    asked = parser.parse_args()
    last_line(measure(asked.works, asked.people, asked.model_texts))


if __name__ == "__main__":
    main()
