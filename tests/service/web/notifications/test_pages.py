"""What one was told, on the page and through the API; how one wants to be told; and the link that ends all mail."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from icalendar import Calendar
from sqlalchemy import select

from service.actions.bundles import take_in
from service.actions.notifications import tell
from service.actions.notifications.tell import Told
from service.actions.notifications.wishes import NO_MORE_MAIL
from service.domain.notifications.kinds import NotificationKind
from service.mail.post import Post
from service.mail.smtp import MailServer
from service.store import find
from service.store.sealing import Seal
from service.store.tables import Mailbox, NotificationRhythm, Person
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School
from tests.service.web.learners.learning import released

HERE = "/notifications"
WISHES = "/v1/people/amara/notifications/settings"


def told(school: School) -> None:
    """Whoever is to be told of what has happened is told."""
    with school.sessions.writing() as session:
        while tell.tell_some(session, school.organization, now=school.now()):
            pass


def with_noor(school: School) -> None:
    body = {"name": "Noor Haddad", "roles": [{"role": "learner", "group": "year-8"}]}
    assert school.platform.put("/v1/people/noor", json=body).status_code == 201


def answered(school: School) -> None:
    released(school)
    with_noor(school)
    told(school)


def person(school: School, name: str) -> str:
    with school.sessions.reading() as session:
        return find.one(session, Person, school.organization, name).id


def test_a_learner_finds_what_was_told_and_the_bar_says_how_much_is_unread(school: School) -> None:
    answered(school)
    amara = signed_in(school, "amara")
    assert "Notifications 1 unread" in amara.get("/learn").text
    page = amara.get(HERE)
    assert "Feedback on your work on “Peer observation” is there. unread" in page.text
    assert 'href="/learn/work/amara-1"' in page.html
    page = amara.send(page, f"{HERE}/read")
    assert "unread" not in page.text
    assert "is there." in page.text
    assert "Notifications" in amara.get("/learn").text


def test_what_counts_as_unread_can_be_marked_as_read_where_it_says_nothing_any_more(school: School) -> None:
    with school.sessions.writing() as session:
        amara = find.one(session, Person, school.organization, "amara")
        gone = Told(amara.id, NotificationKind.FEEDBACK_THERE, "0" * 32, "one")
        tell.told(session, school.organization, [gone], now=school.now())
    visitor = signed_in(school, "amara")
    page = visitor.get(HERE)
    assert "Notifications 1 unread" in page.text
    assert "Mark all as read" in page.text
    assert "1 unread" not in visitor.send(page, f"{HERE}/read").text
    assert "Mark all as read" not in visitor.get(HERE).text


def test_one_is_marked_as_read_and_nobody_elses(school: School) -> None:
    answered(school)
    (one,) = school.person("amara").get("/v1/people/amara/notifications").json()["items"]
    noor = signed_in(school, "noor")
    other = noor.get(HERE)
    noor.client.post(f"{HERE}/{one['id']}/read", data={"csrf": other.csrf})
    assert school.person("amara").get("/v1/people/amara/notifications").json()["items"][0]["read"] is False
    amara = signed_in(school, "amara")
    amara.send(amara.get(HERE), f"{HERE}/{one['id']}/read")
    assert school.person("amara").get("/v1/people/amara/notifications").json()["items"][0]["read"] is True


def test_the_api_lists_and_marks_for_the_person_and_for_platforms_only(school: School) -> None:
    answered(school)
    for client in (school.person("amara"), school.platform):
        (one,) = client.get("/v1/people/amara/notifications").json()["items"]
        assert (one["kind"], one["topic"], one["path"]) == ("feedback_there", "feedback", "/learn/work/amara-1")
    for name in ("noor", "lindiwe", "tomasz"):
        assert school.person(name).get("/v1/people/amara/notifications").status_code == 404
        assert school.person(name).post("/v1/people/amara/notifications/read", json={}).status_code == 404
        assert school.person(name).get(WISHES).status_code == 404
        assert school.person(name).put(WISHES, json={}).status_code == 404
    amara = school.person("amara")
    assert amara.post("/v1/people/amara/notifications/read", json={}).json() == {"read": 1}
    assert amara.post("/v1/people/amara/notifications/read", json={}).json() == {"read": 0}


def test_one_chooses_how_often_and_when_on_the_page(school: School) -> None:
    school.platform.put("/v1/people/amara", json=_amara(email="Amara@Example.org"))
    amara = signed_in(school, "amara")
    page = amara.get(f"{HERE}/settings")
    assert "Feedback on my work" in page.text
    assert "What needs a coordinator" not in page.text
    fields = {"feedback": "weekly", "hour": "8", "quiet_from": "20", "quiet_until": "6", "time_zone": "Asia/Kolkata"}
    sent = amara.send(page, f"{HERE}/settings", **fields)
    assert "Now it is Asia/Kolkata" in sent.text
    shown = school.person("amara").get(WISHES).json()
    assert shown["email"] == "Amara@example.org"
    assert (shown["rhythms"]["feedback"], shown["hour"], shown["quiet_from"]) == ("weekly", 8, 20)
    wrong = amara.send(page, f"{HERE}/settings", **{**fields, "time_zone": "Mars/Olympus"})
    assert wrong.status == 422
    assert school.person("amara").get(WISHES).json()["time_zone"] == "Asia/Kolkata"


def _amara(**more: object) -> dict[str, object]:
    return {"name": "Amara Okafor", "roles": [{"role": "learner", "group": "year-8"}], **more}


def test_an_address_is_put_left_alone_and_taken_away(school: School) -> None:
    def email() -> str:
        return str(school.platform.get(WISHES).json()["email"])

    assert school.platform.put("/v1/people/amara", json=_amara(email="amara@localhost")).status_code == 422
    school.platform.put("/v1/people/amara", json=_amara(email="amara@example.org"))
    school.platform.put("/v1/people/amara", json=_amara())
    assert email() == "amara@example.org"
    assert "amara@example.org" not in school.person("lindiwe").get("/v1/people/amara").text
    assert "amara@example.org" in school.person("amara").get("/v1/people/amara/data").text
    amara = signed_in(school, "amara")
    page = amara.send(amara.get(f"{HERE}/settings"), f"{HERE}/address/remove")
    assert "forgotten" in page.text
    assert email() == ""
    for again in ("amara@example.org", "Amara@example.org"):  # as a platform does every night
        school.platform.put("/v1/people/amara", json=_amara(email=again))
        assert email() == ""
    fields = {"name": "Amara Okafor", "language": "", "held": "learner|year-8", "email": "amara@example.org"}
    tomasz = signed_in(school, "tomasz")
    tomasz.send(tomasz.get("/desk/people/amara"), "/desk/people/amara", **fields)
    assert email() == "amara@example.org"
    amara.send(amara.get(f"{HERE}/settings"), f"{HERE}/address/remove")
    school.platform.put("/v1/people/amara", json=_amara(email="amara@example.net"))
    assert email() == "amara@example.net"
    school.platform.put("/v1/people/amara", json=_amara(email=""))
    assert email() == ""


def test_a_roster_brings_addresses(school: School) -> None:
    sent = school.platform.post(
        "/v1/imports",
        content=b"id;name;group;email\nzola;Zola Ndlovu;year-8;zola@example.org\n",
        headers={"Content-Type": "text/csv"},
    )
    assert sent.status_code == 202, sent.text
    with school.sessions.writing() as session:
        while take_in.take_chunk(session, sent.json()["id"], now=school.now()):
            pass
    assert school.platform.get("/v1/people/zola/notifications/settings").json()["email"] == "zola@example.org"


def test_a_coordinator_sees_that_mail_comes_back_and_changes_the_address(school: School) -> None:
    school.platform.put("/v1/people/amara", json=_amara(email="amara@example.org"))
    with school.sessions.writing() as session:
        row = session.scalars(select(Mailbox)).one()
        row.bounced_at, row.bounced_code = school.now(), "5.1.1"
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get("/desk/people/amara")
    assert "Mail to it comes back" in page.text
    assert "amara@example.org" not in signed_in(school, "lindiwe").get("/desk/people/amara").html
    fields = {"name": "Amara Okafor", "language": "", "held": "learner|year-8", "email": "amara@example.net"}
    assert "Mail to it comes back" not in tomasz.send(page, "/desk/people/amara", **fields).text
    wrong = tomasz.send(page, "/desk/people/amara", **{**fields, "email": "amara"})
    assert wrong.status == 422
    assert school.platform.get(WISHES).json()["email"] == "amara@example.net"
    assert school.platform.get(WISHES).json()["bounced"] is False


def end_of(school: School, name: str) -> str:
    """The path of the link in this person's letters that ends all mail."""
    seal = school.app.state.services.seal
    post = Post(MailServer("127.0.0.1", 25), "f@example.org", "", partial(seal.signed, NO_MORE_MAIL))
    return post.end_url(person(school, name))


