"""What the drafter without a model makes of texts in languages that it has no words of, of code, and of repetition."""

from __future__ import annotations

import pytest

from pipelines.adapters.extractive.places import PhrasePlaces, Vocabulary
from pipelines.texts.language import quotable
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


@pytest.mark.parametrize(
    "text",
    [
        "| who | whom | when |\n|-----|------|------|\n| Bo | Ines | Tuesday |\n| Ines | Bo | Thursday |\n\nWe look.\n",
        "Pairs follow $p = \\frac{1}{n}$. \\begin{itemize}\\item We look for waiting time.\\item After the visit "
        "we write $t < 5$ and $a > b$ on the board.\\end{itemize}",
        "Pairs are fixed so that A != B. Bo visits Ines on Tuesday; waiting time >= 3 seconds is what we look for.",
        "We call `pair(a, b)`, and then we look; `note(a)` is written by both of them on Friday at noon.",
        "- **We look** for waiting time\n1. `x <- 3`, and so on\n",
        "Our rule is $n = 2k + 1$, so $k \\ge 1$ holds for all of our pairs, e.g. for Bo and Ines (cf. fig. 3).",
    ],
)
def test_what_holds_a_formula_code_or_a_row_is_quoted_whole(text: str) -> None:
    rows = [text[slice(*span)].strip(" .-") for span in quotable(text)]
    found = {text[slice(*span)] for span, _ in PhrasePlaces(text, Vocabulary("en", {}), "and so that in on").phrases}
    assert found
    assert all(any(one in row and len(row) - len(one) <= 3 for row in rows) for one in found), found


def test_a_mark_of_bold_is_not_halved() -> None:
    text = "**We look** for waiting time, and we write it on the board in the staff room by Friday with all the others."
    found = [text[slice(*span)] for span, _ in PhrasePlaces(text, Vocabulary("en", {})).phrases]
    assert found
    assert all(one.count("**") % 2 == 0 for one in found)
