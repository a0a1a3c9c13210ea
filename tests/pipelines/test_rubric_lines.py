"""Forty ordinary lines of rubrics in each of two languages: quoted whole until a person has said how they read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from pipelines.evaluation import drafts
from pipelines.prompts import words
from pipelines.texts.in_sentences import LONGEST_QUOTED, proposed, read_out
from pipelines.texts.saying_back import without_mention
from pipelines.values import (
    Assessment,
    ChallengeAsItStands,
    Criterion,
    CriterionForm,
    Draft,
    DraftOutcome,
    Judgement,
    Standing,
)
from tests.pipelines.test_extractive import GERMAN_TEXT, drafted
from tests.pipelines.worked_example import TEXT, brief

LINES = json.loads(Path(__file__).with_name("rubric_lines.json").read_text("utf-8"))
EACH = [(language, line) for language, lines in LINES.items() for line in lines]
WORKS = {"en": TEXT, "de": GERMAN_TEXT}
PARTS = {Standing.NOT_YET: "gap", Standing.PARTLY: "partly", Standing.MET: "strength"}
QUOTED = {
    # what a careful reader expects, where it is not the line between marks: no full stop, single marks inside
    "Uses “I” statements instead of accusations": "“Uses ‘I’ statements instead of accusations”",
    'Takes up "the other side" and answers it': "“Takes up ‘the other side’ and answers it”",
    "All figures have captions, units and a source (or “own measurement”).": (
        "“All figures have captions, units and a source (or ‘own measurement’)”"
    ),
    "e.g. dates, places, etc.": "“e.g. dates, places, etc.”",
    "Verwendet „Ich-Botschaften“ statt Vorwürfen": "„Verwendet ‚Ich-Botschaften‘ statt Vorwürfen“",
    'Greift "die andere Seite" auf und antwortet ihr': "„Greift ‚die andere Seite‘ auf und antwortet ihr“",
    "Alle Abbildungen haben Titel, Einheiten und Quelle (oder „eigene Messung“).": (
        "„Alle Abbildungen haben Titel, Einheiten und Quelle (oder ‚eigene Messung‘)“"
    ),
    "z. B. Daten, Orte usw.": "„z. B. Daten, Orte usw.“",
}


def quotation(language: str, line: str) -> str:
    first, last = "“”" if language == "en" else "„“"
    return QUOTED.get(line, f"{first}{line.removesuffix('.')}{last}")


def told(language: str, standing: Standing, criterion: Criterion) -> Draft:
    """What is said of a work, where a person said how it stands on this one criterion."""
    challenge = ChallengeAsItStands("c", "What will you do?", language=language, criteria=(criterion,))
    text = WORKS[language]
    place = {"start": 0, "end": text.index(".") + 1}
    read = (Judgement(criterion.id, standing, 1.0, by_person=True, **place),)
    assessment = Assessment(Judgement("", Standing.CANNOT_TELL, 0.0), read, abstained=True)
    return drafted(brief(text=text, challenge=challenge, language=language), (), assessment)


def sentences_of_ours(language: str, part: str, form: str) -> Iterator[str]:
    """All that may be said in this part, with what follows it; praise that names what it is about needs no more."""
    table = words(f"extractive/{language}")
    asked = [question for thing in words(f"sought/{language}").values() if "ask" in thing for question in thing["ask"]]
    after = {
        "strength": ["", *table["strength"]["alone"]],
        "partly": table["step"]["partly"],
        "gap": [*table["step"]["plain"], *asked],
    }[part]
    return (f"{said} {more}".strip() for said, more in product(table[part][form], after))


def said_of_it(made: Draft) -> str:
    """What the first point says, without the clause of the text that it begins with."""
    return without_mention(made.points[0].text)


@pytest.mark.parametrize(("language", "line"), EACH)
def test_an_unconfirmed_line_is_quoted_whole_in_a_sentence_of_ours(language: str, line: dict[str, str]) -> None:
    quoted = quotation(language, line["text"])
    for standing, part in PARTS.items():
        made = told(language, standing, Criterion("k", line["text"]))
        assert made.outcome is DraftOutcome.DRAFTED
        said = said_of_it(made)
        assert said.count(quoted) == 1
        assert said.replace(quoted, "{n}") in set(sentences_of_ours(language, part, "name"))
        assert (quoted in made.summary) == (len(made.summary) > len(quoted) and "“" in made.summary)
        assert not [finding for finding in made.findings if finding.grave]


@pytest.mark.parametrize(("language", "line"), EACH)
def test_a_confirmed_line_reads_as_its_person_said_and_is_quoted_no_more(language: str, line: dict[str, str]) -> None:
    form = CriterionForm(language, line["clause"], line["topic"])
    for standing, part in PARTS.items():
        made = told(language, standing, Criterion("k", line["text"], forms=(form,)))
        said = said_of_it(made)
        assert said in {text.format(c=line["clause"]) for text in sentences_of_ours(language, part, "clause")}
        assert line["topic"] in made.summary
        assert quotation(language, line["text"]) not in said + made.summary
        assert not [finding for finding in made.findings if finding.grave]


def test_with_a_topic_alone_the_points_speak_of_the_topic() -> None:
    form = CriterionForm("en", topic="the choice of method")
    made = told("en", Standing.NOT_YET, Criterion("k", "Explain your choice of method.", forms=(form,)))
    assert "the choice of method" in made.points[0].text
    assert "“" not in made.points[0].text


def test_a_line_confirmed_in_another_language_is_quoted_whole_in_its_own() -> None:
    english = CriterionForm("en", "the plan names who visits whom")
    criterion = Criterion("k", "Names who visits whom.", forms=(english,))
    said = said_of_it(told("de", Standing.NOT_YET, criterion))
    assert "„Names who visits whom“" in said
    assert said.replace("„Names who visits whom“", "{n}") in set(sentences_of_ours("de", "gap", "name"))
    german = replace(criterion, forms=(english, CriterionForm("de-AT", "der Plan sagt, wer wen besucht")))
    said = told("de", Standing.NOT_YET, german).points[0].text
    assert "der Plan sagt, wer wen besucht" in said
    assert "Names" not in said


def test_a_line_too_long_for_a_sentence_is_not_cut_but_left_to_stand_beside_the_point() -> None:
    line = "Explains, step by step and with reasons, " + "what was done and then " * 10 + "how it ended."
    assert len(line) > LONGEST_QUOTED
    made = told("en", Standing.NOT_YET, Criterion("k", line))
    assert said_of_it(made) in set(sentences_of_ours("en", "gap", "plain"))
    assert "step by step" not in made.summary


def test_no_sentence_of_ours_ends_with_a_line_that_may_have_a_mark_of_its_own() -> None:
    for language, part in product(("en", "de"), ("gap", "partly", "unsure", "strength", "summary")):
        for template in (one for many in words(f"extractive/{language}")[part].values() for one in many):
            assert "{n}" not in template[-5:], template
            assert not template.endswith(("{a}.", "{b}.")), template


# What is proposed


@pytest.mark.parametrize(
    ("language", "line", "clause", "topic"),
    [
        ("en", "Names who observes whom and when.", "the text names who observes whom and when", "who observes"),
        ("en", "Explain your choice of method.", "the text explains your choice of method", ""),
        ("en", "The choice of method is justified.", "the choice of method is justified", ""),
        ("en", "A clear thesis", "", "a clear thesis"),
        ("en", "You show that you have read the text", "you show that you have read the text", ""),
        ("de", "Nennt, wer wen wann besucht.", "der Text nennt, wer wen wann besucht", ""),
        ("de", "Begründe die Wahl der Methode.", "der Text die Wahl der Methode begründet", ""),
        ("de", "Die Wahl der Methode wird begründet.", "die Wahl der Methode begründet wird", ""),
        ("de", "Nennen Sie zwei Risiken.", "der Text zwei Risiken nennt", ""),
        ("de", "Klare Begründung der Methode", "", "der klaren Begründung der Methode"),
    ],
)
def test_what_rules_are_sure_of_is_proposed(language: str, line: str, clause: str, topic: str) -> None:
    found = proposed(line, language)
    assert found.clause == clause
    assert found.topic.startswith(topic)
    assert bool(found.topic) == bool(topic)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "has shown how the result was checked"),
        ("en", "Describe the method and justify the choice."),
        ("en", "Reasons for and against, weighed"),
        ("en", "Evidence: at least two sources are cited"),
        ("en", "Uses “I” statements"),
        ("en", "The argument flows well"),
        ("de", "Beschreibt die Methode und begründet ihre Wahl"),
        ("de", "Stellt die Daten übersichtlich dar"),
        ("de", "Sprache und Stil"),
        ("fr", "Nomme qui visite qui"),
    ],
)
def test_of_what_rules_are_not_sure_of_no_clause_is_proposed(language: str, line: str) -> None:
    assert proposed(line, language).clause == ""


def test_nothing_proposed_is_said_before_it_is_confirmed() -> None:
    for language, line in EACH:
        if clause := proposed(line["text"], language).clause:
            assert clause not in told(language, Standing.NOT_YET, Criterion("k", line["text"])).points[0].text


def test_what_an_editor_is_shown_is_what_a_learner_may_read() -> None:
    line: dict[str, Any]
    for language, line in EACH:
        form = CriterionForm(language, line["clause"], line["topic"])
        for criterion in (Criterion("k", line["text"]), Criterion("k", line["text"], forms=(form,))):
            gap, strength, *_ = read_out(criterion, language)
            kind = "clause" if criterion.forms else "name"
            said = line["clause"] if criterion.forms else quotation(language, line["text"])
            table = words(f"extractive/{language}")
            assert gap in {one.format(c=said, n=said) for one in table["gap"][kind]}
            assert strength in {one.format(c=said, n=said) for one in table["strength"][kind]}


def test_a_folder_of_known_works_may_bring_confirmed_forms(tmp_path: Path) -> None:
    form = {"language": "en", "clause": "there is a clear thesis", "topic": "the thesis"}
    criteria = [{"id": "a", "text": "A clear thesis", "forms": [form]}, {"id": "b", "text": "Neat"}]
    (tmp_path / "challenges.jsonl").write_text(json.dumps({"id": "c", "criteria": criteria}), "utf-8")
    (tmp_path / "works.jsonl").write_text(json.dumps({"id": "w", "challenge": "c", "text": "x", "gold": {}}), "utf-8")
    first, second = drafts.read(tmp_path).challenges["c"].criteria
    assert (first.forms, second.forms) == ((CriterionForm(**form),), ())


@pytest.mark.parametrize(
    ("language", "line", "thing"),
    [
        ("en", "Addresses possible objections", "objection"),
        ("en", "Supports claims with at least two pieces of evidence", "evidence"),
        ("de", "Geht auf mögliche Einwände ein", "objection"),
        ("de", "Nennt einen Zeitplan", "time"),
    ],
)
def test_what_a_line_plainly_asks_for_is_asked_where_nothing_of_it_is_there(
    language: str, line: str, thing: str
) -> None:
    asked = words(f"sought/{language}")[thing]["ask"]
    none_there = told(language, Standing.NOT_YET, Criterion("k", line)).points[0].text
    a_part_there = told(language, Standing.PARTLY, Criterion("k", line)).points[0].text
    assert any(none_there.endswith(question) for question in asked)
    assert not any(question in a_part_there for question in asked)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Explains when to use the chain rule"),
        ("en", "Describes the costs of the strike for families"),
        ("en", "Shows no evidence of copying"),
        ("en", "Is readable without alternatives"),
        ("en", "Calculates the opportunity costs"),
        ("en", "Is realistic about costs and time"),
        ("en", "Names who is affected"),
        ("de", "Nennt die Gründe der Autorin"),
        ("de", "Berechnet die variablen Kosten der Firma"),
        ("de", "Kommt ohne Nachweise aus"),
    ],
)
def test_a_line_in_which_the_word_may_mean_something_else_gets_no_question(language: str, line: str) -> None:
    table = words(f"sought/{language}").values()
    asked = [question for thing in table if "ask" in thing for question in thing["ask"]]
    text = told(language, Standing.NOT_YET, Criterion("k", line)).points[0].text
    assert not any(question in text for question in asked)


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_a_person_found_nowhere_is_said_to_be_nowhere_and_of_no_passage(language: str) -> None:
    criterion = Criterion("k", {"en": "Names the cost of freight", "de": "Nennt die Frachtkosten"}[language])
    challenge = ChallengeAsItStands("c", "What will you do?", language=language, criteria=(criterion,))
    text = f"{WORKS[language]} Joanna Whitfield, 0171 5550132, j.whitfield@harbor.example"
    read = (Judgement("k", Standing.NOT_YET, 1.0, by_person=True),)
    assessment = Assessment(Judgement("", Standing.CANNOT_TELL, 0.0), read, abstained=True)
    (point,) = drafted(brief(text=text, challenge=challenge, language=language), (), assessment).points
    nowhere = words(f"extractive/{language}")["nowhere"]["name"]
    assert any(point.text.startswith(one.format(n=quotation(language, criterion.text))) for one in nowhere)
    assert "5550132" not in point.quote
    assert "@" not in point.quote
