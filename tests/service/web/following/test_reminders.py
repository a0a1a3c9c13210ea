"""Reminders and uptake from outside: over the API, and in a browser without scripts."""

from __future__ import annotations

from sqlalchemy import select

from service.store.tables import OutgoingEvent
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import TEXT, School, on_both
from tests.service.web.learners.learning import released

HERE = "/desk/challenges/peer-observation"
HOSTILE = "</textarea><script>alert(1)</script> \"'> {{7*7}} 🌱"


@on_both
def test_a_facilitator_sees_the_words_sends_them_and_the_learner_sets_them_aside(school: School) -> None:
    mateo = signed_in(school, "mateo")
    page = mateo.get(HERE)
    assert f'href="{HERE}/remind/not_handed_in"' in page.html
    form = mateo.get(f"{HERE}/remind/not_handed_in")
    assert "A first attempt at “Peer observation” is enough" in form.text
    action = f"{HERE}/remind/not_handed_in"
    fields = {"people": ["amara"], "language": "en"}
    sent = mateo.send(form, action, **fields, text=HOSTILE)
    assert "Sent. They find it on their own page." in sent.text
    assert "was reminded of this lately · reminded to hand in" in sent.text
    assert mateo.send(form, action, **fields, text="Again.").status == 409
    assert "reminded to hand in" in mateo.get(HERE).text
    amara = signed_in(school, "amara")
    home = amara.get("/learn")
    assert (HOSTILE in home.text, "<script>alert" in home.html, "Mateo Ruiz" in home.text) == (True, False, True)
    (word,) = school.platform.get("/v1/people/amara/reminders").json()["items"]
    gone = amara.send(home, f"/learn/reminders/{word['id']}/dismiss")
    assert "A word from your facilitators" not in gone.text
    assert school.platform.get(f"/v1/reminders/{word['id']}").json()["open"] is False


def test_nothing_typed_or_nobody_ticked_sends_nothing_and_says_why(school: School) -> None:
    mateo = signed_in(school, "mateo")
    action = f"{HERE}/remind/not_handed_in"
    form = mateo.get(action)
    empty = mateo.send(form, action, people=["amara"], language="en", text=" ")
    assert (empty.status, "Please write what you want to say." in empty.text) == (422, True)
    assert mateo.send(form, action, people=[], language="en", text="Hm.").status == 409
    assert mateo.send(form, action, people=["tomasz"], language="en", text="Hm.").status == 409
    assert school.platform.get("/v1/people/amara/reminders").json()["items"] == []
    assert mateo.get(f"{HERE}/remind/else").status in (404, 422)
    assert signed_in(school, "amara").get(action).status == 403


def test_the_same_post_again_sends_once_and_the_event_leads_to_the_words(school: School) -> None:
    lindiwe, path = school.person("lindiwe"), "/v1/challenges/peer-observation/reminders"
    offer = lindiwe.get(f"{path}/not_handed_in").json()
    assert [one["person"] for one in offer["people"]] == ["amara"]
    body = {"kind": "not_handed_in", "texts": offer["texts"], "people": ["amara"]}
    headers = {"Idempotency-Key": "once"}
    first, again = (lindiwe.post(path, json=body, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    with school.sessions.reading() as session:
        told = session.scalars(select(OutgoingEvent).where(OutgoingEvent.name == "reminder.sent")).all()
    assert [one.data["reminder"] for one in told] == first.json()["sent"]
    (id_,) = first.json()["sent"]
    assert school.platform.get(f"/v1/reminders/{id_}").json()["text"] == offer["texts"]["en"]
    assert school.platform.post(path, json=body).status_code == 403
    assert lindiwe.get(f"/v1/reminders/{id_}").status_code == 404  # the learner's own, and the platform's
    learners = school.platform.get("/v1/challenges/peer-observation/overview").json()["progress"]["learners"]
    assert learners[0]["reminded_at"]


@on_both
def test_uptake_is_told_with_what_is_not_in_it_yet(school: School) -> None:
    released(school)
    assert school.platform.get("/v1/uptake").json() == {"items": [], "next": None}
    school.handed_in(text=f"{TEXT} The first pair will look for questions that children ask.")
    (seen,) = school.platform.get("/v1/uptake").json()["items"]
    assert (seen["challenge"], seen["points"], seen["pending"], seen["as_of"]) == ("peer-observation", 0, 1, None)
    assert school.platform.get("/v1/challenges/peer-observation/uptake").json() == seen
    assert "is still to be compared" in signed_in(school, "mateo").get("/desk/challenges").text
    assert school.person("amara").get("/v1/uptake").status_code == 403


def test_a_coordinator_switches_the_rhythms_on_and_off(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get("/desk/settings")
    typed = {"name": "Harbor", "language": "en", "remind_again_days": "3", "answer_within_days": "5"}
    tomasz.send(page, "/desk/settings", **typed, look_for_introductions_weekly="true")
    kept = school.platform.get("/v1/organization").json()
    names = ("remind_again_days", "answer_within_days", "look_for_introductions_weekly")
    assert [kept[name] for name in names] == [3, 5, True]
    assert "checked" in tomasz.get("/desk/settings").html
    wrong = tomasz.send(page, "/desk/settings", **{**typed, "answer_within_days": "0"})
    assert (wrong.status, "Give whole days, from 1 to 90." in wrong.text) == (422, True)
    tomasz.send(page, "/desk/settings", name="Harbor", language="en")
    kept = school.platform.get("/v1/organization").json()
    assert [kept[name] for name in names] == [None, None, False]
