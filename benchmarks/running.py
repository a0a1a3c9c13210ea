"""The embedded service as a process of its own on a free loopback port, and a caller that speaks HTTP to it.

Used by benchmarks that look at the service from outside. Everything is in a folder that is removed afterwards.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

START_SECONDS = 120
CALL_SECONDS = 120
LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `kind` is the media type without its parameters."""

    status: int
    kind: str
    body: bytes
    location: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass
class Caller:
    """One connection with one key. Keeps count of answers that no caller should ever get."""

    port: int
    key: str
    server_errors: int = 0
    pages: list[tuple[str, str]] = field(default_factory=list)  # every text/html answer, with what was asked for
    _connection: http.client.HTTPConnection | None = None

    def call(self, method: str, path: str, body: object = None) -> Answer:
        """One request, its body as JSON."""
        content = None if body is None else json.dumps(body).encode()  # ASCII with escapes: any string can be sent
        return self._counted(method, path, content, "application/json")

    def take_in(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Start an import. Raises RuntimeError if it is refused."""
        content = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
        answer = self._counted("POST", "/v1/imports", content, "application/x-ndjson")
        if answer.status != 202:
            raise RuntimeError(f"The import was refused: {answer.text}")

    def _counted(self, method: str, path: str, content: bytes | None, kind: str) -> Answer:
        """A connection that breaks counts as a server's error, one that was idle and closed does not."""
        used, answer = self._connection is not None, self._send(method, path, content, kind)
        if answer is None and used:  # every call here may be sent twice
            answer = self._send(method, path, content, kind)
        answer = answer or Answer(599, "", b"The connection broke.")
        self.server_errors += answer.status >= 500
        if answer.kind == "text/html":
            self.pages.append((path, answer.text))
        return answer

    def _send(self, method: str, path: str, content: bytes | None, kind: str) -> Answer | None:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": kind}
        try:
            self._connection = self._connection or http.client.HTTPConnection("127.0.0.1", self.port, CALL_SECONDS)
            self._connection.request(method, path, content, headers)
            raw = self._connection.getresponse()
            media = (raw.getheader("Content-Type") or "").partition(";")[0]
            return Answer(raw.status, media, raw.read(), raw.getheader("Location") or "")
        except (OSError, http.client.HTTPException):
            self._connection = None
            return None

    def all(self, path: str) -> Iterator[dict[str, Any]]:
        """Every row of a list."""
        cursor = ""
        while True:
            page = self.call("GET", f"{path}{'&' if '?' in path else '?'}limit=200{cursor}").json
            yield from page["items"]
            if page["next"] is None:
                return
            cursor = f"&cursor={page['next']}"


@dataclass(frozen=True)
class House:
    """A data folder, with the commands run on it. `settings`: further ones, as the environment names them."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> str:
        """What a command printed. Raises RuntimeError with all it said if it fails."""
        result = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "service.cli", *arguments],
            env=self._environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if result.returncode:
            raise RuntimeError(f"peerloom {' '.join(arguments)}: {result.stdout}{result.stderr}")
        return result.stdout

    def found(self, organization: str) -> None:
        """Make an organization with nothing in it."""
        bundle = self.folder / "bundle.ndjson"
        bundle.write_text(json.dumps({"kind": "organization", "id": organization, "name": organization}), "utf-8")
        self.run("import", str(bundle))

    def wait(self, seconds: float = 3600) -> None:
        """Until the service has nothing to do; looked up in its database, since the API tells no jobs."""
        with closing(sqlite3.connect(f"file:{self.folder / 'data' / 'peerloom.db'}?mode=ro", uri=True)) as database:
            for _ in range(int(seconds / LOOK_SECONDS)):
                (left,) = database.execute(
                    "SELECT count(*) FROM jobs WHERE state IN ('queued', 'leased') AND kind != 'release'"
                ).fetchone()
                if not left:
                    return
                time.sleep(LOOK_SECONDS)
        raise RuntimeError(f"The service is still at work after {seconds:.0f} seconds.")

    def key(self, organization: str) -> str:
        """A new key's secret."""
        return self.run("key", "create", "benchmark", "--organization", organization).strip().splitlines()[-1]

    @contextmanager
    def served(self) -> Iterator[int]:
        """While the block runs, the service answers at this port."""
        log = (self.folder / "service.log").open("w+", encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "serve", "--host", "127.0.0.1", "--port", "0"],
            env=self._environment(), stdout=log, stderr=log, text=True,
        )  # fmt: skip
        try:
            yield self._port(process)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            log.close()

    def _port(self, process: subprocess.Popen[str]) -> int:
        """The port, once the service is ready."""
        for _ in range(START_SECONDS * 5):
            said = (self.folder / "service.log").read_text("utf-8")
            found = re.search(r"listens on http://127\.0\.0\.1:(\d+)", said)
            if found and Caller(int(found[1]), "").call("GET", "/ready").status == 200:
                return int(found[1])
            try:
                process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
            raise RuntimeError(f"The service ended: {said}")
        raise RuntimeError(f"The service is not ready after {START_SECONDS} seconds.")

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PEERLOOM_", "OPENAI_"))}
        own = {"PEERLOOM_DATA": str(self.folder / "data"), "PEERLOOM_LOG_LEVEL": "warning"}
        return {**kept, **own, **self.settings}


@contextmanager
def house(settings: Mapping[str, str] | None = None) -> Iterator[House]:
    """A new data folder, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="peerloom-benchmark-") as folder:
        yield House(Path(folder), settings or {})
