"""What Prometheus asks for, at an address of its own: nobody signs in there, so it is off unless an address is set, and
says nothing of anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from prometheus_client import start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.store.measures import Measures

MeasuredNow = tuple[Measures | None, Mapping[str, str]]
"""The numbers (none while the database is away), and each part with "ok" or what is wrong with it."""


Sample = tuple[Any, ...]
"""The values of the labels, and the number."""


class Numbers(Collector):
    """All numbers, asked for anew with each request."""

    def __init__(self, measured: Callable[[], MeasuredNow], version: str) -> None:
        self._measured, self._version = measured, version

    def collect(self) -> Iterator[Metric]:
        found, parts = self._measured()
        yield _gauge("info", "The version that runs.", ["version"], [(self._version, 1)])
        up = [(name, said == "ok") for name, said in parts.items()]
        yield _gauge("up", "Whether a part works (1), as /ready has it.", ["part"], up)
        if found is not None:
            yield from _of_rows(found)


def _of_rows(found: Measures) -> Iterator[Metric]:
    jobs = [(kind, state, n) for (kind, state), n in sorted(found.jobs.items())]
    yield _gauge("jobs", "Jobs that are not done, by kind and state.", ["kind", "state"], jobs)
    oldest = sorted(found.oldest.items())
    yield _gauge("oldest_due_job_seconds", "Since when the job has been due that is due longest.", ["kind"], oldest)
    took = [
        (kind, quantile, seconds)
        for kind, one in sorted(found.took.items())
        for quantile, seconds in (("0.5", one.half), ("0.95", one.of_95))
    ]
    about = "From due to done, of jobs that ended in the last ten minutes."
    yield _gauge("job_seconds", about, ["kind", "quantile"], took)
    yield _gauge("drafts", "Drafts by state.", ["state"], sorted(found.drafts.items()))
    # Gauges, since what an erased organization spent goes with it, and no counter may fall.
    yield _gauge("model_cost_today", "Spent on the model today (UTC), in the prices' currency.", [], [(found.spent,)])
    yield _gauge("model_calls_today", "Calls of the model today (UTC).", [], [(found.calls,)])
    tokens = [("prompt", found.prompt_tokens), ("completion", found.completion_tokens)]
    yield _gauge("model_tokens_today", "Tokens sent to the model today, and answered by it.", ["direction"], tokens)


def _gauge(name: str, about: str, labels: Sequence[str], samples: Iterable[Sample]) -> GaugeMetricFamily:
    """One family; the values of its labels stand before each number."""
    family = GaugeMetricFamily(f"peerloom_{name}", about, labels=labels)
    for *said, value in samples:
        family.add_metric([str(one) for one in said], float(value))
    return family


def serve(host: str, port: int, numbers: Numbers) -> tuple[int, Callable[[], None]]:
    """Answer at this address; the port, and what ends it. Raises OSError where nothing can listen there."""
    server, thread = start_http_server(port, host, numbers)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return int(server.server_port), stop
