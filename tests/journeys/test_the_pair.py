"""The embedded service is two processes: what happens to one while the other lives, and what only one may touch."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from tests import commands
from tests.forked import FORKED
from tests.free_port import free_port
from tests.journeys.house import CHALLENGE, TEXT, House, School, found, settle_in


def opened(house: House) -> School:
    key = found(house, undo_seconds=0.3)
    house.start_all()
    return settle_in(house, key)


def worker_of(house: House) -> int:
    """The pid of the worker that was started last."""
    return int(house.told("the worker starts")[-1]["pid"])


def about(house: House) -> dict[str, str]:
    parts: dict[str, str] = house.web.get("/ready").json()["parts"]
    return parts


def within(seconds: float, there: Callable[[], object]) -> bool:
    until = time.monotonic() + seconds
    while not (found := there()) and time.monotonic() < until:
        time.sleep(0.02)
    return bool(found)


def lives(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def open_in(pid: int, folder: Path) -> list[str]:
    """Files below the folder that a process has open."""
    found = (os.path.realpath(one) for one in Path(f"/proc/{pid}/fd").iterdir())
    return [name for name in found if name.startswith(f"{folder.resolve()}/")]


def test_similar_work_is_found_by_the_worker_which_alone_has_the_index_open(embedded: House) -> None:
    metrics = f"127.0.0.1:{free_port()}"
    embedded.environment["PEERLOOM_METRICS"] = metrics
    school = opened(embedded)
    for id_, person in (("s-1", "amara"), ("s-2", "tiago")):
        body = {"challenge": "observation", "person": person, "text": TEXT}
        assert embedded.ask("PUT", f"/v1/submissions/{id_}", school.key, body).status_code == 202
        school.draft_in(id_, "ready", "to_judge")
    answer = embedded.expect(200, "POST", "/v1/search", school.key, {"submission": "s-1"})
    assert [one["submission"] for one in answer["items"]] == ["s-2"]
    assert about(embedded) == {"database": "ok", "worker": "ok", "index": "ok", "jobs": "ok"}
    told = httpx.get(f"http://{metrics}/metrics", timeout=20).text
    assert 'peerloom_up{part="worker"} 1' in told
    assert "peerloom_drafts{" in told
    index = embedded.folder / "data" / "chroma"
    web = embedded.running["serve"].pid
    assert web is not None
    assert open_in(worker_of(embedded), index)
    assert not open_in(web, index)


def test_a_worker_that_dies_is_started_again_while_the_web_takes_work_in(embedded: House) -> None:
    school = opened(embedded)
    assert within(30, lambda: about(embedded)["worker"] == "ok")
    first = worker_of(embedded)
    os.kill(first, signal.SIGKILL)
    school.hand_in("s-1", TEXT)
    assert embedded.web.get("/ready").status_code == 200
    school.draft_in("s-1", "ready", "to_judge")
    assert worker_of(embedded) != first
    assert embedded.deaths == 1
    assert embedded.stop("serve") in (0, -signal.SIGTERM)
    assert not lives(worker_of(embedded))


def test_a_worker_whose_web_was_killed_ends_and_leaves_the_folder_to_the_next(embedded: House) -> None:
    school = opened(embedded)
    assert within(30, lambda: about(embedded)["worker"] == "ok")
    left = worker_of(embedded)
    embedded.kill("serve")
    assert within(10, lambda: not lives(left))
    embedded.start("serve")
    school.hand_in("s-1", TEXT)
    school.draft_in("s-1", "ready", "to_judge")
    assert embedded.deaths == 0, "the second worker found the folder free"


BUNDLE: tuple[dict[str, object], ...] = (
    {"kind": "organization", "id": "quillmere", "name": "Quillmere"},
    {"kind": "group", "id": "year-8", "name": "Year 8"},
    {"kind": "person", "id": "ilse", "name": "Ilse Brandsma", "roles": [{"role": "facilitator", "group": "year-8"}]},
    {"kind": "person", "id": "amara", "name": "Amara Lind", "roles": [{"role": "learner", "group": "year-8"}]},
    {"kind": "challenge", "id": "observation", **CHALLENGE},
    {"kind": "submission", "id": "s-1", "challenge": "observation", "person": "amara", "text": TEXT},
)


def test_a_demonstration_is_served_with_its_links_while_drafts_come(embedded: House) -> None:
    (embedded.folder / "bundle.ndjson").write_text("".join(f"{json.dumps(line)}\n" for line in BUNDLE), "utf-8")
    environment = {**os.environ, **embedded.environment, "PEERLOOM_PORT": str(embedded.port)}
    log = embedded.folder / "serve.log"
    given = (["demo", "--examples", str(embedded.folder)], environment, log, log)
    embedded.running["demo"] = FORKED.Process(target=commands.run, args=given)
    embedded.running["demo"].start()
    embedded.wait_for(lambda: "Call the API" in log.read_text("utf-8") if log.exists() else False)
    said = log.read_text("utf-8")
    assert "0 of 1 pieces of work are drafted so far" in said, "nobody waits for a draft"
    links = re.findall(rf"http://127\.0\.0\.1:{embedded.port}(/sign-in/\S+)", said)
    assert len(links) == 2, "a facilitator's and a learner's"
    page = embedded.wait_for(lambda: embedded._answers() and embedded.web.get(links[0]))
    assert page.status_code in (200, 303)
    key = re.search(r"shown this once: (\S+)", said)
    assert key is not None
    path = "/v1/drafts?submission=s-1"
    embedded.wait_for(lambda: embedded.expect(200, "GET", path, key[1])["items"][0]["state"] in ("ready", "to_judge"))
    assert embedded.stop("demo") in (0, -signal.SIGTERM)