def rhythms(school: School, name: str) -> set[str]:
    with school.sessions.reading() as session:
        rows = session.scalars(select(NotificationRhythm).where(NotificationRhythm.person_id == person(school, name)))
        return {row.rhythm.value for row in rows}


def test_looking_at_the_link_ends_nothing_and_one_click_ends_all_mail_without_a_session(school: School) -> None:
    with_noor(school)
    link = end_of(school, "amara")
    client = school.client()
    page = client.get(link)
    assert page.status_code == 200
    assert "No more mail?" in page.text
    assert rhythms(school, "amara") == set()
    sent = client.post(link, data={"List-Unsubscribe": "One-Click"})
    assert sent.status_code == 200
    assert rhythms(school, "amara") == {"never"}
    assert rhythms(school, "noor") == set()
    assert school.platform.get(WISHES).json()["rhythms"]["feedback"] == "never"


def test_a_link_that_was_made_up_or_is_for_something_else_ends_nobodys_mail(school: School) -> None:
    with_noor(school)
    link, other = end_of(school, "amara"), end_of(school, "noor")
    seal = school.app.state.services.seal
    amara = person(school, "amara")
    for wrong in (
        f"/mail/{amara}.{other.rpartition('.')[2]}",  # somebody else's signature
        f"/mail/{seal.signed('something-else', amara)}",
        f"/mail/{Seal('another secret, of thirty-two letters').signed(NO_MORE_MAIL, amara)}",
        f"{link[:-1]}{'A' if link[-1] != 'A' else 'B'}",
    ):
        sent = school.client().post(wrong)
        assert "does not work" in sent.text, wrong
    assert rhythms(school, "amara") == rhythms(school, "noor") == set()


def test_days_of_next_steps_are_taken_into_a_calendar(school: School) -> None:
    with_noor(school)
    day = school.now().date() + timedelta(days=3)
    step = {"text": "Ask Yusuf, then begin", "due_on": day.isoformat()}
    school.person("amara").post("/v1/people/amara/commitments", json=step)
    amara = signed_in(school, "amara")
    assert 'href="/learn/calendar.ics"' in amara.get("/learn").html
    answer = amara.client.get("/learn/calendar.ics")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.text).walk("VEVENT")
    assert (event["SUMMARY"], event["DTSTART"].dt) == (step["text"], day)
    assert Calendar.from_ical(signed_in(school, "noor").client.get("/learn/calendar.ics").text).walk("VEVENT") == []


@pytest.mark.parametrize("path", [HERE, f"{HERE}/settings"])
def test_nobody_is_told_anything_without_signing_in(school: School, path: str) -> None:
    assert school.client().get(path, follow_redirects=False).headers["Location"].startswith("/sign-in")
