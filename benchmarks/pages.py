"""How long pages take with 10,000 drafts in the queue, as ratios to the emptiest answer that the service has.

    python -m benchmarks.pages [--drafts 10000] [--rounds 40]

Starts the embedded service on a free loopback port, signs a facilitator and a learner in by their links, and asks for
each page in turn, one request at a time, /health between them: so that what else the machine does meets all alike.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from benchmarks import waiting_drafts
from benchmarks.running import CALL_SECONDS, Caller, House, house
from benchmarks.setting import last_line, say, told
from service.store.session import Sessions, make_engine

ORGANIZATION = "lakeside"
GROUPS, CHALLENGES = 40, 20
WARM = 3
"""Rounds that are not counted: the first answers of a process compile its templates and statements."""


@dataclass
class Browser:
    """One connection with one cookie."""

    port: int
    cookie: str = ""
    bytes: int = 0  # of the last body, as it came over the wire
    _connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str) -> tuple[int, http.client.HTTPMessage, str]:
        """One request; status, headers and body. A connection that was idle and closed is opened anew."""
        try:
            return self._ask(method, path)
        except http.client.RemoteDisconnected:
            self._connection = None
            return self._ask(method, path)

    def _ask(self, method: str, path: str) -> tuple[int, http.client.HTTPMessage, str]:
        self._connection = self._connection or http.client.HTTPConnection("127.0.0.1", self.port, CALL_SECONDS)
        headers = {"Cookie": self.cookie, "Accept": "text/html", "Accept-Encoding": "gzip"}
        self._connection.request(method, path, headers=headers)
        answer = self._connection.getresponse()
        body = answer.read()
        self.bytes = len(body)
        if answer.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return answer.status, answer.headers, body.decode("utf-8", "replace")

    def sign_in(self, link: str) -> None:
        """Use a sign-in link. Raises RuntimeError if it does not let one in."""
        status, headers, body = self.ask("POST", urlsplit(link).path)
        self.cookie = (headers.get("Set-Cookie") or "").partition(";")[0]
        if status != 303 or not self.cookie:
            raise RuntimeError(f"The link does not sign in: {status} {body[:200]}")


@dataclass
class Asked:
    """What is asked for, by turns of its addresses, and how long each answer took in seconds."""

    name: str
    browser: Browser
    paths: Sequence[str]
    seconds: list[float] = field(default_factory=list)
    bytes: int = 0

    def __post_init__(self) -> None:
        self._turn = cycle(self.paths)

    def once(self) -> None:
        """Ask, and take the time until the last byte is there. Raises RuntimeError for anything but an answer."""
        path, begun = next(self._turn), time.perf_counter()
        status, _, body = self.browser.ask("GET", path)
        self.seconds.append(time.perf_counter() - begun)
        self.bytes = max(self.bytes, self.browser.bytes)
        if status != 200:
            raise RuntimeError(f"{path} answers {status}: {body[:300]}")


def founded(home: House) -> str:
    """An organization with groups, challenges, a facilitator, and a learner whose feedback is released; its key."""
    home.found(ORGANIZATION)
    key = home.key(ORGANIZATION)
    with home.served() as port:
        caller = Caller(port, key)
        caller.take_in(_lines())
        home.wait()
        text = "We pair teachers across grades and visit each other twice before half-term."
        body = {"challenge": "c-0", "person": "amara", "text": text}
        draft = _sent(caller, "PUT", "/v1/submissions/amara-1", body)["draft"]["id"]
        home.wait()
        _release(caller, port, draft)
    return key


def _lines() -> list[dict[str, Any]]:
    criteria = [{"id": f"k{number}", "text": f"Names part {number} of the plan."} for number in range(1, 5)]
    consents = {"show_work": "without_name", "ai": "local"}
    groups = [{"kind": "group", "id": f"g-{at}", "name": f"Group {at}", "parent": "all"} for at in range(GROUPS)]
    learner = [{"role": "learner", "group": "g-0"}]
    return [
        {"kind": "group", "id": "all", "name": "All"},
        *groups,
        {"kind": "person", "id": "nkechi", "name": "Nkechi", "roles": [{"role": "facilitator", "group": "all"}]},
        {"kind": "person", "id": "amara", "name": "Amara Okafor", "roles": learner, "consents": consents},
        *(
            {"kind": "challenge", "id": f"c-{at}", "title": f"Plan {at}", "prompt": "Plan it.", "criteria": criteria}
            for at in range(CHALLENGES)
        ),
    ]


def _sent(caller: Caller, method: str, path: str, body: object) -> Any:
    answer = caller.call(method, path, body)
    if answer.status >= 400:
        raise RuntimeError(f"{method} {path}: {answer.status} {answer.text}")
    return answer.json


def _release(caller: Caller, port: int, draft: str) -> None:
    """Have a facilitator write, approve and release it."""
    secret = _sent(caller, "POST", "/v1/tokens", {"person": "nkechi"})["secret"]
    reviewer = Facilitator(port, secret)
    if reviewer.look(draft)["state"] == "stuck":
        reviewer.act(draft, "write")
    reviewer.act(draft, "", {"summary": "Who and when are clear."}, method="PATCH")
    reviewer.act(draft, "approve", {"seen": reviewer.look(draft)["text_hash"]})
    reviewer.act(draft, "release")


@dataclass
class Facilitator:
    """Decides by the API, each time on the draft as it stands."""

    port: int
    secret: str

    def look(self, draft: str) -> Any:
        """The draft now."""
        return _sent(Caller(self.port, self.secret), "GET", f"/v1/drafts/{draft}", None)

    def act(self, draft: str, act: str, body: dict[str, Any] | None = None, *, method: str = "POST") -> None:
        """One decision. Raises RuntimeError if it is refused."""
        version = self.look(draft)["version"]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, CALL_SECONDS)
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
        headers["If-Match"] = f'"{version}"'
        path = f"/v1/drafts/{draft}" + (f"/{act}" if act else "")
        connection.request(method, path, _json(body or {}), headers)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {said!r}")


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


def laid(home: House, count: int) -> None:
    """The waiting drafts, in the service's own database while it does not run."""
    say(f"laying {count} drafts")
    engine = make_engine(f"sqlite:///{home.folder / 'data' / 'peerloom.db'}")
    with Sessions(engine).writing() as session:
        waiting_drafts.lay(session, ORGANIZATION, count)
    engine.dispose()


