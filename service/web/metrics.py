"""What Prometheus asks for, at an address of its own: nobody signs in there, so it is off unless an address is set, and
says nothing of anybody. The format is a line a number (text format 0.0.4), so no library is needed for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from service.store.measures import Measures

KIND: Final = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[Mapping[str, str], float]


def exposition(measures: Measures | None, parts: Mapping[str, str], version: str) -> str:
    """All numbers. `parts`: each with "ok" or what is wrong with it; without `measures`, the database is away."""
    families = [*_of_parts(parts, version), *(_of_rows(measures) if measures is not None else ())]
    return "".join(families)


def _of_parts(parts: Mapping[str, str], version: str) -> Iterator[str]:
    yield _family("info", "gauge", "The version that runs.", [({"version": version}, 1)])
    up = [({"part": name}, float(said == "ok")) for name, said in parts.items()]
    yield _family("up", "gauge", "Whether a part works (1), as /ready has it.", up)


def _of_rows(found: Measures) -> Iterator[str]:
    jobs = [({"kind": kind, "state": state}, n) for (kind, state), n in sorted(found.jobs.items())]
    yield _family("jobs", "gauge", "Jobs that are not done, by kind and state.", jobs)
    oldest = [({"kind": kind}, seconds) for kind, seconds in sorted(found.oldest.items())]
    yield _family("oldest_due_job_seconds", "gauge", "Since when the job has been due that is due longest.", oldest)
    took = [
        ({"kind": kind, "quantile": quantile}, seconds)
        for kind, one in sorted(found.took.items())
        for quantile, seconds in (("0.5", one.half), ("0.95", one.of_95))
    ]
    yield _family("job_seconds", "gauge", "From due to done, of jobs that ended in the last ten minutes.", took)
    drafts = [({"state": state}, count) for state, count in sorted(found.drafts.items())]
    yield _family("drafts", "gauge", "Drafts by state.", drafts)
    yield _family("model_cost_total", "counter", "Spent on the model, in the prices' currency.", [({}, found.spent)])
    yield _family("model_calls_total", "counter", "Calls of the model.", [({}, found.calls)])
    tokens = [({"direction": "prompt"}, found.prompt_tokens), ({"direction": "completion"}, found.completion_tokens)]
    yield _family("model_tokens_total", "counter", "Tokens sent to the model, and answered by it.", tokens)


def _family(name: str, kind: str, about: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP peerloom_{name} {about}", f"# TYPE peerloom_{name} {kind}"]
    for labels, value in samples:
        said = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        lines.append(f"peerloom_{name}{{{said}}} {value:g}" if said else f"peerloom_{name} {value:.12g}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


class MetricsServer:
    """`GET /metrics` at an address of its own, from `start` to `stop`. `tell` makes the text anew for each request."""

    def __init__(self, host: str, port: int, tell: Callable[[], str]) -> None:
        class Handler(BaseHTTPRequestHandler):
            timeout = 10  # seconds that a caller may take

            def do_GET(self) -> None:
                known = self.path.partition("?")[0] == "/metrics"
                body = (tell() if known else "Ask for /metrics.\n").encode()
                self.send_response(200 if known else 404)
                self.send_header("Content-Type", KIND)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing: it is asked every few seconds."""

        self._server = ThreadingHTTPServer((host, port), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
