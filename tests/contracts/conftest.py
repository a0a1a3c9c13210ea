"""What the suites share: the packaged model loaded once, a real Chroma server, and the stub of the model's wire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.adapters.sentence_transformer import SentenceTransformerEmbedder
from tests.contracts.chroma_server import ChromaServer
from tests.stubs.openai_wire import OpenAIWire, openai_wire

__all__ = ["OpenAIWire", "openai_wire"]


@pytest.fixture(scope="session")
def packaged_embedder() -> SentenceTransformerEmbedder:
    # One thread: what is tested is small, and threads that wait for one another are slow on a busy machine.
    return SentenceTransformerEmbedder(threads=1)


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    with ChromaServer(tmp_path_factory.mktemp("chroma-server")) as server:
        yield server
