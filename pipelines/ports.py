"""The four ports of the thinking floor. Each has two shipped implementations and one contract suite in tests/contracts.

An implementation raises only what its port names here, so callers can say what happened without knowing a library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from pipelines.values import Assessment, DraftingTask, Evidence, Reviewed, Scope, Shelf, ShelfItem, Usage

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Text to unit vectors."""

    @property
    def name(self) -> str:
        """Model and revision; vectors of different names are never compared."""

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), float32, each row of length 1. An empty text gives a zero row."""


class VectorIndex(Protocol):
    """Ids and vectors in named collections. Holds no text; can be thrown away and rebuilt at any time.

    A collection comes to be with its first write; one that does not exist reads as empty.
    """

    def write(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace. Raises IndexUnavailable."""

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        """Take out; ids that are not there are passed over. Raises IndexUnavailable."""

    def search(self, collection: str, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """The nearest `limit` ids with their cosine, best first. `vector` has shape (dimensions,)."""

    def ids(self, collection: str) -> set[str]:
        """All ids in the collection, as a later reader would see them."""


def rows_for(ids: Sequence[str], vectors: Vectors) -> Vectors:
    """The vectors to write, one row an id, as every index takes them. Raises ValueError."""
    rows = np.asarray(vectors, dtype=np.float32)
    if rows.ndim != 2 or len(rows) != len(ids) or not all(ids):
        raise ValueError(
            f"{len(ids)} ids need as many rows of numbers (got shape {rows.shape}), and no id may be empty."
        )
    return finite(rows)


def finite(rows: Vectors) -> Vectors:
    """The rows, if every number in them is one. Raises ValueError."""
    if not np.isfinite(rows).all():
        raise ValueError("A vector holds a number that is not finite. Embed the text again.")
    return rows


class IndexUnavailable(Exception):
    """The vector index cannot be reached. Check that it runs, then try again."""


@runtime_checkable
class Rewriting(Protocol):
    """A VectorIndex whose files go on holding what was deleted, until they are written anew."""

    def rewrite(self, collections: Sequence[str]) -> bool:
        """Write these collections anew without what was deleted from them; one that is empty goes. Searches go on, and
        writes of this process wait. True: other processes may have written meanwhile, and what they wrote may be lost.
        May be called again after a crash at any moment. Raises IndexUnavailable."""


class Library(Protocol):
    """The organization's texts as they stand now, read under a scope. The index proposes; the Library disposes."""

    def fingerprint(self, shelf: Shelf, scope: Scope) -> str:
        """Changes whenever what `read` would give may have changed; cheap."""

    def read(self, shelf: Shelf, scope: Scope, ids: Sequence[str] | None = None) -> list[ShelfItem]:
        """The items that the scope may see, of `ids` (in their order) or all. An id it may not see is left out."""

    def visible(self, shelf: Shelf, scope: Scope) -> set[str]:
        """Ids of all that `read` would give, without a text, asked at once. It tells where to look, and allows nothing:
        texts come from `read` alone."""

    def reviewed(self, scope: Scope, limit: int) -> list[Reviewed]:
        """Peers' judged work on the challenge, the most recent first. Used to assess, never quoted."""


class ModelTrouble(Exception):
    """The language model gave no usable answer. `reason` is for people; `usage` is what it cost all the same."""

    def __init__(self, reason: str, *, usage: Usage | None = None, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.usage = usage or Usage()
        self.retry_after = retry_after  # seconds


class ModelUnavailable(ModelTrouble):
    """No answer: time-out, refused connection, 429 or 5xx."""


class ModelRefused(ModelTrouble):
    """The model or its provider declined to answer."""


class ModelCutOff(ModelTrouble):
    """The answer stopped before its end."""


@dataclass(frozen=True, slots=True)
class DraftingMaterial:
    """The drafting task as values, for a model that works on values rather than on a rendered prompt."""

    brief: DraftingTask
    evidence: tuple[Evidence, ...]
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One call. `schema` is the JSON schema (portable subset) the answer must fit; `earlier` are repair turns."""

    system: str
    user: str
    schema: dict[str, object]
    schema_name: str
    max_tokens: int
    material: DraftingMaterial | None = None
    earlier: tuple[tuple[str, str], ...] = field(default=())  # (answer, what was wrong with it)


@dataclass(frozen=True, slots=True)
class ModelReply:
    """The model's words (JSON by the request's schema, not yet checked) and what they cost."""

    text: str
    usage: Usage
    model: str


class LanguageModel(Protocol):
    """Words from a model, or from rules that need none."""

    @property
    def name(self) -> str: ...

    @property
    def local(self) -> bool:
        """True if no text leaves the organization's own machines."""

    def reply(self, request: ModelRequest) -> ModelReply:
        """One answer, tried once. Raises ModelTrouble."""
