"""A BERT whose tokens are averaged, such as the packaged model, run as it is: torch, and none of the libraries around
it. Importing those takes four times the processor time and twice the memory of torch alone, in every worker at its
start, and what they compute is these few lines; that it is the same is tested (tests/contracts/test_bert.py).

Part of the adapter `sentence_transformer`, which asks `is_plain` first. Not safe for several threads at once: the
tokenizer is told anew how long a batch is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from pipelines.ports import Vectors

_TYPES: Final = ("Transformer", "Pooling", "Normalize")


def is_plain(folder: Path) -> bool:
    """Whether the model in the folder is one that can be run here: BERT, the mean of all tokens, length 1."""
    files = ("config.json", "modules.json", "1_Pooling/config.json", "tokenizer.json", "model.safetensors")
    if not all((folder / name).is_file() for name in files):
        return False
    shape, modules, pooling = (json.loads((folder / name).read_text("utf-8")) for name in files[:3])
    ways = {name for name, chosen in pooling.items() if name.startswith("pooling_mode") and chosen}
    return (
        shape.get("model_type") == "bert"
        and shape.get("hidden_act") == "gelu"
        and shape.get("position_embedding_type", "absolute") == "absolute"
        and tuple(one["type"].rpartition(".")[2] for one in modules) == _TYPES
        and ways in ({"pooling_mode_mean_tokens"}, {"pooling_mode"})
        and pooling.get("pooling_mode", "mean") == "mean"
    )


class PlainBert:
    """The model of one folder. `device` and `threads` as torch has them."""

    def __init__(self, folder: Path, device: str, threads: int | None) -> None:
        import torch
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        if threads is not None:
            torch.set_num_threads(threads)
        shape = json.loads((folder / "config.json").read_text("utf-8"))
        self._torch = torch
        self._device = device
        self._heads = int(shape["num_attention_heads"])
        self._epsilon = float(shape["layer_norm_eps"])
        self._dimensions = int(shape["hidden_size"])
        weights = load_file(folder / "model.safetensors", device=device)
        own = {
            name.removeprefix("bert."): value.float() for name, value in weights.items() if value.is_floating_point()
        }
        self._embeddings = {name.removeprefix("embeddings."): own[name] for name in own if name.startswith("embed")}
        self._layers = [_layer(torch, own, number) for number in range(int(shape["num_hidden_layers"]))]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_longest(folder, shape))
        self._tokenizer.enable_padding(pad_id=int(shape.get("pad_token_id") or 0))

    def get_embedding_dimension(self) -> int:
        return self._dimensions

    def encode(self, texts: Sequence[str], **_: object) -> Vectors:
        """Shape (texts, dimensions), float32, each row of length 1. What is beyond the model's window is left out."""
        torch = self._torch
        encoded = self._tokenizer.encode_batch(list(texts))
        ids = torch.tensor([one.ids for one in encoded], device=self._device)
        there = torch.tensor([one.attention_mask for one in encoded], dtype=torch.bool, device=self._device)
        with torch.inference_mode():
            states = self._states(ids, None if bool(there.all()) else there[:, None, None, :])
            kept = there[:, :, None].float()
            means = (states * kept).sum(1) / kept.sum(1)
            unit = torch.nn.functional.normalize(means, dim=1)
        return np.asarray(unit.cpu().numpy(), np.float32)

    def _states(self, ids: Any, mask: Any) -> Any:
        """A state for each token: shape (texts, tokens, dimensions)."""
        found = self._embeddings
        places = found["position_embeddings.weight"][: ids.shape[1]]
        states = found["word_embeddings.weight"][ids] + places + found["token_type_embeddings.weight"][0]
        states = self._norm(states, found["LayerNorm.weight"], found["LayerNorm.bias"])
        for layer in self._layers:
            states = self._through(layer, states, mask)
        return states

    def _through(self, layer: dict[str, Any], states: Any, mask: Any) -> Any:
        f = self._torch.nn.functional
        texts, tokens, width = states.shape
        asked = f.linear(states, layer["asking.weight"], layer["asking.bias"])
        query, key, value = asked.view(texts, tokens, 3, self._heads, width // self._heads).permute(2, 0, 3, 1, 4)
        heard = f.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        heard = heard.transpose(1, 2).reshape(texts, tokens, width)
        heard = f.linear(heard, layer["attention.output.dense.weight"], layer["attention.output.dense.bias"])
        states = self._norm(
            states + heard, layer["attention.output.LayerNorm.weight"], layer["attention.output.LayerNorm.bias"]
        )
        inner = f.gelu(f.linear(states, layer["intermediate.dense.weight"], layer["intermediate.dense.bias"]))
        outer = f.linear(inner, layer["output.dense.weight"], layer["output.dense.bias"])
        return self._norm(states + outer, layer["output.LayerNorm.weight"], layer["output.LayerNorm.bias"])

    def _norm(self, states: Any, weight: Any, bias: Any) -> Any:
        return self._torch.nn.functional.layer_norm(states, weight.shape, weight, bias, self._epsilon)


def _layer(torch: Any, own: dict[str, Any], number: int) -> dict[str, Any]:
    """The weights of one layer; those of query, key and value as one, so that they are multiplied at once."""
    start = f"encoder.layer.{number}."
    found = {name.removeprefix(start): value for name, value in own.items() if name.startswith(start)}
    for part in ("weight", "bias"):
        three = [found.pop(f"attention.self.{name}.{part}") for name in ("query", "key", "value")]
        found[f"asking.{part}"] = torch.cat(three)
    return found


def _longest(folder: Path, shape: dict[str, Any]) -> int:
    """Tokens of the model's window."""
    most = int(shape["max_position_embeddings"])
    own = folder / "sentence_bert_config.json"
    wanted = json.loads(own.read_text("utf-8")).get("max_seq_length") if own.is_file() else None
    return min(most, int(wanted or most))
