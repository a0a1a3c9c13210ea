"""Which passages count as nearly identical and which decisions as opposite, on pairs written to try the rule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.texts.language import same_passage
from pipelines.values import PointKind
from service.domain.memory.consistency import ContradictionKind, KinshipGround, SaidPoint, clash, clashes, kin

REWORDED = [
    ("Nobody takes notes during the visit, because a pen makes everyone behave", "No notes are taken during the visit"),
    ("We visit each other twice before half-term", "each pair visits the other two times before half-term"),
    ("Afterwards we talk about it in the staff meeting", "afterwards we will talk about it at the next staff meeting"),
    ("They take the sheet home and practise the circled bar", "Students take the sheet home, practise the circled bar"),
    ("Whoever is free covers the class of the visitor", "the visitor's class is covered by whoever is free"),
    ("The results go into the shared folder of the department", "we put the results in the department's shared folder"),
    ("an invitation by post, signed by hand", "every family gets an invitation by post that I sign by hand"),
]
NEIGHBORS = [
    ("we share notes at the staff meeting and file them", "Afterwards we talk about it in the staff meeting"),
    ("on Monday 5 October I teach 8C in period 1", "on Monday everybody meets in period 6"),
    ("a letter home in the language of the family", "we send a letter home in English"),
    ("What we look for is where students point", "what we look for is decided by the visitor on the day"),
    ("the class list is with the office", "the list on the wall is in the students' words"),
    ("notes", "notes"),
    ("", "No notes are taken during the visit"),
]


def said(quote: str, text: str = "Say more.", kind: PointKind = PointKind.NEXT_STEP, **more: object) -> SaidPoint:
    plain = {"point": quote, "submission": quote, "criterion": "k2", "language": "en"}
    return SaidPoint(kind=kind, text=text, quote=quote, **{**plain, **more})  # type: ignore[arg-type]


A, B = (said(quote) for quote in REWORDED[0])
PRAISE = {"kind": PointKind.STRENGTH, "text": "It keeps the room natural."}


@pytest.mark.parametrize(("a", "b"), REWORDED)
def test_a_passage_in_other_words_is_nearly_identical(a: str, b: str) -> None:
    assert same_passage(a, b, "en")
    assert same_passage(b, a, "en")


@pytest.mark.parametrize(("a", "b"), NEIGHBORS)
def test_a_passage_on_a_neighboring_matter_is_not(a: str, b: str) -> None:
    assert not same_passage(a, b, "en")


def test_german_passages_are_compared_as_german() -> None:
    praised = said("Niemand schreibt während der Besuche mit", language="de-AT", **PRAISE)
    assert clash(praised, said("Während des Besuchs schreibt niemand mit", language="de-AT"))


def test_praise_and_a_wish_for_change_on_one_passage_contradict_each_other() -> None:
    assert clash(replace(A, **PRAISE), B) is clash(B, replace(A, **PRAISE)) is ContradictionKind.STRENGTH_AND_GAP
    assert clash(replace(A, **PRAISE), replace(B, kind=PointKind.QUESTION)) is ContradictionKind.STRENGTH_AND_GAP


def test_the_same_point_kept_and_dismissed_contradicts_itself_and_another_one_does_not() -> None:
    assert clash(A, replace(B, dismissed=True)) is ContradictionKind.KEPT_AND_DISMISSED
    assert clash(A, replace(B, dismissed=True, text="Where do they keep the folder?")) is None
    assert clash(replace(A, **PRAISE), replace(B, dismissed=True)) is None


@pytest.mark.parametrize(
    "other",
    [
        B,
        replace(B, **PRAISE, criterion="k1"),
        replace(B, **PRAISE, submission=A.submission),
        replace(B, **PRAISE, quote="The list on the wall is in the students' words"),
        replace(B, dismissed=True, reason="already_said"),
    ],
)
def test_nothing_else_is_a_contradiction(other: SaidPoint) -> None:
    assert clash(A, other) is None


def test_two_dismissals_contradict_nothing() -> None:
    assert clash(replace(A, **PRAISE, dismissed=True), replace(B, dismissed=True)) is None


def test_every_pair_is_found_once() -> None:
    praise = [replace(A, **PRAISE, point=f"p{n}", submission=f"s{n}") for n in range(3)]
    found = list(clashes([*praise, B, replace(B, criterion="k1", point="other")]))
    assert sorted(a.point for a, b, _ in found) == ["p0", "p1", "p2"]


def test_points_are_kin_by_wording_before_passage_and_never_across_criteria_or_sides() -> None:
    other = said("We drink tea", text="Say more!")
    passage = replace(B, text="Where is the folder kept?")
    found = [kin(A, one) for one in (other, passage)]
    assert [one.why for one in found if one] == [KinshipGround.WORDING, KinshipGround.PASSAGE]
    assert kin(A, replace(other, text="Who is invited to the visit?")) is None
    assert kin(A, replace(B, criterion="k1")) is None
    assert kin(A, replace(B, **PRAISE)) is None
