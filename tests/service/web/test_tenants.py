"""Nothing crosses an organization: every route is walked with another one's key, whose things have the same ids."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from service.actions.introductions import common, review
from service.store import find
from service.store.tables import Document, DocumentVersion, Introduction, Job, Person, Questioned
from service.web.openapi import operations
from tests.conftest import sessions
from tests.service.web.conftest import SEED, School
from tests.service.web.goals.goaled import goaled

__all__ = ["sessions"]  # on both databases

MARK = "orchid"
KNOWN = {
    "groups": "year-8",
    "people": "amara",
    "challenges": "peer-observation",
    "context": "handbook",
    "submissions": "amara-1",
}
BODIES: dict[str, Any] = {
    "put_comparison": {"text": "Who begins where?"},
    "put_group": {"name": "Ours"},
    "put_person": {"name": "Ours", "roles": [{"role": "learner", "group": "year-8"}]},
    "read_notifications": {"ids": None},
    "put_notification_settings": {"rhythms": {"feedback": "daily"}},
    "put_consents": {"show_work": "with_name"},
    "put_challenge": {"title": "Ours", "prompt": "Ours.", "groups": ["year-8"]},
    "put_document": {"title": "Ours", "text": "Ours."},
    "put_organization": {"name": "Ours"},
    "put_submission": {"challenge": "peer-observation", "person": "amara", "text": "Ours."},
    "put_feedback": {"approved_by": "lindiwe", "summary": "Ours."},
    "add_point": {"kind": "question", "text": "Whose?"},
    "decide_point": {"act": "accept"},
    "change_draft": {"summary": "Ours."},
    "search": {"submission": "amara-1"},
    "create_webhook": {"name": "Ours", "url": "https://ours.example.org/"},
    "put_webhook": {"name": "Ours", "url": "https://ours.example.org/"},
    "replay_failed": {"since": "2020-01-01T00:00:00Z"},
    "create_key": {"name": "Ours", "groups": ["year-8"]},
    "mint_token": {"person": "amara"},
    "apply_decision": {"to": [{"draft": "0" * 32, "version": 1, "point": "0" * 32}]},
    "assign_drafts": {"shares": [{"person": "lindiwe", "weight": 1}]},
    "take_assignment_back": {"given_at": "2026-10-05T09:00:00Z"},
    "lint": {"kind": "question", "text": "Whose?"},
    "settle_alert": {"right": "both"},
    "make_spot_check": {"standing": "met"},
    "put_reaction": {"helpful": True},
    "ask": {"text": "Whose?"},
    "answer_ask": {"text": "Ours."},
    "commit_to": {"text": "Ours.", "due_on": "2200-01-01"},
    "put_outcome": {"outcome": "kept"},
    "approve_introduction": {"seen": "0" * 64},
    "revise_introduction": {"step": "Ours."},
    "undo_introduction": {},
    "dismiss_introduction": {"reason": "other"},
    "answer_introduction": {"yes": True},
    "report_introduction": {"met": True},
    "state_request": {"text": "Whose handbook is this?"},
    "reply_to_request": {"text": "Ours."},
    "settle_request": {"answered": True},
    "thank_author": {"item": "0" * 32},
    "put_takeaway": {"text": "Ours."},
    "judge": {"readings": [{"criterion": "k1", "standing": "met", "nowhere": True}]},
    "approve_gallery": {"seen": "0" * 64},
    "decide_evidence": {"act": "confirm"},
    "send_reminders": {"kind": "not_handed_in", "text": "Ours."},
    "answer_question": {"criterion": "k1", "answer": "Ours."},
    "erase": {"kind": "submission", "id": "of-another-organization"},
    "decide_on_questioned": {"act": "fine"},
}


def introduced(school: School) -> str:
    """The id of a suggested introduction in the first organization."""
    now = school.now()
    with school.sessions.writing() as session:
        first, second = (find.one(session, Person, school.organization, one).id for one in ("amara", "tomasz"))
        words = dict.fromkeys(review.WORDS, MARK)
        given = {"first_id": first, "second_id": second, "pair": common.pair(first, second), "wording": words}
        more = {"kind": "expert", "reasons": [], "features": {}, "score": 1.0, "passages": [], "note": ""}
        row = Introduction(organization_id=school.organization, created_at=now, **given, **more)
        session.add(row)
        session.flush()
        return row.id


def doubted(school: School) -> str:
    """The id of a questioned passage in the first organization's handbook."""
    with school.sessions.writing() as session:
        paper = find.one(session, Document, school.organization, "handbook")
        version = session.scalars(select(DocumentVersion).where(DocumentVersion.document_id == paper.id)).first()
        assert version is not None
        place = {"document_id": paper.id, "version_id": version.id, "start": 0, "end": 5, "wording": "0" * 64}
        what = {"kind": "not", "says": "yes", "instead": "not", "found_at": school.now()}
        row = Questioned(organization_id=school.organization, **place, **what)
        session.add(row)
        session.flush()
        return row.id


