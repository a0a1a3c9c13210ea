"""A LanguageModel that needs no model: it quotes, reuses what facilitators agreed on, and asks their own questions.

Works on `request.material`, never on the rendered prompt; the same material gives the same words. Speaks English and
German; in another language it uses only what people wrote (facilitators' questions and points), or abstains and says
so. May not open a connection, and may not say anything that the material does not carry.
"""

from __future__ import annotations

import json

from pipelines.adapters.extractive.composing import compose
from pipelines.ports import ModelReply, ModelRequest, ModelTrouble
from pipelines.values import Usage

__all__ = ["ExtractiveModel"]


class ExtractiveModel:
    """Always there, costs nothing, and no text leaves the machine."""

    @property
    def name(self) -> str:
        return "extractive-1"

    @property
    def local(self) -> bool:
        return True

    def reply(self, request: ModelRequest) -> ModelReply:
        """JSON by the feedback schema. Repair turns change nothing: the answer would be the same."""
        if request.material is None:
            raise ModelTrouble("The drafter without a model was given no material to work on.")
        answer = compose(request.material)
        return ModelReply(json.dumps(answer, ensure_ascii=False), Usage(), self.name)
