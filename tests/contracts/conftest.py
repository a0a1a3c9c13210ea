"""What the suites share: a real Chroma server, and the stub of the model's wire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.chroma_server import ChromaServer
from tests.stubs.openai_wire import OpenAIWire, openai_wire

__all__ = ["OpenAIWire", "openai_wire"]


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    with ChromaServer(tmp_path_factory.mktemp("chroma-server")) as server:
        yield server
