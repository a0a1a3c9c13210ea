"""What the drafter without a model makes of texts in languages that it has no words of, of code, and of repetition."""

from __future__ import annotations

import pytest

from pipelines.adapters.extractive.places import PhrasePlaces, Vocabulary
from pipelines.values import DraftOutcome
from tests.pipelines.test_extractive import drafted
from tests.pipelines.worked_example import ASSESSMENT, EVIDENCE, UNJUDGED, brief


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("يزور المعلمون بعضهم بعضا مرتين قبل منتصف الفصل ثم يتحدثون عن ذلك في الاجتماع.", "Arabic"),
        ("我们在期中之前互相听课两次，然后在教师会议上讨论。", "Chinese"),
        ("Учителя дважды посещают уроки друг друга и обсуждают это на собрании.", "Russian"),
        ("Öğretmenler dönem ortasından önce birbirlerini iki kez ziyaret eder ve toplantıda konuşur.", "Turkish"),
        ("शिक्षक छुट्टियों से पहले दो बार एक-दूसरे की कक्षा में जाते हैं और बैठक में बात करते हैं।", "Hindi"),
        ("Kommune og skole er de samme, men man er i det hele.", "a language that could not be told"),
    ],
)
def test_whatever_was_declared_nothing_is_said_in_english_of_a_text_in_a_language_without_words(
    text: str, name: str
) -> None:
    made = drafted(brief(text=text, language="en"), EVIDENCE, ASSESSMENT)
    assert made.outcome is DraftOutcome.CANNOT
    assert made.points == ()
    assert name in made.reason


def test_one_sentence_many_times_is_not_called_short() -> None:
    made = drafted(brief(text="We talk about it. " * 60), (), UNJUDGED)
    assert "short" not in made.reason


def test_a_program_is_quoted_by_the_line() -> None:
    program = (
        "def visits(pairs, weeks):\n    found = count(pairs, weeks, twice=True)\n"
        "    for pair in pairs: found.append(pair, note(pair))\n    return share(found, folder, everybody)\n"
    )
    lines = [line.strip() for line in program.splitlines()]
    made = drafted(brief(text=program, language="en"), EVIDENCE, ASSESSMENT)
    assert all(any(point.quote in line for line in lines) for point in made.points)
    places = PhrasePlaces(program, Vocabulary("en", {}))
    assert {program[slice(*span)] for span, _ in places.phrases} <= set(lines)
