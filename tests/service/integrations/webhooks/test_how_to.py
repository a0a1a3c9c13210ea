"""The receiver of docs/how-to/receive-events.md works as it stands there."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path

import pytest
import uvicorn

from service.integrations.webhooks import endpoints
from service.integrations.webhooks.endpoints import EndpointWish
from service.store.tables import DeliveryState
from tests.service.integrations.webhooks.conftest import Platform

HOW_TO = Path(__file__).parents[4] / "docs" / "how-to" / "receive-events.md"


def test_the_receiver_takes_what_is_ours_once_and_nothing_else(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint, secret = platform.endpoint("https://courses.example.org/peerloom")
    monkeypatch.setenv("WEBHOOK_SECRET", secret)
    (snippet,) = re.findall(r"```python\n(.*?)```", HOW_TO.read_text("utf-8"), re.S)
    names: dict[str, object] = {}
    exec(compile(snippet, str(HOW_TO), "exec"), names)  # noqa: S102
    config = uvicorn.Config(names["app"], port=0, log_config=None, lifespan="off")  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started:
        assert time.monotonic() < until
        assert thread.is_alive()
        time.sleep(0.01)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/peerloom"
    with platform.parts.sessions.writing() as session:
        wish = EndpointWish("Courses", url)
        endpoints.change(session, platform.actor, endpoint, wish, seen=1, now=platform.parts.now())
    platform.tell()
    platform.work()
    assert [row.state for row in platform.rows()] == [DeliveryState.DELIVERED]
    with platform.parts.sessions.writing() as session:
        endpoints.replay(session, platform.actor, endpoint, platform.rows()[0].id, now=platform.parts.now())
    platform.work()
    assert capsys.readouterr().out.count("feedback.released {'submission': 'amara-1'") == 1
    other, _ = platform.endpoint(url, name="Signed by somebody else")
    platform.tell()
    platform.work()
    assert [row.status for row in platform.rows(other)] == [400]
    server.should_exit = True
    thread.join(10)
