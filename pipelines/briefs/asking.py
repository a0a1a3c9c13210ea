"""A model asked for better wordings: the prompt filled in under a budget, every wording checked, one repair at most.

May not decide which lines go to the model (see `items.may_go`), and adds none: what comes back is by the ids that went.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from pipelines import prompts
from pipelines.briefs.checks import WordingScene, wrong
from pipelines.briefs.items import LONGEST, BriefItem
from pipelines.drafting.parsing import Unreadable, fitting
from pipelines.drafting.prompting import CHARACTERS_PER_TOKEN, NOTHING, SENT_BACK, Budget
from pipelines.ports import LanguageModel, ModelRequest, ModelTrouble
from pipelines.texts.language import language_name
from pipelines.texts.names import Pseudonyms
from pipelines.texts.plain import one_line, sentence
from pipelines.values import PromptUsed, Usage

NAME = "brief"
REPAIRS = 1
NONE_MAY_GO = "Nothing in this brief may be read by that model: who wrote it did not allow it."
UNWORDED = "The model gave no wording for it."
NONE_STANDS = "Nothing that the model worded stood up to checking."


def _or_empty(value: object) -> object:
    return [] if value is None else value


class RawLine(BaseModel):
    """A wording as a model gave it, unchecked."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    id: str
    text: str


class RawWording(BaseModel):
    """An answer by the schema, unchecked. Whatever else stands in it is not looked at."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    items: list[RawLine]
    order: Annotated[list[str], BeforeValidator(_or_empty)] = []


@dataclass(frozen=True, slots=True)
class Reworded:
    """What may stand: wordings by the key of their item, and the order of keys. `left` says by key why an item that was
    asked for keeps the brief's own words; `reason` why none of them was worded, or empty. Always with what it cost."""

    lines: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    left: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    model: str = ""
    prompt: PromptUsed | None = None
    usage: Usage = field(default_factory=Usage)


def most(budget: Budget) -> Usage:
    """About the most that one wording takes, its repair included; to be set aside before."""
    prompt = prompts.load(NAME)
    sent, answered = budget.characters or prompt.characters, budget.reply_tokens or prompt.reply_tokens
    turns = 1 + _repairs(budget)
    characters = turns * sent + (turns - 1) * SENT_BACK
    return Usage(-(-characters // CHARACTERS_PER_TOKEN), turns * answered, turns)


def _repairs(budget: Budget) -> int:
    return min(REPAIRS, budget.repairs)


def reword(
    offered: Sequence[BriefItem], scene: WordingScene, model: LanguageModel, *, marker: str, budget: Budget
) -> Reworded:
    """Wordings for these items that may stand, whatever the model does. `marker` is a random string that nobody whose
    words are in the items can know. For a model that is not local people's names go out and come back in. Raises no
    ModelTrouble; asks nothing where nothing is offered."""
    if not offered:
        return Reworded(reason=NONE_MAY_GO)
    names = None
    if not model.local:
        names = Pseudonyms(scene.names, [scene.challenge, *(one.said for one in offered)], scene.language)
    asking = _Asking(scene, names, *_built(offered, scene, names.hide if names else str, marker, budget))
    return asking.course(model, _repairs(budget))


def _built(
    offered: Sequence[BriefItem], scene: WordingScene, hide: Callable[[str], str], marker: str, budget: Budget
) -> tuple[tuple[BriefItem, ...], ModelRequest, prompts.Prompt, str]:
    """The request with as many of the items as there is room for, the last ones dropped first."""
    prompt, shown = prompts.load(NAME), tuple(offered)
    room = budget.characters or prompt.characters

    def rendered(items: Sequence[BriefItem]) -> prompts.Rendered:
        language = language_name(scene.language)
        challenge = one_line(hide(scene.challenge))[:2000] or NOTHING
        listed = "\n\n".join(_told(one, hide) for one in items)
        return prompts.render(prompt, marker=marker, language=language, challenge=challenge, items=listed)

    while len(shown) > 1 and len(rendered(shown).text) > room:
        shown = shown[:-1]
    text = rendered(shown)
    request = ModelRequest(
        system=text.system,
        user=text.user,
        schema=dict(prompt.schema),
        schema_name=prompt.schema_name,
        max_tokens=budget.reply_tokens or prompt.reply_tokens,
    )
    return shown, request, prompt, text.text


def _told(item: BriefItem, hide: Callable[[str], str]) -> str:
    """An item as the model reads it. Each of its texts is on one line of its own, so that none can pass for an item."""
    lines = [f"[{item.id}] {item.kind.value}, at most {LONGEST[item.kind]} characters"]
    lines += [f"now: {one_line(hide(item.text)) or NOTHING}"]
    lines += [f"criterion: {one_line(hide(item.about))}"] if item.about else []
    lines += [f"passage: {one_line(hide(place.quote))}" for place in item.places]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Asking:
    """What stays the same while one brief is worded."""

    scene: WordingScene
    names: Pseudonyms | None
    shown: tuple[BriefItem, ...]
    request: ModelRequest
    prompt: prompts.Prompt
    rendered: str

    def course(self, model: LanguageModel, repairs: int) -> Reworded:
        """One answer, and up to `repairs` more for what was wrong in it. What stood once stays."""
        request, best = self.request, Reworded(model=model.name)
        for _ in range(repairs + 1):
            try:
                reply = model.reply(request)
            except ModelTrouble as trouble:
                best = replace(best, usage=best.usage + trouble.usage, reason=best.reason or sentence(trouble.reason))
                break
            best, complaints = self._judged(reply.text, best)
            best = replace(best, usage=best.usage + reply.usage, model=reply.model)
            if not complaints:
                break
            request = replace(request, earlier=((reply.text[:SENT_BACK], self._hide(_sent_back(complaints))),))
        return self._told(best)

    def _told(self, best: Reworded) -> Reworded:
        """With the prompt where something was sent, and with the reason only where nothing came of it."""
        used = PromptUsed(self.prompt.name, self.prompt.version, self.prompt.sha, self.rendered)
        return replace(best, prompt=used if best.usage.calls else None, reason="" if best.lines else best.reason)

    def _hide(self, text: str) -> str:
        return self.names.hide(text) if self.names else text

    def _judged(self, text: str, before: Reworded) -> tuple[Reworded, list[str]]:
        """What stood before with what stands now, and what is wrong, to be sent back."""
        try:
            raw = fitting(text, RawWording, ("items", "order"))
        except Unreadable as trouble:
            told = f"The model's answer could not be read ({trouble})."
            return replace(before, reason=told), [f"Your answer does not fit the schema: {trouble}."]
        given = {line.id: one_line(self.names.restore(line.text) if self.names else line.text) for line in raw.items}
        open_ = [item for item in self.shown if item.key not in before.lines]
        found = {item: wrong(given[item.id], item, self.scene) for item in open_ if item.id in given}
        keys = {item.id: item.key for item in self.shown}
        judged = Reworded(
            lines={**before.lines, **{item.key: given[item.id] for item, faults in found.items() if not faults}},
            order=before.order or tuple(dict.fromkeys(keys[one] for one in raw.order if one in keys)),
            left={item.key: faults[0] for item in open_ if (faults := found.get(item, (UNWORDED,)))},
            reason=NONE_STANDS,
            usage=before.usage,
        )
        return judged, [f"{item.id}: {fault}" for item, faults in found.items() for fault in faults]


def _sent_back(complaints: Sequence[str]) -> str:
    listed = "\n".join(f"- {one}" for one in dict.fromkeys(complaints))
    return f"These wordings cannot stand:\n{listed}\nAnswer again with the whole JSON object, corrected."