class Secrets:
    """What the first organization has, by our own ids."""

    def __init__(self, school: School) -> None:
        draft = "/v1/drafts/" + school.drafted("amara-1", f"We bring an {MARK} to each visit.")
        shown = school.platform.get(draft)
        self.draft, self.etag, self.hash = shown.json()["id"], shown.headers["ETag"], shown.json()["text_hash"]
        self.point = shown.json()["points"][0]["id"]
        school.platform.post("/v1/submissions/amara-1/gallery")
        self.gallery = school.platform.get("/v1/galleries").json()["items"][0]["id"]
        self.key = school.platform.post("/v1/keys", json={"name": MARK}).json()["id"]
        hook = {"name": MARK, "url": f"https://{MARK}.example.org/"}
        self.hook = school.platform.post("/v1/webhooks", json=hook).json()["id"]
        self.delivery = school.platform.post(f"/v1/webhooks/{self.hook}/test").json()["id"]
        sent = {"file": (f"{MARK}.txt", MARK.encode())}
        self.file = school.platform.post("/v1/files?person=amara", files=sent).json()["id"]
        ndjson = {"Content-Type": "application/x-ndjson"}
        bundle = f'{{"kind":"{MARK}"}}\n'.encode()
        self.run = school.platform.post("/v1/imports", content=bundle, headers=ndjson).json()["id"]

        need = {"text": f"Who knows about an {MARK}?"}
        self.need = school.person("amara").post("/v1/requests", json=need).json()["id"]
        self.meeting = introduced(school)
        body = {"name": "Zola", "roles": [{"role": "learner", "group": "year-8"}]}
        school.platform.put("/v1/people/zola", json=body)
        word = {"kind": "not_handed_in", "text": MARK}
        sent = school.person("lindiwe").post("/v1/challenges/peer-observation/reminders", json=word)
        self.word = sent.json()["sent"][0]
        self.passage = doubted(school)
        self.goal, self.piece = goaled(school, "amara-2", f"We pair {MARK} teachers.")
        step = {"text": MARK, "due_on": f"{school.now():%Y-%m-%d}"}
        self.step = school.platform.post("/v1/people/amara/commitments", json=step).json()["id"]
        school.drafted("amara-3", f"We wait for an {MARK}.")
        with school.sessions.reading() as session:
            self.job = session.scalars(select(Job.id).limit(1)).one()
        gone = {"kind": "submission", "id": "amara-3"}
        self.erasure = school.platform.post("/v1/erasures", json=gone).json()["id"]

    def fill(self, path: str) -> str:
        """The address with the first organization's ids in it. A new kind of address must be added here."""
        own = {"drafts": self.draft, "imports": self.run, "keys": self.key, "alerts": f"{self.point}-{self.point}"}
        own |= {"introductions": self.meeting, "requests": self.need}
        own |= {"galleries": self.gallery, "spot-checks": self.draft, "commitments": self.step, "asks": self.point}
        part = [*path.split("/"), ""][2]
        own |= {"goals": self.goal, "reminders": self.word, "questioned": self.passage, "erasures": self.erasure}
        own |= {"jobs": self.job, "webhooks": self.hook}
        path = path.replace("{delivery}", self.delivery).replace("{revision}", "f" * 32)
        path = path.replace("{kind}", "not_handed_in")
        path = path.replace("{about}", self.point).replace("{piece}", self.piece).replace("{file}", self.file)
        return path.replace("{point}", self.point).replace("{id}", own.get(part) or KNOWN.get(part, "{id}"))


def marked() -> dict[str, Any]:
    return {
        path: {**body, **{name: f"{body[name]} {MARK}" for name in ("name", "title", "prompt", "text") if name in body}}
        for path, body in SEED.items()
    }


def everything(school: School) -> dict[str, str]:
    """All that the first organization can read of itself."""
    paths = ["groups", "people", "challenges", "context", "submissions", "drafts", "events", "keys", "webhooks", "me"]
    return {path: school.platform.get(f"/v1/{path}").text for path in paths}


@pytest.mark.parametrize("who", ["platform", "lindiwe", "amara"])
def test_another_organization_finds_and_changes_nothing(bare: School, who: str) -> None:
    for path, body in marked().items():
        assert bare.platform.put(path, json=body).status_code == 201
    secrets, other = Secrets(bare), bare.founded("valley").peopled()
    before = everything(bare)
    assert MARK in "".join(before.values())
    client: httpx.Client = other.platform if who == "platform" else other.person(who)
    for template, method, operation in operations(bare.app.openapi()):
        path = secrets.fill(template)
        assert "{" not in path, f"Say which id to try at {template}."
        name = operation["operationId"]
        body = BODIES.get(name, {"seen": secrets.hash} if name == "approve" else {})
        given: dict[str, Any] = {"json": body} if "requestBody" in operation and name != "start_import" else {}
        if name == "start_import":
            given = {"content": b'{"kind":"group","id":"year-8","name":"Ours"}'}
        kind = "application/x-ndjson" if name == "start_import" else "application/json"
        headers = {"If-Match": secrets.etag, "Content-Type": kind}
        answer = client.request(method, path, headers=headers, **given)
        assert MARK not in answer.text.lower(), (method, path)
        assert str(answer.status_code) in operation["responses"], (method, path, answer.text)
        if any(
            own in path
            for own in (
                secrets.draft,
                secrets.run,
                secrets.key,
                secrets.step,
                secrets.gallery,
                secrets.goal,
                secrets.word,
                secrets.hook,
            )
        ):
            assert answer.status_code in (403, 404), (method, path, answer.text)
    assert everything(bare) == before
