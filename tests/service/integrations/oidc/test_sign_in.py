"""People come in with the account that they have at their organization, through a real provider and back."""

from __future__ import annotations

import html

import httpx
import pytest

from service.domain.roles import Role
from tests.service.integrations.oidc.conftest import MEANT, House, in_cookie, who, word
from tests.service.web.browsing import Visitor, link_for, signed_in
from tests.service.web.conftest import KINDS
from tests.stubs.provider import SECRET, ECKey, OKPKey, rsa

AMARA = {"sub": "a-1", "name": "Amara O.", "employee": "amara"}


@pytest.mark.parametrize("sessions", KINDS, indirect=True)
def test_a_learner_comes_in_with_her_account_and_is_known_by_it_from_then_on(house: House) -> None:
    amara, answer = house.come(**AMARA)
    assert answer.status_code == 200
    assert answer.url.path == "/learn"
    assert who(house, amara) == "amara"
    assert house.acts() == ["account.change", "account.bind", "sign-in.invite", "sign-in"]
    again, _ = house.come(sub="a-1")  # by its own mark: nothing else is asked the second time
    assert who(house, again) == "amara"
    assert house.school.platform.get("/v1/people/amara").json()["name"] == "Amara Okafor"


def test_the_sign_in_page_offers_the_account_and_leads_back_to_where_one_was_going(house: House) -> None:
    visitor = Visitor(house.school.client())
    page = visitor.get("/learn/consents")
    assert page.path == "/sign-in"
    assert "Sign in with Harbor account" in page.text
    assert f'href="{house.entrance}?next=%2Flearn%2Fconsents"' in page.html
    _, answer = house.come(visitor, after="/learn/consents", **AMARA)
    assert answer.url.path == "/learn/consents"
    house.set_up(listed=False)
    assert "Harbor account" not in Visitor(house.school.client()).get("/sign-in").text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_nobody_is_led_to_another_site_afterwards(house: House, elsewhere: str) -> None:
    _, answer = house.come(after=elsewhere, **AMARA)
    assert answer.url.path == "/learn"


def test_what_is_asked_of_the_provider_is_new_each_time_and_holds_no_secret(house: House) -> None:
    visitor = Visitor(house.school.client())
    first, second = (visitor.client.get(house.entrance, headers=MEANT).headers["location"] for _ in range(2))
    assert SECRET not in first
    for name in ("state", "nonce", "code_challenge"):
        assert first.split(f"{name}=")[1].split("&")[0] != second.split(f"{name}=")[1].split("&")[0]


def test_the_cookie_of_an_attempt_is_for_no_script_and_no_other_sites_forms(house: House) -> None:
    said = Visitor(house.school.client()).client.get(house.entrance, headers=MEANT).headers["set-cookie"]
    assert said.startswith("peerloom-account=")
    assert "HttpOnly" in said
    assert "SameSite=Lax" in said
    assert "Max-Age=600" in said


@pytest.mark.parametrize(
    "how", [["client_secret_post"], ["client_secret_basic"], ["private_key_jwt", "client_secret_post"]]
)
def test_the_client_says_who_it_is_as_the_provider_wants_it(house: House, how: list[str]) -> None:
    house.provider.described = {"token_endpoint_auth_methods_supported": how}
    amara, _ = house.come(**AMARA)
    assert who(house, amara) == "amara"
    assert ("client_secret" in house.provider.forms[0]) is ("client_secret_post" in how)


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("PS256", rsa("p")),
        ("ES256", ECKey.generate_key("P-256", {"kid": "e"})),
        ("EdDSA", OKPKey.generate_key("Ed25519", {"kid": "d"})),
    ],
)
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_every_algorithm_of_the_list_is_understood(house: House, algorithm: str, key: object) -> None:
    house.provider.algorithm, house.provider.key, house.provider.published = algorithm, key, [key]  # type: ignore[assignment, list-item]
    house.provider.described = {"id_token_signing_alg_values_supported": [algorithm]}
    amara, answer = house.come(**AMARA)
    assert answer.status_code == 200, answer.text
    assert who(house, amara) == "amara"


