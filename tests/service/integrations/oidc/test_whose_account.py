"""Which person an account stands for: known safely, or not at all, and never somebody who may do more than it says."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from service.domain.roles import Role
from service.integrations.oidc import providers
from service.store.tables import AccountBinding, Person, StrangerRule
from tests.service.integrations.oidc.conftest import House, in_cookie, who
from tests.service.web.browsing import signed_in

VERIFIED = {"email": "Amara@Harbor.example.org", "email_verified": True}


@pytest.fixture
def mailed(house: House) -> House:
    """Amara has an address."""
    body = {"name": "Amara Okafor", "email": "amara@harbor.example.org"}
    roles = [{"role": "learner", "group": "year-8"}]
    assert house.school.platform.put("/v1/people/amara", json={**body, "roles": roles}).status_code == 200
    return house


def test_a_verified_address_is_enough_to_know_a_learner_by(mailed: House) -> None:
    amara, _ = mailed.come(sub="a-1", **VERIFIED)
    assert who(mailed, amara) == "amara"


@pytest.mark.parametrize("verified", [False, None, "true", 1, [True]])
def test_an_address_that_the_provider_has_not_verified_is_nobodys(mailed: House, verified: Any) -> None:
    assert mailed.refused(sub="a-1", email="amara@harbor.example.org", email_verified=verified) == "stranger"


def test_an_address_counts_only_where_the_organization_wants_it_to(mailed: House) -> None:
    mailed.set_up(by_email=False)
    assert mailed.refused(sub="a-1", **VERIFIED) == "stranger"


def test_an_address_of_two_people_is_neithers(mailed: House) -> None:
    body = {"name": "Ada", "email": "amara@harbor.example.org", "roles": [{"role": "learner", "group": "year-8"}]}
    mailed.school.platform.put("/v1/people/ada", json=body)
    assert mailed.refused(sub="a-1", **VERIFIED) == "stranger"


def test_who_has_an_address_now_is_not_who_had_it_before(mailed: House) -> None:
    """An address is given to somebody else when its owner leaves; the account is another, and says so by its mark."""
    mailed.come(sub="a-1", **VERIFIED)
    assert mailed.refused(sub="a-2", **VERIFIED) == "waits"
    amara, _ = mailed.come(sub="a-1", email="new@harbor.example.org", email_verified=True)
    assert who(mailed, amara) == "amara"


@pytest.mark.parametrize("person", ["tomasz", "lindiwe", "mateo"])
def test_who_may_do_more_than_the_account_says_is_not_given_away(house: House, person: str) -> None:
    assert house.refused(sub="x-1", name="Somebody", employee=person) == "waits"
    assert house.refused(sub="x-1", name="Somebody", employee=person) == "waits"
    assert house.acts().count("account.wait") == 1


@pytest.mark.parametrize(
    ("role", "group", "comes"),
    [
        (Role.FACILITATOR, "year-8", True),
        (Role.FACILITATOR, "harbor", True),
        (Role.COORDINATOR, "year-8", True),
        (Role.LEARNER, "harbor", False),
    ],
)
def test_who_is_by_the_rules_what_they_are_here_comes_in(house: House, role: Role, group: str, comes: bool) -> None:
    house.rule("groups", "staff", role, group)
    visitor, _ = house.come(sub="m-1", employee="mateo", groups=["staff"])
    assert bool(in_cookie(visitor)) is comes


def test_a_coordinator_confirms_an_account_and_from_then_on_it_signs_its_person_in(house: House) -> None:
    house.refused(sub="t-1", name="Tomasz N.", employee="tomasz")
    tomasz = signed_in(house.school, "tomasz")  # by a link
    page = tomasz.get("/desk/settings/accounts")
    assert "id tomasz, “Tomasz N.” wants to be Tomasz Nowak" in page.text
    binding = house.binding()
    assert binding is not None
    tomasz.send(page, f"/desk/settings/accounts/bindings/{binding.id}/confirm")
    again, _ = house.come(sub="t-1")
    assert who(house, again) == "tomasz"
    confirmed = house.binding()
    assert confirmed is not None
    assert confirmed.said == ""  # what it was decided by is not kept


def test_an_account_that_is_said_to_be_somebody_elses_signs_nobody_in(house: House) -> None:
    house.refused(sub="t-1", name="Tomasz N.", employee="tomasz")
    binding = house.binding()
    assert binding is not None
    with house.school.sessions.writing() as session:
        providers.unbind(session, house.actor, binding.id, now=house.school.now())
    assert house.binding() is None
    assert house.refused(sub="t-1", name="Tomasz N.", employee="tomasz") == "waits"


def test_an_account_that_is_parted_from_somebody_ends_what_it_began(house: House) -> None:
    house.come(sub="a-1", employee="amara")
    binding = house.binding()
    assert binding is not None
    with house.school.sessions.writing() as session:
        providers.unbind(session, house.actor, binding.id, now=house.school.now())
    assert house.open_sessions("amara") == 0


def test_a_stranger_does_not_come_in_where_the_organization_says_so(house: House) -> None:
    assert house.refused(sub="n-1", name="Nobody", employee="nobody") == "stranger"
    assert house.school.platform.get("/v1/people/nobody").status_code == 404


def test_a_stranger_comes_in_as_a_learner_where_the_organization_says_so(house: House) -> None:
    house.set_up(strangers=StrangerRule.LEARNER, strangers_group="year-8")
    mail = {"email": "noor@x.example.org", "email_verified": True}
    visitor, _ = house.come(sub="n-1", name="Noor Said", employee="noor", **mail)
    assert who(house, visitor) == "noor"
    assert house.roles("noor") == {("learner", "year-8")}
    person = house.school.platform.get("/v1/people/noor").json()
    assert (person["name"], person["consents"]["show_work"]) == ("Noor Said", "no")
    again, _ = house.come(sub="n-1", name="Noor Said")
    assert who(house, again) == "noor"


def test_a_stranger_without_an_id_of_the_platform_gets_one_that_says_nothing(house: House) -> None:
    house.set_up(strangers=StrangerRule.LEARNER, strangers_group="year-8", person_claim="")
    visitor, _ = house.come(sub="noor@harbor.example.org", name="Noor\u202e Said")
    assert who(house, visitor).startswith("account-")
    assert "noor" not in who(house, visitor)


def test_a_stranger_with_somebody_elses_address_is_not_made_anew_under_their_id(mailed: House) -> None:
    mailed.set_up(strangers=StrangerRule.LEARNER, strangers_group="year-8", by_email=False, person_claim="")
    visitor, _ = mailed.come(sub="a-9", **VERIFIED)
    assert who(mailed, visitor) != "amara"


def test_rules_give_roles_and_take_back_what_they_gave_and_nothing_else(house: House) -> None:
    house.rule("groups", "coaches", Role.FACILITATOR, "harbor")
    house.rule("realm_access.roles", "leads", Role.COORDINATOR, "year-8")
    plain = {"sub": "a-1", "employee": "amara"}
    house.come(**plain, groups=["coaches"], realm_access={"roles": ["leads"]})
    own = ("learner", "year-8")
    assert house.roles("amara") == {own, ("facilitator", "harbor"), ("coordinator", "year-8")}
    house.come(**plain, groups=["coaches"])
    assert house.roles("amara") == {own, ("facilitator", "harbor")}
    house.come(**plain, groups=["Coaches"])
    assert house.roles("amara") == {own}
    assert house.acts().count("account.roles") == 3


def test_who_is_left_without_any_role_does_not_come_in(house: House) -> None:
    house.rule("groups", "coaches", Role.FACILITATOR, "harbor")
    visitor, _ = house.come(sub="n-1", employee="noor", groups=["coaches"])
    assert who(house, visitor) == "noor"
    assert house.refused(sub="n-1", employee="noor", groups=[]) == "stranger"


def test_rules_never_take_the_last_coordinator_away(house: House) -> None:
    """Whose role came by a rule, too: nobody would be left who could mend the rule."""
    house.rule("groups", "leads", Role.COORDINATOR, "harbor")
    house.come(sub="n-1", employee="noor", groups=["leads"])
    gone = {"name": "Tomasz Nowak", "roles": [{"role": "learner", "group": "year-8"}]}
    assert house.school.platform.put("/v1/people/tomasz", json=gone).status_code == 200
    visitor, _ = house.come(sub="n-1", employee="noor", groups=[])
    assert who(house, visitor) == "noor"
    assert house.roles("noor") == {("coordinator", "harbor")}


def test_somebody_who_is_erased_is_known_by_no_account_any_more(house: House) -> None:
    house.come(sub="a-1", employee="amara", name="Amara")
    with house.school.sessions.writing() as session:
        person = session.scalar(select(Person).where(Person.external_id == "amara"))
        assert person is not None
        person.erased_at = house.school.now()  # of whom a row stays, since approvals rest on it
    assert house.refused(sub="a-1", employee="amara") == "stranger"


def test_two_first_sign_ins_with_one_account_make_one_person(house: House) -> None:
    from concurrent.futures import ThreadPoolExecutor

    house.set_up(strangers=StrangerRule.LEARNER, strangers_group="year-8", person_claim="")
    house.provider.account = {"sub": "n-1", "name": "Noor"}
    with ThreadPoolExecutor(3) as threads:
        came = [one.result() for one in [threads.submit(house.come) for _ in range(3)]]
    assert len({who(house, visitor) for visitor, _ in came}) == 1
    with house.school.sessions.reading() as session:
        assert len(session.scalars(select(AccountBinding)).all()) == 1


def test_that_one_address_is_verified_says_nothing_of_another(mailed: House) -> None:
    """The token names one, and the provider says more of another."""
    mailed.provider.more = {"email": "mallory@harbor.example.org", "email_verified": True}
    assert mailed.refused(sub="m-1", email="amara@harbor.example.org") == "stranger"
    mailed.provider.more["email"] = "amara@harbor.example.org"
    amara, _ = mailed.come(sub="a-1", email="amara@harbor.example.org")
    assert who(mailed, amara) == "amara"
