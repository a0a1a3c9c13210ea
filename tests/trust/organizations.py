"""Many organizations on one server, alike in every id that a platform gives, each with a word that nobody else has."""

from __future__ import annotations

import random
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from service.actions.access import sign_in
from service.store import find
from service.store.tables import Person
from tests.service.web.conftest import SEED, School

OWN = re.compile(r"\b[0-9a-f]{32}\b")
CANARY = re.compile(r"kestrel[0-9a-f]{12}")
PEOPLE = {
    "/v1/groups/year-9": {"name": "Year 9", "parent": "harbor"},
    "/v1/people/zuri": {"name": "Zuri Mbeki", "roles": [{"role": "learner", "group": "year-8"}]},
    "/v1/people/oriol": {"name": "Oriol Serra", "roles": [{"role": "learner", "group": "year-9"}]},
    "/v1/people/otto": {"name": "Otto Lind", "roles": [{"role": "facilitator", "group": "year-9"}]},
}
SHARING = {"show_work": "with_name", "introduce": True, "ai": "any"}
WORDS = ("name", "title", "prompt", "text", "reference", "summary", "answer", "step", "note")
WAYS = ("key", "limited key", "tomasz", "lindiwe", "otto", "amara", "zuri")


@dataclass
class Place:
    """One organization: its canary, who calls, and the ids of ours that it was shown."""

    school: School
    canary: str
    callers: dict[str, httpx.Client] = field(default_factory=dict)
    visitors: dict[str, httpx.Client] = field(default_factory=dict)
    csrf: dict[str, str] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)

    def learned(self, text: str) -> None:
        self.ids = list(dict.fromkeys([*self.ids, *OWN.findall(text)]))[-400:]

    def foreign(self, text: str) -> set[str]:
        """Canaries in a text that are not this organization's."""
        return set(CANARY.findall(text.lower())) - {self.canary}

    def marked(self, body: Any) -> Any:
        """The same body with the canary in all of its words."""
        if isinstance(body, Mapping):
            return {
                key: f"{one} {self.canary}" if key in WORDS and isinstance(one, str) else self.marked(one)
                for key, one in body.items()
            }
        return [self.marked(one) for one in body] if isinstance(body, list) else body


def founded(school: School, number: int, chance: random.Random) -> Place:
    """An organization with two groups and six people, a challenge, a document and work, all marked."""
    own = school.founded(f"trust-{number}-{secrets.token_hex(4)}")
    place = Place(own, f"kestrel{chance.getrandbits(48):012x}")
    for path, body in {**SEED, **PEOPLE}.items():
        answer = own.platform.put(path, json=place.marked(body))
        assert answer.status_code in (200, 201), answer.text
    for name in ("amara", "zuri", "oriol"):
        assert own.platform.put(f"/v1/people/{name}/consents", json=SHARING).status_code == 200
        text = (
            f"We pair teachers across grades, says {place.canary}, and visit each other twice before half-term. {name}"
        )
        body = {"challenge": "peer-observation", "person": name, "text": text}
        answer = own.platform.put(f"/v1/submissions/{name}-1", json=body)
        assert answer.status_code == 202, answer.text
        place.learned(answer.text)
    limited = own.platform.post("/v1/keys", json={"name": "Year 9", "groups": ["year-9"]}).json()
    place.callers = {"key": own.platform, "limited key": own.client(limited["secret"])}
    place.callers |= {name: own.person(name) for name in WAYS if name not in place.callers}
    for name in ("tomasz", "lindiwe", "amara"):
        place.visitors[name] = _session(place, name)
        page = place.visitors[name].get("/desk" if name != "amara" else "/learn").text
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
        assert found, f"{name} has no form, and would be refused everywhere"
        place.csrf[name] = found[1]
    return place


def _session(place: Place, name: str) -> httpx.Client:
    school = place.school
    with school.sessions.writing() as session:
        row = find.one(session, Person, school.organization, name)
        _, secret = sign_in.invite(session, school.organization, row, by="operator", now=school.now())
        own = sign_in.enter(session, secret, embedded=False, now=school.now()).secret
    client = school.client()
    client.cookies["peerloom"] = own
    return client
