"""Who is suggested to whom, why, and in which words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.people.matching import MatchWish, match
from pipelines.people.reasons import Circle
from pipelines.people.saying import wording
from pipelines.people.values import Match, MeetingReason, PersonWork, Profile, ReasonKind
from pipelines.prompts import words
from tests.pipelines.people.neighbours import CHALLENGES, TEXTS, circle, commons, person, reciprocal, work


def matches(of: str, people: Circle, works=None, **asked) -> tuple[Match, ...]:
    return match(of, people, works or commons(), CHALLENGES, MatchWish(**({"limit": 5} | asked)))


def of_kind(found: tuple[Match, ...], kind: ReasonKind, other: str) -> MeetingReason | None:
    return next((r for one in found if one.second == other for r in one.reasons if r.kind is kind), None)


def test_two_people_who_each_solved_what_the_other_has_not_come_first_with_both_places():
    found = matches("amara", circle(), reciprocal())
    assert (found[0].second, found[0].kind) == ("bilal", ReasonKind.COMPLEMENTARY)
    reason = found[0].reasons[0]
    assert reason.facts == {"challenge": ("observe",), "first_gives": ("who",), "second_gives": ("look",)}
    assert [passage.person for passage in reason.passages] == ["amara", "bilal"]
    assert "names who observes whom and when" in found[0].wording.reason


def test_a_gift_in_one_direction_only_is_no_reciprocity():
    one_way = commons(*(replace(one, criteria={"who": one.criteria.get("who")} if one.criteria else {})
                        for one in reciprocal().works))  # fmt: skip
    assert of_kind(matches("amara", circle(), one_way), ReasonKind.COMPLEMENTARY, "bilal") is None


def test_every_quotation_stands_verbatim_at_its_place_in_its_work():
    works = reciprocal()
    texts = {one.id: one.text for one in works.works}
    shown = [p for m in matches("amara", circle(), works) for reason in m.reasons for p in reason.passages]
    assert shown
    for passage in shown:
        assert texts[passage.work][passage.start : passage.end] == passage.quote
        assert passage.id == f"{passage.work}@{passage.start}-{passage.end}"


def test_work_whose_author_does_not_show_it_is_compared_but_never_quoted():
    works = commons(*(replace(one, quotable=one.person != "bilal") for one in reciprocal().works))
    found = matches("amara", circle(), works)
    assert found[0].second == "bilal"
    said = " ".join(found[0].wording.texts().values())
    assert not any(passage.person == "bilal" for reason in found[0].reasons for passage in reason.passages)
    assert "visitor counts" not in said


def test_where_a_person_pointed_the_whole_sentence_is_shown():
    works = commons(*(replace(one, places={"who": (3, 20)} if one.person == "amara" else {})
                      for one in reciprocal().works))  # fmt: skip
    shown = matches("amara", circle(), works)[0].reasons[0].passages[0]
    assert shown.quote == "We pair teachers across grades."


def test_people_at_the_same_challenge_now_share_a_problem_and_those_who_are_done_do_not():
    at = frozenset({"observe"})
    people = circle(person("amara", working_on=at), person("chiyo", working_on=at))
    found = matches("amara", people)
    assert of_kind(found, ReasonKind.SAME_PROBLEM, "chiyo")
    assert not of_kind(found, ReasonKind.SAME_PROBLEM, "bilal")


def test_a_common_contact_closes_a_triangle_unless_the_contact_does_not_want_to_be_named():
    def people(open_to: bool) -> Circle:
        return circle(
            person("amara", contacts=frozenset({"emeka"})),
            person("chiyo", contacts=frozenset({"emeka"})),
            person("emeka", open_to=open_to, contacts=frozenset({"amara", "chiyo"})),
        )

    found = of_kind(matches("amara", people(True)), ReasonKind.TRIANGLE, "chiyo")
    assert found
    assert found.facts == {"through": ("emeka",)}
    assert not of_kind(matches("amara", people(False)), ReasonKind.TRIANGLE, "chiyo")


def test_a_bridge_joins_groups_that_no_pair_of_contacts_connects():
    apart = matches("amara", circle())
    assert of_kind(apart, ReasonKind.BRIDGE, "chiyo")
    north, south = frozenset({"north"}), frozenset({"south"})
    joined = circle(
        person("amara", groups=north),
        person("chiyo", groups=south),
        person("bilal", groups=north, contacts=frozenset({"dagny"})),
        person("dagny", groups=south),
    )
    assert not of_kind(matches("amara", joined), ReasonKind.BRIDGE, "chiyo")


def test_the_same_role_counts_elsewhere_only():
    role, home = frozenset({"librarian"}), frozenset({"north"})
    found = matches("dagny", circle(person("dagny", roles=role), person("emeka", roles=role)))
    assert of_kind(found, ReasonKind.SAME_ROLE, "emeka")
    here = circle(person("dagny", roles=role, groups=home), person("emeka", roles=role, groups=home))
    assert not of_kind(matches("dagny", here), ReasonKind.SAME_ROLE, "emeka")


def test_a_request_finds_who_has_done_it_and_quotes_where():
    found = matches("amara", circle(), request="keeping a book of what was sown and harvested in the garden")
    reason = of_kind(found, ReasonKind.EXPERT, "dagny")
    assert reason
    assert "harvested" in reason.passages[0].quote
    expert = next(one for one in found if one.second == "dagny")
    assert expert.kind is ReasonKind.EXPERT
    assert "you asked for" in expert.wording.message_to_first
    assert "you have worked on this" in expert.wording.message_to_second


def test_work_that_was_withdrawn_since_is_not_used_though_it_is_still_in_the_commons():
    found = matches("amara", circle(), reciprocal(), hidden=frozenset({"w-bilal"}))
    assert not of_kind(found, ReasonKind.COMPLEMENTARY, "bilal")
    assert not [p for one in found for reason in one.reasons for p in reason.passages if p.work == "w-bilal"]


def test_messages_are_in_the_language_of_whoever_reads_them():
    people = circle(person("bilal", language="de"))
    said = matches("amara", people, reciprocal())[0].wording
    assert said.message_to_first.startswith("Hello Amara, Bilal ")
    assert said.message_to_second.startswith("Guten Tag Bilal, Amara ")


@pytest.mark.parametrize("language", ["en", "de", "it"])
@pytest.mark.parametrize("kind", ReasonKind)
def test_every_kind_can_be_said_in_every_language_and_messages_quote_nobody(kind: ReasonKind, language: str):
    facts = {"challenge": ("observe",), "first_gives": ("who",), "second_gives": ("look",), "through": ("chiyo",),
             "role": ("librarian",), "request": ("help with dates",)}  # fmt: skip
    shown = tuple(commons().each_about_other(work("amara"), work("bilal")))
    reason = MeetingReason(kind, 1.0, facts, tuple(one for one in shown if one), "observe", ("tomatoes",))
    ends = person("amara", language=language), person("bilal", language=language)
    said = wording(reason, *ends, {"chiyo": "Chiyo"}, CHALLENGES, language).texts()
    assert all(text.strip() and "{" not in text for text in said.values())
    assert not any(one and one.quote in said[f"message_to_{side}"] for one in shown for side in ("first", "second"))


def test_what_two_would_talk_about_is_in_both_works_and_not_in_what_everybody_was_asked():
    at = frozenset({"observe"})
    found = matches("amara", circle(person("amara", working_on=at), person("chiyo", working_on=at)))
    reason = of_kind(found, ReasonKind.SAME_PROBLEM, "chiyo")
    assert reason
    assert (reason.on, reason.matter) == ("observe", ("teachers",))
    said = next(one.wording for one in found if one.second == "chiyo")
    assert 'Both texts speak of "teachers"' in said.message_to_first
    assert not any(passage.quote in text for passage in reason.passages for text in said.texts().values())


def test_a_name_that_two_works_share_is_no_matter_to_talk_about():
    at = frozenset({"observe"})
    told = "Every pair visits {} and then meets before noon to compare what was noticed by both of them."
    works = commons(work("amara", told.format("lindqvist")), work("chiyo", told.format("lindqvist") + " Notes hang."),
                    work("dagny"), work("emeka"))  # fmt: skip
    people = circle(person("amara", working_on=at), person("chiyo", working_on=at),
                    Profile("lin", "Lindqvist"))  # fmt: skip
    found = matches("amara", people, works)
    assert not any("lindqvist" in text.casefold() for one in found for text in one.wording.texts().values())


def test_two_passages_are_of_the_challenge_that_is_named_and_are_whole():
    at = frozenset({"observe", "garden"})
    far = PersonWork("w2-amara", "amara", "garden", "We sow beans in the yard and watch how they grow until June.",
                     quotable=True)  # fmt: skip
    works = commons(*(work(name) for name in TEXTS), far)
    found = matches("amara", circle(person("amara", working_on=at), person("chiyo", working_on=at)), works)
    reason = of_kind(found, ReasonKind.SAME_PROBLEM, "chiyo")
    assert reason
    assert {passage.work for passage in reason.passages} == {"w-amara", "w-chiyo"}
    assert all(passage.quote.endswith(".") for passage in reason.passages)


def test_both_languages_have_the_same_sentences():
    english, german = words("introductions/en"), words("introductions/de")
    assert {k: set(v) for k, v in english.items() if isinstance(v, dict)} == {
        k: set(v) for k, v in german.items() if isinstance(v, dict)
    }
