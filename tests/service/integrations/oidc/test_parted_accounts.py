"""An account that is parted from somebody, or comes from elsewhere, takes nothing and nobody with it."""

from __future__ import annotations

import pytest

from service.domain.roles import Role
from service.integrations.oidc import providers
from service.store.tables import AccountProvider, StrangerRule
from tests.service.integrations.oidc.conftest import House, who

LEARNERS = {"strangers": StrangerRule.LEARNER, "strangers_group": "year-8"}


def part(house: House) -> None:
    binding = house.binding()
    assert binding is not None
    with house.school.sessions.writing() as session:
        providers.unbind(session, house.actor, binding.id, now=house.school.now())


def test_who_came_by_an_account_and_was_parted_from_it_is_not_written_over(house: House) -> None:
    house.set_up(person_claim="", **LEARNERS)
    noor = who(house, house.come(sub="n-1", name="Noor")[0])
    body = {"name": "Noor Said", "roles": [{"role": "facilitator", "group": "year-8"}]}
    assert house.school.platform.put(f"/v1/people/{noor}", json=body).status_code == 200
    part(house)
    for _ in range(2):
        assert house.refused(sub="n-1", name="Somebody") == "waits"
    assert house.roles(noor) == {("facilitator", "year-8")}
    assert house.school.platform.get(f"/v1/people/{noor}").json()["name"] == "Noor Said"


def test_what_rules_gave_ends_with_the_account_that_it_was_given_by(house: House) -> None:
    house.rule("groups", "staff", Role.FACILITATOR, "year-8")
    house.come(sub="a-1", employee="amara", groups=["staff"])
    assert ("facilitator", "year-8") in house.roles("amara")
    part(house)
    assert house.roles("amara") == {("learner", "year-8")}


def test_what_rules_gave_ends_with_the_issuer_that_it_was_given_by(house: House) -> None:
    house.rule("groups", "staff", Role.FACILITATOR, "year-8")
    house.come(sub="a-1", employee="amara", groups=["staff"])
    house.set_up(issuer="https://accounts.elsewhere.example.org")
    assert house.roles("amara") == {("learner", "year-8")}


def test_whose_roles_were_all_taken_away_does_not_come_back_as_a_learner(house: House) -> None:
    house.set_up(**LEARNERS)
    house.come(sub="a-1", employee="amara")
    assert house.school.platform.put("/v1/people/amara", json={"name": "Amara", "roles": []}).status_code == 200
    assert house.refused(sub="a-1", employee="amara") == "stranger"
    with house.school.sessions.reading() as session:
        assert providers.trial(session, house.actor, {"sub": "a-1"}).why == "stranger"


def test_an_address_alone_does_not_decide_where_the_account_names_somebody_else(house: House) -> None:
    body = {"name": "Amara", "email": "amara@harbor.example.org", "roles": [{"role": "learner", "group": "year-8"}]}
    house.school.platform.put("/v1/people/amara", json=body)
    mail = {"email": "amara@harbor.example.org", "email_verified": True}
    assert house.refused(sub="b-1", employee="noor", **mail) == "waits"


def test_an_address_with_signs_that_only_look_like_letters_is_nobodys(house: House) -> None:
    body = {"name": "Mark", "email": "mark@harbor.example.org", "roles": [{"role": "learner", "group": "year-8"}]}
    house.school.platform.put("/v1/people/mark", json=body)
    assert house.refused(sub="m-1", email="mar\u212a@harbor.example.org", email_verified=True) == "stranger"


@pytest.mark.parametrize("wish", [{"issuer": "https://mallory.example.org"}, {"client_id": "another"}])
def test_a_secret_is_told_to_nobody_but_whom_it_was_made_for(house: House, wish: dict[str, str]) -> None:
    house.set_up(secret="of the first provider")
    assert _secret(house)
    house.set_up(secret=None, **wish)
    assert _secret(house) == ""


def _secret(house: House) -> str:
    with house.school.sessions.reading() as session:
        row: AccountProvider = providers.one(session, house.actor)
        return row.secret
