"""How criteria read in a sentence: confirmed over the API and in the editor, kept while the wording is the same."""

from __future__ import annotations

import re
from typing import Any

from service.store.tables import Challenge
from tests.service.web.browsing import Page, Visitor, signed_in
from tests.service.web.challenges.test_editor import EDIT, FORM
from tests.service.web.conftest import School, on_both

PATH = "/v1/challenges/peer-observation"
PLAN = {"language": "en", "clause": "the plan names who visits whom", "topic": "the visits"}
GERMAN = {"language": "de", "clause": "der Plan sagt, wer wen besucht", "topic": ""}


def put(school: School, text: str = "Names who and when.", **forms: Any) -> dict[str, Any]:
    """The first criterion as it reads then; with its challenge's version."""
    body = {
        "title": "Peer observation",
        "prompt": "Plan how your team starts peer observation this term.",
        "criteria": [{"id": "k1", "text": text, **forms}, {"id": "k2", "text": "Says what to look for."}],
    }
    answer = school.platform.put(PATH, json=body)
    assert answer.status_code == 200, answer.text
    return {**answer.json()["criteria"][0], "version": answer.json()["version"]}


# Over the API


def test_confirmed_forms_come_back_and_stay_while_the_text_is_the_same(school: School) -> None:
    first = put(school, forms=[PLAN, GERMAN])
    assert first["forms"] == [PLAN, GERMAN]
    again = put(school)
    assert (again["forms"], again["version"]) == ([PLAN, GERMAN], first["version"])
    assert school.person("amara").get(PATH).json()["criteria"][0]["forms"] == [PLAN, GERMAN]
    assert put(school, forms=[])["forms"] == []


def test_a_changed_text_drops_what_was_confirmed_unless_it_is_confirmed_anew(school: School) -> None:
    put(school, forms=[PLAN])
    assert put(school, "Names who, when and where.")["forms"] == []
    assert put(school, "Names who and when, in one line.", forms=[PLAN])["forms"] == [PLAN]


def test_forms_are_part_of_the_words_that_drafts_are_made_on(school: School) -> None:
    before = put(school)
    draft = school.drafted()
    after = put(school, forms=[PLAN])
    assert after["version"] == before["version"] + 1
    assert school.platform.get(f"/v1/drafts/{draft}").json()["stale"]


def test_forms_stand_on_one_line_without_the_stop_of_the_sentence_around_them(school: School) -> None:
    said = put(school, forms=[{"language": "en", "clause": " the plan\nnames who . ", "topic": "the visits;"}])
    assert said["forms"] == [{"language": "en", "clause": "the plan names who", "topic": "the visits"}]
    assert put(school, forms=[{"language": "en", "clause": " .", "topic": ""}])["forms"] == []


@on_both
def test_two_forms_in_one_language_and_a_form_in_none_are_refused(school: School) -> None:
    put(school, forms=[PLAN])
    for forms in (
        [PLAN, {**GERMAN, "language": "en-GB"}],
        [{**PLAN, "language": ""}],
        [{**PLAN, "clause": "x" * 201}],
        [{**PLAN, "verb": "names"}],
    ):
        body = {"title": "X", "prompt": "X", "criteria": [{"id": "k1", "text": "Names who and when.", "forms": forms}]}
        assert school.platform.put(PATH, json=body).status_code == 422, forms
    assert school.platform.get(PATH).json()["criteria"][0]["forms"] == [PLAN]


# In the editor


def sent(visitor: Visitor, page: Page, **fields: Any) -> Page:
    spoken = {"spoken": "en", "clause": ["", ""], "topic": ["", ""]}
    return visitor.send(page, EDIT, **{**FORM, "do": "save", **spoken, **fields})


def forms(school: School) -> list[list[dict[str, str]]]:
    return [one["forms"] for one in school.platform.get(PATH).json()["criteria"]]


