"""What a sentence asks, tells or states is given back in the form that is plainly right, and else as it stands."""

from __future__ import annotations

import pytest

from pipelines.texts.asking_back import order, question
from pipelines.texts.reporting import reports
from pipelines.texts.reporting_german import reports as german
from pipelines.texts.retelling import Retold, retellings

ASKED = {
    "But how can we be certain that this is valid?": "how you can be certain that this is valid",
    "Who would argue against a better light?": "who would argue against a better light",
    "What if the brakes fail in the middle of the road?": "what happens if the brakes fail in the middle of the road",
    "Who would I ask for all of it?": "who you would ask for all of it",
    "Will they come to the meeting on Friday?": "whether they will come to the meeting on Friday",
    "Why do we need so many rooms for it?": "why you need so many rooms for it",
    "How many plates will they have to count?": "how many plates they will have to count",
}
NOT_ASKED = (
    "How does it work in the other house?",  # "does" would have to go into the verb
    "What would you say to her then?",
    "The brakes fail, and who is it then?",
    "Could the driver take over in time?",  # who does it is not plain
    "What about the others in the house?",
    "Who would argue against it.",
    "What should the driver do with it?",
    "Why?",
)
ORDERS = {
    "Handle objections calmly with a smile.": "handle objections calmly with a smile",
    "Preparation: look up the file, then the orders.": "look up the file, then the orders",
    "Please buy a printer for the upper room.": "buy a printer for the upper room",
    "Ask my sister for the key first.": "ask your sister for the key first",
}
NO_ORDERS = (
    "Call is the word for it here.",
    "Count of the plates on three days.",
    "Tell them and do not wait for it.",
    "Write your name on the list there.",  # whose name?
    "Jonas calls the office at nine.",
    "Say there is a child on the road.",  # suppose there is
    "Take for example the trains of today.",
)


@pytest.mark.parametrize(("text", "said"), ASKED.items())
def test_a_plain_question_is_given_back_with_its_verb_behind_who_does_it(text: str, said: str) -> None:
    assert question(text, (0, len(text)), "en") == said


@pytest.mark.parametrize("text", NOT_ASKED)
def test_a_question_that_is_not_plain_is_left_alone(text: str) -> None:
    assert question(text, (0, len(text)), "en") == ""


@pytest.mark.parametrize(("text", "said"), ORDERS.items())
def test_an_order_is_given_back_as_what_the_text_says_to_do(text: str, said: str) -> None:
    assert order(text, (0, len(text)), "en") == said


@pytest.mark.parametrize("text", NO_ORDERS)
def test_what_is_no_order_is_not_taken_for_one(text: str) -> None:
    assert order(text, (0, len(text)), "en") == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Young people of this age stay away: of 340 cards 280 lie there.", "young people of this age stay away"),
        ("The bus is too slow (it stops nine times) and too full.", "the bus is too slow and too full"),
        ("Dear parents, our trip will be in June.", "your trip will be in June"),
        ("Trips are important for the class.", "trips are important for the class"),
        ("That is why it is thrown away.", "that is why it is thrown away"),
        ("Human error causes most of them.", "human error causes most of them"),
        ("Volunteers could do that, for instance pupils.", "volunteers could do that, for instance pupils"),
        ("And so, I will ask the caretaker for it.", "you will ask the caretaker for it"),
    ],
)
def test_labels_asides_and_joints_are_left_off(text: str, said: str) -> None:
    assert reports(text, (0, len(text)), "en")[0] == said


@pytest.mark.parametrize(
    "text",
    [
        "This is dangerous on the road because if the car has to stop, they all stand there and wait for it to go on.",
        "The car collects all that it hears, and if somebody makes use of it, they know where all of us are and live.",
        "Since the cars are likely to be electric, they are quiet on the road; however, I do not know it for sure.",
        "The list has it: the more salt there is in the water on the plate, the fewer of the seeds will come up.",
    ],
)
def test_no_beginning_is_reported_that_waits_for_what_was_cut_off(text: str) -> None:
    for said in reports(text, (0, len(text)), "en"):
        assert said.endswith(
            ("go on", "stand there", "live", "sure", "up", "road", "electric, they are quiet on the road")
        )
        assert not said.endswith(("stop", "use of it", "be electric", "however", "has it"))


def test_a_clause_after_another_can_be_reported_alone_where_nothing_before_may_turn_it() -> None:
    plain, turned = "They count it, and we bring the list to the office.", "If they count it, we bring the list there."
    assert "you bring the list to the office" in reports(plain, (0, len(plain)), "en")
    assert not [one for one in reports(turned, (0, len(turned)), "en") if one.startswith("you bring")]


@pytest.mark.parametrize(
    "text",
    [
        "Plastic Bank will pay for it all.",
        "Jonas is in charge of it.",
        "Thomas will have to do it.",
        "Everyone is in, so please talk to us.",
    ],
)
def test_names_and_what_is_said_to_somebody_else_are_not_turned(text: str) -> None:
    assert not [one for one in reports(text, (0, len(text)), "en") if one[0].islower() and one != "everyone is in"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Den Dienst am Stand macht, wer Zeit hat.", "den Dienst am Stand macht, wer Zeit hat"),
        ("Sicherheit darf kein Geld kosten.", "Sicherheit darf kein Geld kosten"),
        ("Die Kinder gehen über die Brücke.", "die Kinder gehen über die Brücke"),
        ("Schwierig war das frühe Aufstehen.", ""),  # a small letter, or a large one?
        ("Am zweiten Tag habe ich alles gezählt.", ""),
        ("Wir zählen am Sonntag alle Bücher.", ""),
        ("Die Liste haben Sie am Sonntag bekommen.", ""),
        ("Ein Stand mit Musik und Kuchen.", ""),
        ("Das ist so, sagt „die Leitung“ am Tag.", ""),
        ("Kommt am Sonntag jemand vorbei, ist er da.", ""),
    ],
)
def test_a_german_statement_about_others_keeps_its_order_and_any_other_is_quoted(text: str, said: str) -> None:
    assert "".join(german(text, (0, len(text)))) == said


def test_as_it_stands_comes_last() -> None:
    text = "They bring the key at nine, and the office is open then."
    forms = [one.form for one in retellings(text, (0, len(text)), "en")]
    assert forms[-1] == "quote"
    assert set(forms[:-1]) == {"clause"}
    assert list(retellings("Ein Stand mit viel Musik.", (0, 25), "de")) == [Retold("quote", "Ein Stand mit viel Musik")]


@pytest.mark.parametrize("text", ["", " ", "?", "Who?", "Please", "Ask", "Die", "(((", "Der. Die", "𝒜 the 𝒷?"])
def test_any_text_can_be_asked(text: str) -> None:
    for language in ("en", "de", "und", "fr"):
        list(retellings(text, (0, len(text)), language))
