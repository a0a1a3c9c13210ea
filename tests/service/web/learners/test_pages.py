"""A learner in a browser without scripts: hands in, reads, reacts, asks, plans, revises, allows, takes it back."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta

from service.web.calls import tag
from service.web.pages.learners.consents import OWN_DATA
from tests.service.web.browsing import Page, Visitor, signed_in
from tests.service.web.conftest import TEXT, School, on_both
from tests.service.web.learners.learning import released

TASK, WORK = "/learn/challenges/peer-observation", "/learn/work/amara-1"
HOSTILE = "</textarea><script>alert(1)</script> \"'> {{7*7}} \u202eשלום\u202c 🌱"


def test_a_learner_hands_in_and_waits_for_a_person(school: School) -> None:
    amara = signed_in(school, "amara")
    home = amara.get("/")
    assert (home.path, "Peer observation" in home.text, "Nothing yet." in home.text) == ("/learn", True, True)
    task = amara.get(TASK)
    assert "Plan how your team starts" in task.text
    empty = amara.send(task, TASK, text=" ", language="de", ai="local")
    assert (empty.status, "Please write something first." in empty.text) == (422, True)
    assert '<option value="de" lang="de" selected>' in empty.html
    sent = amara.send(task, TASK, text=HOSTILE, language="", ai="none")
    assert sent.path.startswith("/learn/work/own-")
    assert "This waits for a facilitator. No machine helps with it" in sent.text
    assert "<script>alert" not in sent.html
    assert HOSTILE in sent.text
    assert amara.send(task, TASK, text=HOSTILE, language="", ai="none").path == sent.path  # a form sent twice
    assert "waits for a facilitator" in amara.get("/learn").text
    assert "waits for a facilitator" not in signed_in(school, "mateo").get("/learn").text


@on_both
def test_feedback_stands_at_its_place_with_who_approved_it_and_is_noted_as_read(school: School) -> None:
    point = released(school)
    amara = signed_in(school, "amara")
    assert "new feedback" in amara.get("/learn").text
    page = amara.get(WORK)
    assert "A machine drafted this; Lindiwe Dube read and approved it" in page.text
    assert 'href="#point-1"' in page.html
    assert 'id="place-1"' in page.html
    assert 'id="point-1"' in page.html
    assert "feedback is there" in amara.get("/learn").text
    _says(amara, page, point)
    _asks(school, amara, point)


def test_the_next_version_is_written_beside_the_feedback_with_what_was_asked(school: School) -> None:
    released(school)
    amara = signed_in(school, "amara")
    page = amara.get(WORK)
    marks = ('id="next-version"', 'id="point-1"', "A machine drafted this", "did it help?")
    order = [page.html.index(one) for one in marks]
    assert order == sorted(order)
    form = page.html[page.html.index('id="next-version"') : page.html.index("</form>", page.html.index("next-version"))]
    assert (TEXT in form, "What will the first pair look for?" in form, "Pairs make this doable." in form) == (
        True,
        True,  # a question asks for something
        False,  # a strength does not
    )
    assert f">{len(TEXT.split())}</b> words" in form
    assert page.html.count("did it help?") == 1
    sent = amara.send(page, TASK, text=f"{TEXT} We look for waiting time.")
    assert (sent.path, "Revision 2" in sent.text) == (WORK, True)
    assert 'id="next-version"' not in amara.get(f"{WORK}?revision=1").html


def _says(amara: Visitor, page: Page, point: str) -> None:
    action = f"{WORK}/reactions"
    said = amara.send(page, action, about=point, helpful="no", anchor="point-1")
    assert "You said that it did not help:" in said.text
    why = amara.send(said, action, about=point, helpful="no", why=HOSTILE, anchor="point-1")
    assert HOSTILE in why.text
    assert "<script>alert" not in why.html
    assert HOSTILE not in amara.send(why, action, about=point, helpful="", anchor="point-1").text


def _asks(school: School, amara: Visitor, point: str) -> None:
    asked = amara.send(amara.get(WORK), f"{WORK}/asks", text="Which\r\none?", point=point, kind="question")
    assert "A facilitator of your group will answer here." in asked.text
    mateo = school.person("mateo")
    (open_,) = mateo.get("/v1/asks").json()["items"]
    assert open_["text"] == "Which\none?"
    seen = {"If-Match": tag(open_["version"])}
    mateo.put(f"/v1/asks/{open_['id']}/answer", json={"text": "A small one."}, headers=seen)
    assert "Mateo Ruiz answered" in amara.get(WORK).text
    assert "1 answer to what you asked" in amara.get("/learn").text


def test_a_next_step_is_kept_asked_about_and_told(school: School) -> None:
    point = released(school)
    amara = signed_in(school, "amara")
    today = f"{school.now():%Y-%m-%d}"
    given = {"text": "Agree on one.", "submission": "amara-1", "point": point, "back": f"{WORK}?revision=1#steps"}
    kept = amara.send(amara.get(WORK), "/learn/steps", **given, due_on=today)
    assert (kept.path, "Agree on one." in kept.text) == (WORK, True)
    home = amara.get("/learn")
    assert "What happened with these?" in home.text
    (step,) = school.platform.get("/v1/people/amara/commitments").json()["items"]
    told = amara.send(home, f"/learn/steps/{step['id']}/outcome", outcome="partly", said=HOSTILE)
    assert (HOSTILE in told.text, "What happened with these?" in told.text) == (True, False)
    for wrong in ({"due_on": ""}, {"due_on": "2026-02-31"}, {"due_on": f"{school.now() - timedelta(days=9):%Y-%m-%d}"}):
        assert amara.send(home, "/learn/steps", text="x", **wrong).status == 422
    away = amara.send(home, "/learn/steps", text="x", due_on=today, back="//evil.example/learn")
    assert away.status == 422


def test_the_next_revision_shows_what_changed_and_what_was_taken_up(school: School) -> None:
    released(school)
    amara = signed_in(school, "amara")
    text = TEXT.replace(" and", ". What the first pair will look for: waiting. We") + "\r\nNew."
    page = amara.send(amara.get(TASK), TASK, text=text, language="", ai="any")
    page = amara.get(WORK + "?revision=2")
    assert "What changed since revision 1" in page.text
    assert "<ins>" in page.html
    assert "\r" not in school.platform.get("/v1/submissions/amara-1/revisions").json()["items"][0]["text"]
    assert "Revision 1 , with feedback" in page.text.replace("1,", "1 ,")
    assert amara.get(WORK + "?revision=3").status == 404


def test_feedback_taken_back_and_work_taken_back_are_told_and_not_shown(school: School) -> None:
    released(school)
    amara, lindiwe = signed_in(school, "amara"), school.person("lindiwe")
    (draft,) = school.platform.get("/v1/drafts").json()["items"]
    shown = lindiwe.get(f"/v1/drafts/{draft['id']}")
    lindiwe.post(f"/v1/drafts/{draft['id']}/retract", json={}, headers={"If-Match": shown.headers["ETag"]})
    page = amara.get(WORK)
    assert ("The feedback on this was taken back" in page.text, "Pairs make this doable." in page.text) == (True, False)
    gone = amara.send(page, f"{WORK}/take-back")
    assert ("You took this back" in gone.text, "twice before half-term" in gone.text) == (True, False)
    assert "Nothing yet." in amara.get("/learn").text


def test_what_is_allowed_changes_at_once_and_own_data_comes_as_a_file(school: School) -> None:
    released(school)
    amara = signed_in(school, "amara")
    page = amara.get("/learn/consents")
    saved = amara.send(page, "/learn/consents", show_work="with_name", introduce="true", ai="none")
    assert "It holds from now on" in saved.text
    now = school.platform.get("/v1/people/amara/consents").json()
    assert (now["show_work"], now["introduce"], now["ai"]) == ("with_name", True, "none")
    assert "No machine" in amara.get(TASK).text
    assert "Any machine" not in amara.get(TASK).text
    answer = amara.client.get("/learn/data/download")
    assert answer.headers["content-disposition"] == 'attachment; filename="my-peerloom-data.json"'
    assert json.loads(answer.text)["person"]["id"] == "amara"
    assert "/learn/data/download" in amara.get("/learn/data").html


def test_others_find_nothing_at_a_learners_addresses(school: School) -> None:
    released(school)
    for who in ("mateo", "tomasz"):
        other = signed_in(school, who)
        assert other.get(WORK).status == 404
        page = other.get("/learn/consents")
        for action in ("reactions", "asks", "take-back"):
            given = {"csrf": page.csrf, "revision": "1", "text": "x", "helpful": "yes"}
            assert other.client.post(f"{WORK}/{action}", data=given).status_code in (403, 404)


def test_own_data_can_be_read_in_a_browser_without_this_service(school: School) -> None:
    school.handed_in()
    amara = signed_in(school, "amara")
    answer = amara.client.get("/learn/data/data.html")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-peerloom-data.html"'
    assert TEXT in html.unescape(answer.text)
    assert "<script" not in answer.text
    assert not re.search(r'(src|href)="', answer.text)
    told = set(amara.client.get("/learn/data/download").json()) - {"format", "made_at"}
    assert {name for name, _ in OWN_DATA} == told
    assert "/learn/data/data.html" in amara.get("/learn/data").html
