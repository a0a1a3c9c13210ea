"""Whoever comes first after a start waits no longer than others."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from pydantic import TypeAdapter

from service import main
from service.settings import Settings


def test_the_first_requests_make_no_route(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    begun = TypeAdapter.__init__

    def counted(self: TypeAdapter[object], *given: object, **named: object) -> None:
        made.append(given)
        begun(self, *given, **named)  # type: ignore[arg-type]

    app = main.create(Settings(data=tmp_path))
    monkeypatch.setattr(TypeAdapter, "__init__", counted)

    async def ask() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            return [(await client.get(path)).status_code for path in ("/nothing", "/v1/people", "/health")]

    with ThreadPoolExecutor(1) as apart:  # a browser's tests may have left a loop in this thread
        assert apart.submit(lambda: asyncio.run(ask())).result() == [404, 401, 200]
    assert made == []
