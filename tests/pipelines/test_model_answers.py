"""What a language model may answer, through a real server: good points with a slip of form are kept and mended, bad
ones are stopped or told. The rows are in model_answers.json; each kind is a test, and so are both shares."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipelines import verification
from pipelines.adapters.extractive import ExtractiveModel
from pipelines.adapters.openai_chat import OpenAIChat
from pipelines.drafting import Budget, ShownBeside, draft
from pipelines.values import (
    ChallengeAsItStands,
    Criterion,
    Draft,
    DraftingTask,
    DraftOutcome,
    Evidence,
    Point,
    Scope,
    Shelf,
    ShelfItem,
    SourceKind,
)
from tests.pipelines.worked_example import MARKER, NOW, UNJUDGED
from tests.stubs import openai_wire as wire

ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "model_answers.json").read_text(encoding="utf-8"))
NAMES = ("May Lindqvist", "Mai Thu Pham", "Tariq Haddad", "Mei-Lin Osei")


@dataclass(frozen=True)
class Scene:
    """A piece of work with its challenge, what was found for it, and others' work that may not come out."""

    task: DraftingTask
    evidence: tuple[Evidence, ...]
    others: tuple[str, ...]


def found(label: str, shelf: Shelf, text: str, title: str = "") -> Evidence:
    item = ShelfItem(f"{shelf}-{label}", shelf, text, f"{shelf}-{label}", 0, len(text), title, version=3, author="a-7")
    return Evidence(label, item, 0.6, 1.0, 1.0)


def scene(language: str, text: str, challenge: ChallengeAsItStands, document: str, title: str, *others: str) -> Scene:
    evidence = (found("E1", Shelf.CONTEXT, document, title), found("E2", Shelf.WORK, others[0]))
    where = Scope("org", "tools", "p-1", "p-1", NOW)
    task = DraftingTask(where, challenge, f"rev-{language}", text, language=language, names=NAMES)
    return Scene(task, evidence, others)


ENGLISH = scene(
    "en",
    "Every member may borrow hand tools for a week; drills only after a short course. A log hangs on the shed door, "
    "and we write one line for each loan: our rule is “no log, no loan”. In the trial 4 of our 20 members forgot to "
    "sign the line, mostly on Sundays. If a tool is broken we will find a fair way. Things that come back late are a "
    "nuisance, so maybe the neigh\u00adbour can remind people. We start before May, and the \ufb01nal list follows.",
    ChallengeAsItStands(
        "tools",
        "Plan how your club lends out what it owns.",
        "Lending",
        reference="Members keep hand tools for seven days and power tools for two. A repair fund pays the first twenty "
        "pounds, and the keeper is told the same evening. One line a loan stands in a book.",
        criteria=(
            Criterion("k1", "says who may borrow what and for how long", points=2),
            Criterion("k2", "says what happens when something comes back broken or late", points=2),
            Criterion("k3", "says how borrowing is written down", points=1),
        ),
    ),
    "Late returns are called after two days. Write down who decides about repairs.",
    "Lending handbook",
    "Whoever breaks a drill pays half of the repair, and the treasurer keeps the receipts in a blue folder.",
    "My brother repairs the mowers in his garage on Saturday mornings for a crate of apples.",
)
GERMAN = scene(
    "de",
    "Jedes Mitglied darf Handwerkzeug eine Woche ausleihen, Bohrer nur nach einem kurzen Kurs. An der Schuppentür "
    "hängt eine Liste, und für jede Ausleihe schreiben wir eine Zeile. Im Versuch haben 4 von 20 Mitgliedern die Zeile "
    "vergessen, meist am Sonntag. Wenn etwas kaputt ist, finden wir eine faire Lösung. Was zu spät zurückkommt, ist "
    "lästig; vielleicht kann der Nachbar erinnern. Wir beginnen vor Mai.",
    ChallengeAsItStands(
        "tools",
        "Plant, wie euer Verein verleiht, was ihm gehört.",
        "Ausleihe",
        reference="Handwerkzeug bleibt sieben Tage draußen, Maschinen zwei. Eine Reparaturkasse zahlt die ersten "
        "zwanzig Euro, und der Wart erfährt es am selben Abend.",
        language="de",
        criteria=(
            Criterion("k1", "sagt, wer was wie lange ausleihen darf", points=2),
            Criterion("k2", "sagt, was geschieht, wenn etwas kaputt oder zu spät zurückkommt", points=2),
            Criterion("k3", "sagt, wie das Ausleihen festgehalten wird", points=1),
        ),
    ),
    "Wer zu spät ist, wird nach zwei Tagen angerufen. Über Reparaturen entscheidet eine benannte Person.",
    "Leitfaden Ausleihe",
    "Wer den Bohrer zerbricht, die halbe Reparatur zahlt er selbst, und die Kassenwartin hebt die Quittungen auf.",
)
SCENES = {"en": ENGLISH, "de": GERMAN}
PASSES = {"found": "", "true": True, "specific": True, "one_step": True, "new": True, "wrong": "", "better": ""}


