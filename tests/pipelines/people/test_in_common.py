"""What two works have in common is a matter: nobody's name, no address, nothing private."""

from __future__ import annotations

import pytest

from pipelines.people.in_common import in_common

EN = "We count the questions that everybody asks in the lesson. {}"
DE = "Wir zählen die Fragen, die alle in der Stunde stellen, und hängen eine Liste auf. {}"


def common(frame: str, one: str, other: str) -> list[str]:
    """Of what is said in addition to what both say anyway."""
    first, second = frame.format(one), frame.format(other)
    anyway = in_common(frame.format(""), frame.format(""), (), ())
    return [word for word in in_common(first, second, (first, second), ()) if word not in anyway]


@pytest.mark.parametrize(
    ("frame", "one", "other"),
    [
        (EN, "I asked my friend zolaka.", "My brother zolaka helped me."),
        (EN, "Then mrs zolaka came.", "It was zolaka again."),
        (EN, "It was zolaka again.", "Then I asked Zolaka."),
        (EN, "It helps with my epilepsy.", "Since I have epilepsy I rest."),
        (EN, "Since my diabetes I rest.", "I have diabetes."),
        (EN, "I am muslim myself.", "Others are muslim, too."),
        (EN, "I live at 12 elmham street.", "I know elmham street."),
        (EN, "It is an arthritis thing.", "Because of arthritis I sit."),
        (DE, "Dann kam Zolaka dazu.", "Ich fragte Zolaka."),
        (DE, "Meine Schwester Zolaka hilft.", "Mit Zolaka übe ich."),
        (DE, "Ich wohne im Lindenweg.", "Der Lindenweg ist lang."),
        (DE, "Mit der Epilepsie ist es schwer.", "Die Epilepsie kam spät."),
        (DE, "Seit der Zuckerkrankheit esse ich anders.", "Die Zuckerkrankheit ist lästig."),
    ],
)
def test_a_name_an_address_or_what_is_private_is_no_matter(frame: str, one: str, other: str) -> None:
    assert common(frame, one, other) == []


@pytest.mark.parametrize(
    ("frame", "one", "other", "matter"),
    [
        (EN, "We water the tomatoes early.", "Then tomatoes grow.", ["tomatoes"]),
        (EN, "A notebook hangs there.", "We keep a notebook.", ["notebook"]),
        (DE, "Wir gießen die Tomaten früh.", "Dann wachsen Tomaten.", ["Tomaten"]),
        (DE, "Am Ende steht der große Kalender.", "Ein Kalender hängt da.", ["Kalender"]),
    ],
)
def test_what_both_do_is_a_matter(frame: str, one: str, other: str, matter: list[str]) -> None:
    assert common(frame, one, other) == matter


def test_a_name_is_seen_as_one_in_all_that_both_told() -> None:
    one, other = "It was zolaka again, as ever.", "That was zolaka, too, as ever."
    assert in_common(one, other, (f"I met Zolaka there. {one}", other), ()) == []
