"""How the life begins that people's rules are walked in: with something of every kind to be seen."""

from __future__ import annotations

import itertools
from pathlib import Path

from service.actions.access import credentials, organizations
from service.actions.people import register
from service.domain.roles import Role
from service.store.session import Sessions, make_engine
from tests.service.actions.introductions.village import NOW
from tests.service.people_rules.agreed import PEOPLE, REVIEWED, Agreed, Person
from tests.service.people_rules.life import Life


def begin(folder: Path) -> Life:
    """A school some days into its life: everybody has handed in, three have galleries, two were introduced, one has
    declined, one waits, two have stated a need."""
    sessions = Sessions(make_engine(f"sqlite:///{folder / 'peerloom.db'}"))
    with sessions.writing() as session:
        organization = organizations.create(session, external_id="elmfield", name="Elmfield", now=NOW).id
        _, secret = credentials.issue_key(session, organization, name="platform", now=NOW)
        life = Life(sessions, organization, credentials.authenticate(session, secret, now=NOW))
        register.put_group(session, life.platform, "all", name="All", parent=None, now=NOW)
        for group in ("north", "south"):
            register.put_group(session, life.platform, group, name=group.title(), parent="all", now=NOW)
        for person, group in REVIEWED.items():
            role = Role.COORDINATOR if person == "ines" else Role.FACILITATOR
            register.put_person(session, life.platform, person, name=person.title(), roles=[(role, group)], now=NOW)
        life.actors = {person: life.actor_in(session, person) for person in REVIEWED}
    life.agreed, life.number = Agreed(), itertools.count(1)
    for person in PEOPLE:
        life.agreed.people[person] = Person("no", False, "local")
        life.move(person, frozenset({"north" if person in ("amara", "yusuf") else "south"}))
        show = "without_name" if person == "noor" else "with_name"
        life.allow_now(person, show, True, "local")
    life.ids = {person: life.id(person) for person in PEOPLE}
    life.names = {id_: person for person, id_ in life.ids.items()}
    life.set_up(folder)
    life.share("after_attempt", "organization")
    for person in PEOPLE:
        life.hand_in(person)
    life.work()
    _get_acquainted(life)
    return life


def _get_acquainted(life: Life) -> None:
    life.galleries("amara", "lin", "yusuf")
    for pair in (("amara", "lin"), ("noor", "tiago"), ("amara", "yusuf")):
        life.offer(*pair)
    life.approve_all()
    life.ask_all()
    life.note_questions()
    asked = {frozenset(one.both): id_ for id_, one in life.agreed.meetings.items()}
    for one, person, yes in (
        ("amara lin", "amara", True),
        ("amara lin", "lin", True),
        ("noor tiago", "tiago", True),
        ("noor tiago", "noor", False),
        ("amara yusuf", "amara", True),
    ):
        life.say(asked[frozenset(one.split())], person, yes)
    for person in ("tiago", "amara"):
        life.ask_for(person)
    life.let_found()
    life.suggest_all()
