"""The provider says that somebody has left: their sessions here end. A table of words that are not taken."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.integrations.oidc.conftest import House
from tests.service.web.browsing import signed_in
from tests.stubs.provider import LOGOUT, rsa

AMARA = {"sub": "a-1", "employee": "amara", "sid": "session-7"}


@pytest.fixture
def inside(house: House) -> House:
    house.come(**AMARA)
    assert house.open_sessions("amara") == 1
    return house


def left(house: House, token: str) -> int:
    return house.school.client().post(f"{house.entrance}/left", data={"logout_token": token}).status_code


@pytest.mark.parametrize("about", [{"sub": "a-1"}, {"sid": "session-7"}, {"sub": "a-1", "sid": "session-7"}])
def test_whoever_left_at_the_provider_is_signed_out_here(inside: House, about: dict[str, str]) -> None:
    signed_in(inside.school, "amara")
    signed_in(inside.school, "mateo")
    assert left(inside, inside.provider.logout_token(**about)) == 200
    assert inside.open_sessions("amara") == 0
    assert inside.open_sessions("mateo") == 1
    assert "account.sign-out" in inside.acts()


def test_somebody_unknown_who_left_is_no_trouble(inside: House) -> None:
    assert left(inside, inside.provider.logout_token(sub="nobody")) == 200
    assert left(inside, inside.provider.logout_token(sid="no-session")) == 200
    assert inside.open_sessions("amara") == 1


def test_a_word_of_a_sign_out_is_taken_once(inside: House) -> None:
    token = inside.provider.logout_token(sub="a-1")
    assert left(inside, token) == 200
    inside.come(**AMARA)
    assert left(inside, token) == 400
    assert inside.open_sessions("amara") == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"events": None},
        {"events": {}},
        {"events": {"http://schemas.openid.net/event/other": {}}},
        {"events": {LOGOUT: "yes"}},
        {"events": [LOGOUT]},
        {"nonce": "n"},
        {"jti": None},
        {"jti": ""},
        {"sub": None},
        {"iss": "https://other.example.org"},
        {"aud": "somebody-else"},
        {"iat": 1},
        {"exp": 1},
        {"exp": None},
    ],
    ids=str,
)
def test_a_word_that_is_not_quite_one_signs_nobody_out(inside: House, changed: dict[str, Any]) -> None:
    assert left(inside, inside.provider.logout_token(**{"sub": "a-1", **changed})) == 400
    assert inside.open_sessions("amara") == 1


def test_a_word_that_somebody_else_signed_signs_nobody_out(inside: House) -> None:
    inside.provider.key = rsa("one")
    assert left(inside, inside.provider.logout_token(sub="a-1")) == 400
    assert left(inside, "a.b.c") == 400
    assert left(inside, "") == 422
    assert inside.open_sessions("amara") == 1


def test_an_id_token_is_no_word_of_a_sign_out(inside: House) -> None:
    """Both are signed with the same key, for the same client."""
    claims = inside.provider.claims({"nonce": "n", "account": AMARA}, "access")
    assert left(inside, inside.provider.sign(claims)) == 400
    assert inside.open_sessions("amara") == 1


def test_who_leaves_is_signed_out_also_where_nobody_comes_in_by_it_any_more(inside: House) -> None:
    inside.set_up(on=False)
    assert left(inside, inside.provider.logout_token(sub="a-1")) == 200
    assert inside.open_sessions("amara") == 0
