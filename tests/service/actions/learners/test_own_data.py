"""What a person takes along of requests, introductions and galleries: all of their own, nothing of anybody else."""

from __future__ import annotations

import json
from typing import Any

from service.actions.galleries import review
from service.actions.introductions import answers, suggest
from service.actions.learners import galleries, own_data
from service.actions.requests import desk as requests_desk
from service.actions.requests import need
from service.actions.work import submit
from service.domain.introductions import ANSWER_WITHIN, LOAD_WINDOW
from service.store.tables import GalleryItem, IntroductionUseful
from tests.service.actions.galleries.world import approved, machine, of
from tests.service.actions.introductions.village import TEXTS, UNDO, Village

NEED = "Who has found a way to keep visits to ten minutes?"


def data(village: Village, person: str, by: str = "") -> dict[str, Any]:
    with village.sessions.writing() as session:
        actor = village.actor_in(session, by) if by else village.platform
        return own_data.own_data(session, actor, person, now=village.now)


def shown(village: Village, person: str) -> list[str]:
    """A gallery for this person is chosen, approved and shown; ids of its items."""
    with village.sessions.writing() as session:
        actor = village.actor_in(session, person)
        galleries.ask(session, actor, f"s-{person}", now=village.now)
        machine(session, now=village.now)
        row = approved(session, village.actor_in(session, "mateo"), of(session, person), now=village.now)
        village.now += UNDO
        assert review.show_due(session, row.id, now=village.now)
        return [item.id for item in row.items]


def test_requests_with_their_answers_are_ones_own_to_take_along(hamlet: Village) -> None:
    with hamlet.sessions.writing() as session:
        row = need.state(session, hamlet.actor_in(session, "amara"), text=NEED, now=hamlet.now)
        requests_desk.reply(
            session, hamlet.actor_in(session, "lena"), row.id, text="Ask in the library.", now=hamlet.now
        )
    (found,) = data(hamlet, "amara")["requests"]
    assert (found["text"], found["answer"], found["answered_by"]) == (NEED, "Ask in the library.", "Lena")
    assert data(hamlet, "lin")["requests"] == []


def test_a_no_of_the_other_is_in_nobodys_data_but_the_ones_who_said_it(hamlet: Village) -> None:
    said_no, silent = hamlet.asked("amara", "lin"), hamlet.asked("amara", "noor")
    for one in (said_no, silent):
        hamlet.answer(one, "amara", True)
    hamlet.answer(said_no, "lin", False)
    for _ in range(2):
        first, second = data(hamlet, "amara")["introductions"]
        differs = {"id", "asked_at", "said_at"}
        assert {key: first[key] for key in first.keys() - differs} == {
            key: second[key] for key in second.keys() - differs
        }
        assert (first["said"], first["with"], first["introduced_at"]) == ("yes", "", None)
        hamlet.now += ANSWER_WITHIN
    (own,) = data(hamlet, "lin")["introductions"]
    assert (own["said"], own["with"]) == ("no", "")


def test_who_was_met_is_named_while_both_allow_it(hamlet: Village) -> None:
    one = hamlet.asked("amara", "lin")
    for person in ("amara", "lin"):
        hamlet.answer(one, person, True)
    with hamlet.sessions.writing() as session:
        amara = hamlet.actor_in(session, "amara")
        answers.report(session, amara, one, met=True, useful=IntroductionUseful.YES, note="Tea.", now=hamlet.now)
    (found,) = data(hamlet, "amara", "amara")["introductions"]
    assert (found["with"], found["met"], found["useful"], found["note"]) == ("Lin Tester", True, "yes", "Tea.")
    (other,) = data(hamlet, "lin")["introductions"]
    assert (other["with"], other["met"], other["note"]) == ("Amara Tester", None, "")
    hamlet.allow("lin", introduce=False)
    assert "Lin Tester" not in json.dumps(data(hamlet, "amara"))


def test_whoever_answered_a_request_by_meeting_is_named_while_they_allow_it(hamlet: Village) -> None:
    with hamlet.sessions.writing() as session:
        request = need.state(session, hamlet.actor_in(session, "amara"), text=NEED, now=hamlet.now).id
        offer = suggest.IntroductionOffer(hamlet.match("amara", "lin", quoting=False), None, request)
        (row,) = suggest.keep(session, hamlet.organization, [offer], now=hamlet.now)
        one = row.id
    hamlet.approve(one)
    assert hamlet.ask(one)
    hamlet.now += UNDO
    for person in ("amara", "lin"):
        hamlet.answer(one, person, True)
    with hamlet.sessions.writing() as session:
        amara = hamlet.actor_in(session, "amara")
        answers.report(session, amara, one, met=True, useful=IntroductionUseful.YES, now=hamlet.now)

    def everywhere() -> str:
        with hamlet.sessions.writing() as session:
            mine = need.mine(session, hamlet.actor_in(session, "amara"))
            desk = requests_desk.listed(session, hamlet.actor_in(session, "lena"), state=mine[0].state)
            assert (len(mine), len(desk)) == (1, 1)
        return f"{mine}{desk}{data(hamlet, 'amara')}"

    assert everywhere().count("Lin Tester") == 4
    hamlet.allow("lin", introduce=False)
    assert "Lin Tester" not in everywhere()


def test_galleries_are_told_from_both_sides_without_a_word_of_others_work(hamlet: Village) -> None:
    item = shown(hamlet, "amara")[0]
    with hamlet.sessions.writing() as session:
        amara = hamlet.actor_in(session, "amara")
        galleries.thank(session, amara, "s-amara", item, named=True, now=hamlet.now)
        galleries.take_away(session, amara, "s-amara", "I shall ask first.", now=hamlet.now)
        author = session.get_one(GalleryItem, item).author_id
    person = next(one for one in TEXTS if hamlet.id(one) == author)
    (read,) = data(hamlet, "amara")["galleries"]
    assert (read["submission"], read["takeaway"], read["works"]) == ("s-amara", "I shall ask first.", 3)
    assert [one["with_name"] for one in read["thanks"]] == [True]
    told = data(hamlet, person)
    (one,) = told["shown_to_others"]
    assert (one["submission"], [thanks["from"] for thanks in one["thanks"]]) == (f"s-{person}", [""])
    assert "Amara" not in json.dumps(told)
    with hamlet.sessions.writing() as session:
        galleries.thank_back(session, hamlet.actor_in(session, person), person, item, meet=True, now=hamlet.now)
    assert [thanks["from"] for thanks in data(hamlet, person)["shown_to_others"][0]["thanks"]] == ["Amara Tester"]
    text = json.dumps(data(hamlet, "amara"))
    assert not any(words[:30] in text for who, words in TEXTS.items() if who != "amara")
    with hamlet.sessions.writing() as session:
        submit.withdraw(session, hamlet.platform, "s-amara", now=hamlet.now + LOAD_WINDOW)
    assert data(hamlet, "amara")["galleries"] == []
    assert "I shall ask first." not in json.dumps(data(hamlet, "amara"))
