"""Places of criteria in works of our own, on rubric lines whose words do not stand in the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import places as benchmark
from benchmarks.setting import embedder
from pipelines.adapters.hashing import HashingEmbedder
from pipelines.assessment.places import CriterionPlaces
from pipelines.prompts import tables, words
from pipelines.values import ChallengeAsItStands, Criterion

HERE = Path(__file__).parent / "places"
WORK = """We want two sizes of portion. The small one has less of everything. Some will say that they stay hungry:
seconds are free. I also thought about a buffet, but its leftovers must be thrown away."""


@pytest.mark.model
def test_more_places_are_found_than_by_meaning_alone() -> None:
    found = benchmark.measure(HERE, embedder("minilm"))
    assert found["n"] == 136
    assert found["first"] >= found["baseline"]["first"] + 0.2
    assert found["one_of_two"] >= found["baseline"]["one_of_two"] + 0.15


@pytest.mark.parametrize(
    ("criterion", "said"),
    [("Addresses possible objections", "Some will say"), ("Considers an alternative", "I also thought")],
)
def test_a_criterion_whose_words_are_not_there_is_found_by_how_people_say_it(criterion: str, said: str) -> None:
    challenge = ChallengeAsItStands(id="c", prompt="Propose.", language="en", criteria=(Criterion("k", criterion),))
    (found,) = CriterionPlaces(challenge, (), (), HashingEmbedder()).speaking(WORK, HashingEmbedder())
    assert WORK[slice(*found[0][0])].startswith(said)


def test_a_sentence_that_speaks_to_all_criteria_is_the_place_of_none_that_has_another() -> None:
    criteria = (Criterion("a", "names the day of the visit"), Criterion("b", "names the cost of the visit"))
    challenge = ChallengeAsItStands(id="c", prompt="Plan.", language="en", criteria=criteria)
    work = (
        "The visit has a day and a cost. The day will be Monday. The cost will be low. All of us like it there a lot."
    )
    for found in CriterionPlaces(challenge, (), (), HashingEmbedder()).speaking(work, HashingEmbedder()):
        assert not work[slice(*found[0][0])].startswith("The visit")


def test_two_criteria_share_a_sentence_only_where_it_is_well_ahead() -> None:
    criteria = (Criterion("a", "says when it begins"), Criterion("b", "names the date of the beginning"))
    challenge = ChallengeAsItStands(id="c", prompt="Plan.", language="en", criteria=criteria)
    work = "We begin on Monday 3 March. We begin again on 4 April. There is tea for all who like to come and sit."
    first, second = CriterionPlaces(challenge, (), (), HashingEmbedder()).speaking(work, HashingEmbedder())
    assert first[0][0] != second[0][0]


def test_a_german_text_is_read_in_german_under_criteria_in_english() -> None:
    criterion = Criterion("k", "Addresses possible objections")
    challenge = ChallengeAsItStands(id="c", prompt="Propose.", language="en", criteria=(criterion,))
    work = "Wir wollen zwei Größen anbieten. Manche könnten sagen, dass sie hungrig bleiben. Die kleine ist billiger."
    (found,) = CriterionPlaces(challenge, (), (), HashingEmbedder()).speaking(work, HashingEmbedder())
    assert work[slice(*found[0][0])].startswith("Manche könnten")


@pytest.mark.model
def test_a_german_work_speaks_nowhere_of_another_matter_and_still_of_its_own() -> None:
    using = embedder("minilm")
    criteria = (Criterion("a", "nennt einen Ort für die Notizen"), Criterion("b", "rechnet mit der Kettenregel"))
    challenge = ChallengeAsItStands(id="c", prompt="Plane.", language="de", criteria=criteria)
    work = "Wir schreiben alle Notizen in ein Heft. Es liegt am Eingang neben dem Fenster auf dem Tisch."
    own, other = CriterionPlaces(challenge, (), (), using).speaking(work, using)
    assert own
    assert not other


def test_every_language_names_the_same_things() -> None:
    assert tables("sought") == ["de", "en"]
    assert set(words("sought/de")) == set(words("sought/en"))
