"""The page on which a coordinator sets accounts up, tries rules, and reads what is wrong."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from service.store.tables import AccountProvider, IntegrationTrouble
from tests.service.integrations.oidc.conftest import House, who, word
from tests.service.web.browsing import Visitor, signed_in
from tests.service.web.conftest import School
from tests.stubs.provider import CLIENT, SECRET, Provider

HERE = "/desk/settings/accounts"


def set_up(tomasz: Visitor, provider: Provider, **fields: str) -> str:
    page = tomasz.get(HERE)
    given = {"name": "Harbor account", "issuer": provider.url, "client_id": CLIENT, "secret": SECRET, "on": "true"}
    return tomasz.send(page, HERE, **given | {"strangers": "refused"} | fields).text


def test_a_coordinator_sets_accounts_up_by_the_page_alone_and_a_learner_comes_in(
    school: School, provider: Provider
) -> None:
    tomasz = signed_in(school, "tomasz")
    assert "Saved." in set_up(tomasz, provider, person_claim="employee", listed="true")
    page = tomasz.get(HERE)
    assert SECRET not in page.html
    with school.sessions.reading() as session:
        row = session.scalars(select(AccountProvider)).one()
    assert SECRET not in row.secret
    assert f"{school.url}/sign-in/account/{row.id}/back" in page.text
    assert "It answers" in tomasz.send(page, f"{HERE}/look").text
    rule = {"claim": "groups", "value": "coaches", "role": "facilitator", "group": "year-8"}
    ruled = tomasz.send(tomasz.get(HERE), f"{HERE}/rules", **rule)
    assert "groups has coaches → facilitator in Year 8" in ruled.text
    house = House(school, provider, row.id)
    amara, _ = house.come(sub="a-1", employee="amara", groups=["coaches"])
    assert who(house, amara) == "amara"
    assert ("facilitator", "year-8") in house.roles("amara")
    assert "1 account" in tomasz.get(HERE).text
    tomasz.send(tomasz.get(HERE), f"{HERE}/delete")
    assert "Set up your provider" in tomasz.get(HERE).text


def test_a_trial_says_what_somebody_would_get_and_changes_nothing(house: House) -> None:
    tomasz = signed_in(house.school, "tomasz")
    rule = {"claim": "groups", "value": "coaches", "role": "facilitator", "group": "year-8"}
    tomasz.send(tomasz.get(HERE), f"{HERE}/rules", **rule)

    def tried(**claims: object) -> str:
        return tomasz.send(tomasz.get(HERE), f"{HERE}/trial", claims=json.dumps(claims)).text

    amara = tried(sub="a-1", employee="amara", groups=["coaches"])
    assert "They would come in As Amara Okafor" in amara
    assert "facilitator in year-8 learner in year-8" in amara
    assert "They would not come in" in tried(sub="t-1", employee="tomasz")
    assert "They would not come in No rule gives" in tried(sub="n-1", employee="noor")
    assert "As somebody new. facilitator in year-8" in tried(sub="n-1", employee="noor", groups=["coaches"])
    for typed in ("[1]", "", "{", "[" * 9_000):
        assert "not a JSON object" in tomasz.send(tomasz.get(HERE), f"{HERE}/trial", claims=typed).text
    assert house.binding() is None
    assert house.roles("amara") == {("learner", "year-8")}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("issuer", "http://10.0.0.1/", "inside somebody's own network"),
        ("issuer", "ftp://accounts.example.org", "https://"),
        ("issuer", "https://user:word@accounts.example.org", "name and password"),
        ("issuer", "https://accounts.example.org/.well-known/openid-configuration", "Leave out"),
        ("issuer", "https://accounts.example.org/?tenant=1", "question mark"),
        ("issuer", "", "cannot be empty"),
        ("client_id", "", "cannot be empty"),
        ("strangers", "learner", "Choose the group"),
    ],
)
def test_what_is_wrong_with_a_provider_is_said_at_its_field(
    school: School, provider: Provider, field: str, value: str, said: str
) -> None:
    text = set_up(signed_in(school, "tomasz"), provider, **{field: value})
    assert "Nothing was saved yet" in text
    assert said in text.replace("’", "'")


def test_an_empty_secret_leaves_the_one_that_is_kept(house: House) -> None:
    tomasz = signed_in(house.school, "tomasz")
    set_up(tomasz, house.provider, secret="", person_claim="employee")
    amara, _ = house.come(sub="a-1", employee="amara")
    assert who(house, amara) == "amara"


def test_what_somebody_else_changed_meanwhile_is_not_written_over(house: House) -> None:
    tomasz = signed_in(house.school, "tomasz")
    page = tomasz.get(HERE)
    house.set_up(name="Renamed")
    given = {"name": "Mine", "issuer": house.provider.url, "client_id": CLIENT, "strangers": "refused"}
    assert tomasz.send(page, HERE, **given).status == 412


def test_another_issuer_has_other_accounts(house: House) -> None:
    house.come(sub="a-1", employee="amara")
    house.set_up(issuer="https://accounts.example.org")
    assert house.binding() is None


def test_what_does_not_work_is_told_until_it_does(house: House) -> None:
    house.provider.status = {"/token": 401}
    assert house.refused(sub="a-1", employee="amara") == "client"
    tomasz = signed_in(house.school, "tomasz")
    page = tomasz.get(HERE)
    assert "It does not work since" in page.text
    assert "not with this secret" in page.text
    tomasz.send(page, f"{HERE}/look")  # which says nothing of the secret
    assert troubles(house) == [HERE]
    house.provider.status = {}
    house.come(sub="a-1", employee="amara")
    assert troubles(house) == []
    assert "It does not work" not in tomasz.get(HERE).text


def troubles(house: House) -> list[str]:
    with house.school.sessions.reading() as session:
        return [one.path for one in session.scalars(select(IntegrationTrouble))]


def test_what_a_visitor_does_wrong_is_no_trouble_of_the_provider(house: House) -> None:
    house.provider.answered = {"code": "invented"}
    assert house.refused(sub="a-1", employee="amara") == "code"
    client = house.school.client()
    client.post(f"{house.entrance}/left", data={"logout_token": "a.b.c"})
    client.get(f"{house.entrance}/back?code=x&state=y")
    assert troubles(house) == []


def test_a_provider_that_describes_itself_otherwise_is_used_for_nothing(school: School, provider: Provider) -> None:
    tomasz = signed_in(school, "tomasz")
    set_up(tomasz, provider)
    table = {
        "it names another issuer": {"issuer": "https://other.example.org"},
        "token_endpoint": {"token_endpoint": "http://10.0.0.1/token"},
        "jwks_uri": {"jwks_uri": None},
        "no authorization code": {"response_types_supported": ["id_token"]},
        "have it sign with": {"id_token_signing_alg_values_supported": ["HS256", "none"]},
    }
    for said, described in table.items():
        provider.described = described
        page = tomasz.send(tomasz.get(HERE), f"{HERE}/look")
        assert "cannot be used as it is" in page.text
        assert said in page.text


def test_who_leads_nothing_sees_none_of_it(house: House) -> None:
    lindiwe = signed_in(house.school, "lindiwe")
    assert lindiwe.get(HERE).status == 403


def test_two_organizations_with_one_provider_never_cross(house: House, provider: Provider) -> None:
    """The same issuer and client, the same account, and people of the same id in both."""
    other = House(house.school.founded("lake").peopled(), provider).set_up(person_claim="employee", by_email=True)
    visitor = Visitor(house.school.client())
    provider.account = {"sub": "a-1", "employee": "amara"}
    provider.redirect = ""
    back = house.back(visitor)
    crossed = back.replace(house.id, other.id)
    assert word(visitor.client.get(crossed)) == "no-attempt"
    house.come(visitor)
    assert other.binding() is None
    assert who(house, visitor) == "amara"
    assert other.open_sessions("amara") == house.open_sessions("amara")  # by id alone they cannot be told apart
    with house.school.sessions.reading() as session:
        binding = house.binding()
        assert binding is not None
        assert binding.organization_id == house.school.organization
        assert session.get_one(AccountProvider, other.id).organization_id == other.school.organization
    token = provider.logout_token(sub="a-1")
    assert house.school.client().post(f"{other.entrance}/left", data={"logout_token": token}).status_code == 200
    assert Visitor(visitor.client).get("/learn").path == "/learn"  # there the account stands for nobody
    tomasz = signed_in(other.school, "tomasz")
    assert tomasz.get(HERE).status == 200
    moved = f"{HERE}/bindings/{binding.id}/remove"
    csrf = {"csrf": tomasz.get(HERE).csrf}
    assert tomasz.client.post(moved, data=csrf).status_code == 404