def test_what_the_token_does_not_say_is_asked_for_with_the_access_token(house: House) -> None:
    house.rule("groups", "coaches", Role.FACILITATOR, "year-8")
    house.provider.more = {"employee": "amara", "groups": ["coaches"], "sub": "a-1"}
    amara, _ = house.come(sub="a-1", name="Amara")
    assert who(house, amara) == "amara"
    assert ("facilitator", "year-8") in house.roles("amara")
    house.provider.more["sub"] = "somebody-else"
    assert house.refused(sub="a-1", name="Amara") == "token-subject"
    house.provider.more["sub"], house.provider.status = "a-1", {"/userinfo": 500}
    assert house.refused(sub="a-1", name="Amara") == "unreachable"
    assert ("facilitator", "year-8") in house.roles("amara")  # not known is not the same as not so


def test_a_second_factor_is_asked_for_after_the_account_too(house: House) -> None:
    settings = {"name": "Harbor", "second_factor_needed": True}
    assert house.school.platform.put("/v1/organization", json=settings).status_code == 200
    house.rule("groups", "coaches", Role.FACILITATOR, "harbor")
    lindiwe, answer = house.come(sub="l-1", employee="lindiwe", groups=["coaches"])
    assert answer.url.path.endswith("/code")
    assert not in_cookie(lindiwe)


def test_a_new_session_takes_the_place_of_the_one_that_was_here(house: House) -> None:
    amara = signed_in(house.school, "amara")
    before = in_cookie(amara)
    house.come(amara, **AMARA)
    assert in_cookie(amara) not in ("", before)
    assert house.open_sessions("amara") == 1


def test_links_go_on_working_and_an_account_that_is_switched_off_signs_nobody_in(house: House) -> None:
    house.come(**AMARA)
    house.set_up(on=False)
    assert house.refused(**AMARA) == "off"
    assert Visitor(house.school.client()).client.post(link_for(house.school, "amara")).status_code == 303


def test_switched_off_while_somebody_is_at_the_provider_it_lets_nobody_in_any_more(house: House) -> None:
    visitor = Visitor(house.school.client())
    back = house.back(visitor)
    house.set_up(on=False)
    assert word(visitor.client.get(back)) == "off"


def test_what_one_issuer_said_counts_for_no_other_that_took_its_place_meanwhile(house: House) -> None:
    def alter(claims: dict[str, object]) -> dict[str, object]:
        house.set_up(issuer="https://accounts.example.org")
        return claims

    house.provider.alter = alter
    assert house.refused(**AMARA) == "no-attempt"
    assert house.binding() is None
    assert house.open_sessions("amara") == 0


def test_who_signs_out_may_sign_out_at_the_provider_too(house: House) -> None:
    amara, _ = house.come(**AMARA)
    page = amara.send(amara.get("/learn"), "/sign-out")
    assert "Sign out of Harbor account , too" in page.text or "Sign out of Harbor account, too" in page.text
    gone = amara.client.get(f"{house.entrance}/leave", follow_redirects=True)
    assert gone.url.path == "/sign-in"
    assert "/end" in house.provider.asked


@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
def test_whom_another_site_sends_is_asked_first_and_told_where_they_would_be(house: House, site: str | None) -> None:
    amara = signed_in(house.school, "amara")
    before, sent = in_cookie(amara), {} if site is None else {"sec-fetch-site": site}
    asked = amara.client.get(f"{house.entrance}?next=/learn/consents", headers=sent)
    assert asked.status_code == 200
    assert "set-cookie" not in asked.headers
    assert house.school.platform.get("/v1/organization").json()["name"] in asked.text
    assert 'name="next" value="/learn/consents"' in asked.text
    assert house.provider.asked == []
    assert in_cookie(amara) == before


def test_who_says_yes_goes_on_and_no_other_site_says_it_for_them(house: House) -> None:
    house.provider.account = AMARA
    visitor = Visitor(house.school.client())
    forged = visitor.client.post(house.entrance, headers={"origin": "https://evil.example"})
    assert forged.status_code == 403
    assert "set-cookie" not in forged.headers
    page = visitor.client.post(house.entrance, data={"next": "/learn/consents"}, headers={"origin": house.school.url})
    where = html.unescape(page.text.split("url=")[1].split('"')[0])
    came = visitor.client.get(httpx.get(where).headers["location"])
    assert came.headers["location"] == "/learn/consents"
    assert who(house, visitor) == "amara"


def test_an_address_at_which_nobody_signs_in_is_not_found(house: House) -> None:
    client = house.school.client()
    for path in ("", "/back", "/leave"):
        assert client.get(f"/sign-in/account/{'0' * 32}{path}").status_code == 404
    assert client.post(f"/sign-in/account/{'0' * 32}/left", data={"logout_token": "x"}).status_code == 404