def test_what_is_proposed_is_stored_only_once_a_person_saves_it(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get(EDIT)
    assert "How these read in a sentence (0 of 2 filled in)" in page.text
    assert "On “Names who and when”, a reader finds nothing to point at yet." in page.text
    proposed = sent(tomasz, page, do="propose")
    assert 'value="the text says what to look for"' in proposed.html
    assert "It is not clear yet whether the text says what to look for." in proposed.text
    assert forms(school) == [[], []]
    sent(tomasz, proposed, clause=["", "the plan says what to look for"])
    assert forms(school) == [[], [{"language": "en", "clause": "the plan says what to look for", "topic": ""}]]
    assert "(1 of 2 filled in)" in tomasz.get(EDIT).text


@on_both
def test_saving_without_a_look_at_the_forms_confirms_nothing_and_keeps_all(school: School) -> None:
    put(school, forms=[PLAN, {"language": "fr", "clause": "le plan nomme qui visite qui", "topic": ""}])
    tomasz = signed_in(school, "tomasz")
    kept = {"clause": [PLAN["clause"], ""], "topic": [PLAN["topic"], ""]}
    sent(tomasz, tomasz.get(EDIT), title="Another title", **kept)
    stored = forms(school)
    assert stored[0][0] == PLAN
    assert stored[0][1]["language"] == "fr"  # no page shows it, and none takes it away
    assert stored[1] == []


def test_a_criterion_worded_anew_asks_once_whether_it_still_reads_well(school: School) -> None:
    put(school, forms=[PLAN])
    tomasz = signed_in(school, "tomasz")
    kept = {"clause": [PLAN["clause"], ""], "topic": [PLAN["topic"], ""]}
    anew = {"text": ["Names who, when and where.", "Says what to look for."], **kept}
    asked = sent(tomasz, tomasz.get(EDIT), **anew)
    assert "Nothing was saved yet" in asked.text
    assert "Does it still read well?" in asked.text
    assert school.platform.get(PATH).json()["criteria"][0]["text"] == "Names who and when."
    unread = re.findall('name="unread" value="([^"]+)"', asked.html)
    third = {**anew, "text": ["Names the kitchen.", "Says what to look for."]}
    assert "Does it still read well?" in sent(tomasz, asked, unread=unread, **third).text  # another wording yet
    sent(tomasz, asked, unread=unread, **anew)
    assert school.platform.get(PATH).json()["criteria"][0]["text"] == "Names who, when and where."
    assert forms(school)[0] == [PLAN]


def test_a_form_that_no_page_shows_goes_with_the_wording_it_was_confirmed_on(school: School) -> None:
    put(school, forms=[PLAN, {"language": "fr", "clause": "le plan nomme qui visite qui", "topic": ""}])
    tomasz = signed_in(school, "tomasz")
    anew = {
        "text": ["Says what the kitchen costs.", "Says what to look for."],
        "clause": ["the plan has the costs", ""],
    }
    sent(tomasz, tomasz.get(EDIT), **anew)
    assert [one["language"] for one in forms(school)[0]] == ["en"]


def test_a_form_taken_along_to_a_criterion_of_another_key_is_asked_about_too(school: School) -> None:
    put(school, forms=[PLAN])
    tomasz = signed_in(school, "tomasz")
    kept = {"clause": [PLAN["clause"], ""], "topic": [PLAN["topic"], ""]}
    asked = sent(
        tomasz, tomasz.get(EDIT), key=["k9", "k2"], text=["Names the kitchen.", "Says what to look for."], **kept
    )
    assert "Does it still read well?" in asked.text


def test_forms_move_and_go_with_their_criterion(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get(EDIT)
    two = {"clause": ["first clause", "second clause"], "topic": ["", ""]}
    down = sent(tomasz, page, do="down:1", **two)
    assert down.html.index("second clause") < down.html.index("first clause")
    assert "first clause" not in sent(tomasz, page, do="out:1", **two).html
    none = {name: ["x"] for name in ("key", "text", "question", "points", "clause", "topic")}
    assert sent(tomasz, page, do="out:1", **none).status == 200


def test_each_language_of_the_people_has_its_own_fields(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    assert "Noch ist nicht zu erkennen, ob" not in tomasz.get(EDIT).text
    school.platform.put("/v1/people/lena", json={"name": "Lena Vogt", "language": "de-AT", "roles": []})
    page = tomasz.get(EDIT)
    assert "Noch ist nicht zu erkennen, ob …" in page.text
    assert 'name="spoken" value="en de"' in page.html
    clause = ["the plan names who", "der Plan sagt, wer", "", ""]
    sent(tomasz, page, spoken="en de", clause=clause, topic=["", "", "", ""])
    assert [(one["language"], one["clause"]) for one in forms(school)[0]] == [("en", clause[0]), ("de", clause[1])]


def test_two_who_edit_at_once_both_find_their_forms(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get(EDIT)
    put(school, forms=[PLAN])
    late = sent(tomasz, page, clause=["my clause", ""])
    assert late.status == 412
    assert "the plan names who visits whom" in late.text
    sent(tomasz, late, clause=["my clause", ""])
    assert forms(school)[0][0]["clause"] == "my clause"


@on_both
def test_the_version_before_wrote_no_forms_and_its_criteria_are_read(school: School) -> None:
    with school.sessions.writing() as session:
        session.query(Challenge).one().criteria[0].forms = None
    assert forms(school) == [[], []]