def reply_to(row: dict[str, Any], request: wire.Received) -> wire.Behavior:
    """The row's answer to the request for a draft; a look at it that finds what the row says, or nothing."""
    if request.body["response_format"]["json_schema"]["name"] == "critique":
        verdict = {"id": "p1", **PASSES}
        if row.get("critic") == "false":
            verdict |= {"true": False, "wrong": "The text says otherwise."}
        return wire.reply({"points": [verdict]})
    answer = {
        "readings": row.get("readings", []),
        "points": [row["point"]],
        "summary": "",
        "abstain": False,
        "reason": "",
    }
    words = json.dumps(answer, ensure_ascii=False)
    match row.get("wrap"):
        case "tool":
            return wire.reply({"name": "give_feedback", "arguments": words})
        case "think":
            return wire.reply(f'<think>Perhaps {{"points": []}}? No.</think>{words}')
        case "fence":
            return wire.reply(f"Here is the feedback:\n```json\n{words}\n```\nAnything else?")
    return wire.reply(words)


def made_of(row: dict[str, Any]) -> Draft:
    here = SCENES[row["scene"]]
    with wire.OpenAIWire(lambda request: reply_to(row, request)) as server:
        model = OpenAIChat("any", api_key="k", base_url=server.base_url, local=True, timeout=20.0)
        try:
            return draft(
                here.task,
                here.evidence,
                UNJUDGED,
                model,
                ExtractiveModel(),
                marker=MARKER,
                verify=verification.verify,
                budget=Budget(critique=True),
                beside=ShownBeside(others=here.others),
            )
        finally:
            model.close()


def labels(point: Point, here: Scene) -> list[str]:
    by = {one.item.id: one.label for one in here.evidence}
    return [by.get(one.id, one.id) for one in point.sources if one.kind is not SourceKind.SUBMISSION]


def trouble_with(row: dict[str, Any]) -> str:
    """What is not as the row wants it; "" if all is."""
    here, made = SCENES[row["scene"]], made_of(row)
    drafted = made.outcome is DraftOutcome.DRAFTED and made.model == "stub-model"
    if not row["good"]:
        told = {one.code for one in made.findings if one.point == 0}
        return "" if not drafted or told else f"kept and not told: {made.points[0].text}"
    if not drafted:
        return f"not kept: {made.reason}"
    point, wanted = made.points[0], row.get("expect", {})
    got = {"sources": labels(point, here), "criterion": point.criterion, "quote": point.quote, "text": point.text}
    wrong = {name: got[name] for name, value in wanted.items() if got[name] != value}
    if point.quote != here.task.text[point.start : point.end]:
        return f"the quotation is not the text's own: {point.quote}"
    return f"mended otherwise: {wrong}" if wrong else ""


@cache
def outcomes() -> list[tuple[dict[str, Any], str]]:
    return [(row, trouble_with(row)) for row in ROWS]


def kinds() -> Iterator[Any]:
    by: dict[tuple[bool, str], list[int]] = defaultdict(list)
    for at, row in enumerate(ROWS):
        by[row["good"], row["kind"]].append(at)
    for (good, kind), places in by.items():
        yield pytest.param(places, id=f"{'good' if good else 'bad'}: {kind}")


@pytest.mark.parametrize("places", [*kinds()])
def test_each_kind_of_answer_is_kept_and_mended_or_stopped_or_told(places: list[int]) -> None:
    assert [outcomes()[at][1] for at in places] == [""] * len(places)


def share(good: bool) -> float:
    found = [not trouble for row, trouble in outcomes() if row["good"] is good]
    return sum(found) / len(found)


def test_there_are_enough_answers_of_both_sorts() -> None:
    assert len(ROWS) >= 60
    assert min(sum(row["good"] for row in ROWS), sum(not row["good"] for row in ROWS)) >= 25


def test_good_answers_with_a_slip_of_form_are_kept_and_mended() -> None:
    assert share(True) >= 0.95


def test_bad_answers_are_stopped_or_told() -> None:
    assert share(False) >= 0.8