def asked(home: House, port: int, key: str) -> list[Asked]:
    """All that is measured, the emptiest first."""
    desk, learner, platform = Browser(port), Browser(port), Keyed(port, key)
    for browser, person in ((desk, "nkechi"), (learner, "amara")):
        browser.sign_in(home.run("invite", person, "--organization", ORGANIZATION).strip().splitlines()[-1])
    _, _, page = desk.ask("GET", "/desk")
    drafts = sorted(set(re.findall(r'href="(/desk/drafts/[0-9a-f]{32})', page)))
    if not drafts:
        raise RuntimeError("The queue shows no draft.")
    onwards = re.search(r'href="(/desk\?[^"]*after=[^"]*)"', page)
    wanted = [
        Asked("health", Browser(port), ["/health"]),
        Asked("queue", desk, ["/desk"]),
        Asked("queue_of_group", desk, [f"/desk?group=g-{at}" for at in range(GROUPS)]),
        Asked("queue_pulse", desk, ["/desk/pulse"]),
        Asked("draft", desk, drafts),
        Asked("overview", desk, [f"/desk/challenges/c-{at}" for at in range(CHALLENGES)]),
        Asked("learner", learner, ["/learn"]),
        Asked("list", platform, ["/v1/drafts?limit=50&state=ready"]),
    ]
    if onwards:
        wanted.append(Asked("queue_second_page", desk, [onwards[1].replace("&amp;", "&")]))
    return [one for one in wanted if _there(one)]


def _there(one: Asked) -> bool:
    status, _, _ = one.browser.ask("GET", one.paths[0])
    if status == 404:
        say(f"{one.paths[0]} is not there: left out")
    return status != 404


class Keyed(Browser):
    """A platform, by its key instead of a cookie."""

    def __init__(self, port: int, key: str) -> None:
        super().__init__(port)
        self.caller = Caller(port, key)

    def ask(self, method: str, path: str) -> tuple[int, http.client.HTTPMessage, str]:
        """One request; the headers are not looked at."""
        answer = self.caller.call(method, path)
        return answer.status, http.client.HTTPMessage(), answer.text


def measured(wanted: Sequence[Asked], rounds: int) -> dict[str, Any]:
    """The 95th percentile of each and its ratio to that of /health, and the medians, in milliseconds; and how large
    each came over the wire."""
    for at in range(WARM + rounds):
        told(f"asking for {len(wanted)} pages, {rounds} times each", at, WARM + rounds)
        for one in wanted:
            one.once()
    of = {one.name: one.seconds[WARM:] for one in wanted}
    base = p95(of["health"])
    found: dict[str, Any] = {"health_p95_ms": round(1000 * base, 2)}
    for name, seconds in of.items():
        if name != "health":
            found[f"{name}_ratio"] = round(p95(seconds) / base, 1)
            found[f"{name}_p95_ms"] = round(1000 * p95(seconds), 1)
            found[f"{name}_median_ms"] = round(1000 * statistics.median(seconds), 1)
    found |= {f"{one.name}_kb": round(one.bytes / 1000, 1) for one in wanted if one.bytes}
    return found


def p95(seconds: Sequence[float]) -> float:
    """The least of the times that at least 95 of 100 do not exceed."""
    ordered = sorted(seconds)
    return ordered[max(0, -(-95 * len(ordered) // 100) - 1)]


def run(drafts: int, rounds: int) -> dict[str, Any]:
    """Everything, in a data folder of its own."""
    with house() as home:
        key = founded(home)
        laid(home, drafts)
        with home.served() as port:
            return {"drafts": drafts, "rounds": rounds, **measured(asked(home, port, key), rounds)}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drafts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=40)
    given = parser.parse_args()
    last_line(run(given.drafts, given.rounds))


if __name__ == "__main__":
    main()
