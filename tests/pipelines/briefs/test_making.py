"""A meeting brief says what is there, with its sources, and makes no tension up."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.approaches import ApproachPlace, ApproachWork, approaches
from pipelines.briefs.making import BriefNeed, MeetingBrief, as_markdown, brief, labels
from pipelines.values import Criterion, Standing
from tests.budget import examples
from tests.pipelines.gallery_works import anything, works

CRITERIA = (
    Criterion("k1", "Names who observes whom and when"),
    Criterion("k2", "Says what will be looked for", question="What will you look for?"),
)


def work(id_: str, text: str, standing: Standing, criterion: str = "k1") -> ApproachWork:
    return ApproachWork(id_, text, f"p-{id_}", criteria={criterion: standing}, places={criterion: (0, len(text))})


def places(made: MeetingBrief) -> list[ApproachPlace]:
    found = [one.example for one in made.tallies if one.example] + [one.place for one in made.call_on]
    found += [one.representative for one in made.approaches if one.representative]
    found += [place for tension in made.tensions for place in (tension.one, tension.other)]
    return found + [place for question in made.questions for place in question.places]


@settings(max_examples=examples(15, 200), deadline=None)
@given(anything, st.randoms(use_true_random=False))
def test_every_quotation_stands_where_it_says_and_order_does_not_matter(
    some: list[ApproachWork], dice: random.Random
) -> None:
    made = brief(some, approaches(some), CRITERIA)
    text = {one.id: one.text for one in some}
    assert all(text[place.work][place.start : place.end] == place.quote for place in places(made))
    assert {one.person for one in made.call_on} <= {one.person for one in some} - {""}
    shuffled = dice.sample(some, len(some))
    assert brief(shuffled, approaches(shuffled), CRITERIA) == made
    as_markdown(made)


def test_what_most_lack_becomes_a_question_and_who_has_it_is_called_on() -> None:
    some = [work(f"w{n}", f"Plan {n} is about something.", Standing.NOT_YET, "k2") for n in range(3)]
    some.append(work("has", "Every visitor looks for one agreed question.", Standing.MET, "k2"))
    made = brief(some, approaches(some), CRITERIA)
    assert made.most_lack == ()  # of four, "3 of 4" says it
    assert made.questions[0].text == "What will you look for? (3 of 4 do not have this yet.)"
    assert made.questions[0].places[0].quote == "Every visitor looks for one agreed question."
    assert [one.person for one in made.call_on] == ["p-has"]
    many = [*some, *(work(f"m{n}", f"Plan {n} is about another.", Standing.NOT_YET, "k2") for n in range(6))]
    assert brief(many, (), CRITERIA).most_lack == ("k2",)


def test_most_is_said_of_most_solutions_and_not_of_most_that_could_be_read() -> None:
    have = [work(f"h{n}", f"Plan {n}: Ngaire visits Kwame on Monday.", Standing.MET) for n in range(10)]
    unread = [work(f"u{n}", f"Plan {n} begins some day.", Standing.CANNOT_TELL) for n in range(9)]
    assert brief([*have, *unread], (), CRITERIA).most_have == ("k1",)
    one_more = work("u9", "Plan 9 begins some day.", Standing.CANNOT_TELL)
    assert brief([*have, *unread, one_more], (), CRITERIA).most_have == ()


def test_what_several_lack_is_asked_about_where_most_have_it_but_what_one_lacks_is_not() -> None:
    have = [work(f"h{n}", f"Plan {n}: Ngaire visits Kwame on Monday.", Standing.MET) for n in range(4)]
    lack = [work(f"n{n}", f"Plan {n} begins some day.", Standing.NOT_YET) for n in range(2)]
    made = brief([*have, *lack], (), CRITERIA)
    assert (made.most_have, made.most_lack) == ((), ())  # "most" is not said of six
    assert made.questions[0].text.startswith("2 of 6 do not have this yet: Names who observes whom and when.")
    assert made.call_on[0].why.startswith("has what several lack")
    assert brief([*have, lack[0]], (), CRITERIA).questions == ()


def test_passages_that_deny_one_another_are_a_tension_and_others_are_not() -> None:
    one = work("a", "Visitors announce their visits to colleagues a week ahead.", Standing.MET)
    denies = work("b", "Visitors do not announce their visits to colleagues a week ahead.", Standing.MET)
    agrees = work("c", "Visitors announce visits to colleagues one week ahead.", Standing.MET)
    elsewhere = work("d", "Nobody keeps minutes of the staff meeting.", Standing.MET)
    made = brief([one, agrees, elsewhere], (), CRITERIA)
    assert made.tensions == ()
    (tension,) = brief([one, denies, elsewhere], (), CRITERIA).tensions
    assert (tension.kind, {tension.one.work, tension.other.work}) == ("opposite", {"a", "b"})


def test_opposite_words_and_opposite_verdicts_are_tensions_too() -> None:
    before = work("a", "Colleagues agree on the question before every visit.", Standing.MET)
    after = work("b", "Colleagues agree on the question after every visit.", Standing.MET)
    judged = work("c", "Colleagues agree on the question before each visit.", Standing.NOT_YET)
    assert [one.kind for one in brief([before, after], (), CRITERIA).tensions] == ["opposite"]
    assert [one.kind for one in brief([before, judged], (), CRITERIA).tensions] == ["verdict"]


def test_requests_are_asked_and_stand_among_the_unanswered() -> None:
    need = BriefNeed("r1", "Who has a form for notes", "p1")
    made = brief([], (), CRITERIA, requests=[need], unanswered=[need, BriefNeed("u1", "Tariq's plan")])
    assert [one.id for one in made.unanswered] == ["r1", "u1"]
    assert made.questions[0].text == "Somebody asks: Who has a form for notes. Who knows, and what did they do?"


def test_the_markdown_names_only_who_may_be_named_and_keeps_words_as_words() -> None:
    hostile = work("x", "# Heading <script> [a](b) for every visitor", Standing.MET, "k2")
    some = [hostile, *(work(f"w{n}", f"Plan {n} says little.", Standing.NOT_YET, "k2") for n in range(3))]
    made = brief(some, approaches(some), CRITERIA, language="de")
    text = as_markdown(made, {"p-x": "Ayşe *Yılmaz*"})
    assert "- Ayşe \\*Yılmaz\\*:" in text
    assert "<script>" not in text.replace("\\<script", "")
    assert "\n# Heading" not in text
    assert text.startswith("# Vorlage für das Treffen")
    assert "Ayşe" not in as_markdown(made)


def test_the_ways_of_a_challenge_are_in_the_brief() -> None:
    made = brief(works(), approaches(works()), ())
    assert any("interviews" in question.text for question in made.questions)
    assert len(made.call_on) >= 2


def test_each_language_has_all_labels_and_others_are_given_english_ones() -> None:
    assert set(labels("en")) == set(labels("de"))
    assert [labels(code)["language"] for code in ("de-AT", "en", "pt", "")] == ["de", "en", "en", "en"]
