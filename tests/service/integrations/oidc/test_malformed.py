"""A table of answers that are not what was asked for. Each differs in one thing from one that lets somebody in."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc import jwt
from joserfc.util import urlsafe_b64encode

from service.web.throttle import Rates, Throttle
from tests.service.integrations.oidc.conftest import MEANT, House, in_cookie, who, word
from tests.service.web.browsing import Visitor
from tests.stubs.provider import ONE, Provider, rsa

AMARA = {"sub": "a-1", "name": "Amara O.", "employee": "amara"}
OTHER = rsa("one")
"""Of the same name as the provider's, and not the provider's."""
LONG_AGO, LATER = -3_600, 3_600


@dataclass(frozen=True)
class Malformed:
    """What is done to the provider, and the word for why nobody comes in."""

    name: str
    do: Callable[[Provider], object]
    word: str


def says(**changed: Any) -> Callable[[Provider], None]:
    """The ID token says this instead; None: nothing of it. Numbers that are times are beside now."""

    def alter(claims: dict[str, Any]) -> dict[str, Any]:
        whole = {**claims, **{name: said(claims) if callable(said) else said for name, said in changed.items()}}
        return {name: said for name, said in whole.items() if said is not None}

    def do(provider: Provider) -> None:
        provider.alter = alter

    return do


def beside(name: str, seconds: int) -> Callable[[Mapping[str, Any]], int]:
    return lambda claims: int(claims[name]) + seconds


def has(**changed: Any) -> Callable[[Provider], None]:
    def do(provider: Provider) -> None:
        for name, value in changed.items():
            setattr(provider, name, value)

    return do


def plain(header: Mapping[str, Any], claims: Mapping[str, Any], signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    return ".".join(urlsafe_b64encode(one).decode() for one in parts)


def by_public_key(claims: dict[str, Any]) -> str:
    """As if the public key were a shared secret."""
    signed = plain({"alg": "HS256", "kid": "one"}, claims).removesuffix(".")
    made = hmac.digest(ONE.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{urlsafe_b64encode(made).decode()}"


def by_the_key(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """Rightly signed, whatever stands before it."""
    signed = plain(header, claims).removesuffix(".")
    made = ONE.private_key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())  # type: ignore[union-attr]
    return f"{signed}.{urlsafe_b64encode(made).decode()}"


def spoiled(claims: dict[str, Any]) -> str:
    token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, ONE, algorithms=["RS256"])
    head, _, signature = token.split(".")
    return f"{head}.{urlsafe_b64encode(json.dumps({**claims, 'employee': 'tomasz'}).encode()).decode()}.{signature}"


TABLE = (
    Malformed("another nonce", says(nonce="another"), "token-nonce"),
    Malformed("no nonce", says(nonce=None), "token-nonce"),
    Malformed("a nonce that is a list", says(nonce=["x"]), "token-nonce"),
    Malformed(
        "a nonce that is no text",
        has(signed=lambda c: by_the_key({"alg": "RS256", "kid": "one"}, {**c, "nonce": "\ud800"})),
        "token-nonce",
    ),
    Malformed("another issuer", says(iss="https://accounts.example.org"), "token-issuer"),
    Malformed("the issuer with a slash more", says(iss=lambda claims: claims["iss"] + "/"), "token-issuer"),
    Malformed("no issuer", says(iss=None), "token-issuer"),
    Malformed("for another client", says(aud="somebody-else"), "token-audience"),
    Malformed("for no client", says(aud=None), "token-audience"),
    Malformed("for several, none of them we", says(aud=["a", "b"], azp="peerloom"), "token-audience"),
    Malformed("for several, and not said for whom", says(aud=["peerloom", "b"]), "token-audience"),
    Malformed("for several, by another", says(aud=["peerloom", "b"], azp="b"), "token-audience"),
    Malformed("for us, by another", says(azp="b"), "token-audience"),
    Malformed("ended", says(exp=beside("iat", LONG_AGO)), "token-time"),
    Malformed("never ends", says(exp=None), "token-time"),
    Malformed("ends at a word", says(exp="tomorrow"), "token-time"),
    Malformed("ends at infinity", says(exp=float("inf")), "token-time"),
    Malformed("ends at a truth", says(exp=True), "token-time"),
    Malformed("made later", says(iat=beside("iat", LATER), exp=beside("exp", LATER)), "token-time"),
    Malformed("made long ago", says(iat=beside("iat", LONG_AGO)), "token-time"),
    Malformed("never made", says(iat=None), "token-time"),
    Malformed("holds from later on", says(nbf=beside("iat", LATER)), "token-time"),
    Malformed("with another access token", says(at_hash="AAAAAAAAAAAAAAAAAAAAAA"), "token-half-hash"),
    Malformed("about nobody", says(sub=None), "token-subject"),
    Malformed("about an empty name", says(sub=""), "token-subject"),
    Malformed("about a number", says(sub=7), "token-subject"),
    Malformed("about too long a name", says(sub="x" * 256), "token-subject"),
    Malformed("not signed", has(signed=lambda claims: plain({"alg": "none"}, claims)), "token-algorithm"),
    Malformed("not signed, written otherwise", has(signed=lambda c: plain({"alg": "NoNe"}, c)), "token-algorithm"),
    Malformed("signed with the public key as a secret", has(signed=by_public_key), "token-algorithm"),
    Malformed("signed with an algorithm of no list", has(algorithm="RS512"), "token-algorithm"),
    Malformed("no algorithm", has(signed=lambda claims: plain({"kid": "one"}, claims)), "token-malformed"),
    Malformed("an algorithm that is a list", has(signed=lambda c: plain({"alg": ["RS256"]}, c)), "token-algorithm"),
    Malformed("a key of the same name that is not theirs", has(key=OTHER), "token-signature"),
    Malformed("a key that nobody published", has(key=rsa("two")), "token-key"),
    Malformed("one of two keys, not said which", has(header={"kid": None}, published=[ONE, rsa("two")]), "token-key"),
    Malformed(
        "an extension that must be understood",
        has(signed=lambda c: by_the_key({"alg": "RS256", "kid": "one", "crit": ["exp"], "exp": 1}, c)),
        "token-signature",
    ),
    Malformed("other claims under its signature", has(signed=spoiled), "token-signature"),
    Malformed("two parts", has(signed=lambda claims: "a.b"), "token-malformed"),
    Malformed("no token but words", has(signed=lambda claims: "hello"), "token-malformed"),
    Malformed("letters beyond ASCII", has(signed=lambda claims: "ä.b.c"), "token-malformed"),
    Malformed("an empty signature", has(signed=lambda c: plain({"alg": "RS256", "kid": "one"}, c)), "token-signature"),
    Malformed("nothing signed at all", has(signed=lambda claims: ""), "nothing-signed"),
    Malformed("an access token of two lines", has(access="a\nb", more={"sub": "a-1"}), "token-malformed"),
    Malformed("an access token beyond ASCII", has(access="é", more={"sub": "a-1"}), "token-malformed"),
    Malformed("an access token that is no text", has(access="\ud800"), "token-malformed"),
    Malformed("the answer of another provider", has(answered={"iss": "https://other.example.org"}), "other-issuer"),
    Malformed("an answer that does not say whose", has(answered={"iss": None}), "other-issuer"),
    Malformed("another state", has(answered={"state": "another"}), "no-attempt"),
    Malformed("no state", has(answered={"state": None}), "no-attempt"),
    Malformed("a code that was never given", has(answered={"code": "invented"}), "code"),
    Malformed("no code", has(answered={"code": None}), "denied"),
    Malformed("a no", has(answered={"code": None, "error": "access_denied"}), "denied"),
    Malformed("keys that are none", has(described={"jwks_uri": "http://127.0.0.1:1/keys"}), "unreachable"),
)


@pytest.mark.parametrize("malformed", TABLE, ids=lambda one: one.name)
def test_an_answer_that_is_not_what_was_asked_for_lets_nobody_in(house: House, malformed: Malformed) -> None:
    malformed.do(house.provider)
    assert house.refused(**AMARA) == malformed.word
    assert house.binding() is None
    assert house.open_sessions("amara") == 0


def test_what_is_a_little_late_is_in_time(house: House) -> None:
    says(exp=beside("iat", -30), iat=beside("iat", 30))(house.provider)
    amara, _ = house.come(**AMARA)
    assert who(house, amara) == "amara"


def test_several_audiences_are_right_if_it_is_said_that_it_is_for_us(house: House) -> None:
    says(aud=["peerloom", "another"], azp="peerloom")(house.provider)
    amara, _ = house.come(**AMARA)
    assert who(house, amara) == "amara"


def test_an_answer_lets_somebody_in_once(house: House) -> None:
    house.provider.account, house.provider.code_again = AMARA, True
    visitor = Visitor(house.school.client())
    back = house.back(visitor)
    assert visitor.client.get(back).status_code == 303
    assert word(visitor.client.get(back)) == "used-before"
    assert house.open_sessions("amara") == 1


def test_an_answer_counts_in_the_browser_that_asked_and_in_no_other(house: House) -> None:
    house.provider.account = AMARA
    back = house.back(Visitor(house.school.client()))
    other = Visitor(house.school.client())
    assert word(other.client.get(back)) == "no-attempt"
    other.client.get(house.entrance, headers=MEANT)  # nor in one that has begun for itself
    assert word(other.client.get(back)) == "no-attempt"
    assert not in_cookie(other)


def test_a_code_of_somebody_else_is_worth_nothing_in_ones_own_attempt(house: House) -> None:
    house.provider.account = {"sub": "t-1", "employee": "tomasz"}
    stolen = house.back(Visitor(house.school.client())).split("code=")[1].split("&")[0]
    visitor = Visitor(house.school.client())
    own = house.back(visitor)
    mixed = own.replace(own.split("code=")[1].split("&")[0], stolen)
    assert word(visitor.client.get(mixed)) == "code"  # its verifier is in the other browser


@pytest.mark.parametrize("cookie", ["", "x", "gAAAAA", "é" * 10, "a" * 5_000])
def test_a_cookie_that_is_none_of_ours_is_no_attempt(house: House, cookie: str) -> None:
    visitor = Visitor(house.school.client())
    back = house.back(visitor)
    headers = {"cookie": f"peerloom-account={cookie}".encode()}
    assert word(house.school.client().get(back, headers=headers)) == "no-attempt"  # type: ignore[arg-type]


def test_an_attempt_ends_after_ten_minutes(house: House) -> None:
    house.provider.account = AMARA
    visitor = Visitor(house.school.client())
    back, state = house.back(visitor), house.school.app.state
    state.services = replace(state.services, clock=lambda: house.school.now() + timedelta(minutes=10))
    assert word(visitor.client.get(back)) == "no-attempt"


ODD = (
    *({"alg": "RS256", "kid": "one", "crit": said} for said in (5, None, [5], [["x"]], [{}], "x", [])),
    ["alg"],
    "alg",
    7,
    None,
)
"""What may stand before a token instead of what should."""


def test_a_word_of_a_sign_out_with_an_odd_head_is_refused_and_counted(house: House) -> None:
    state = house.school.app.state
    state.services = replace(state.services, throttle=Throttle(Rates(refused=len(ODD))))
    client = house.school.client()
    tokens = [plain(head, {}, b"x") for head in ODD]  # type: ignore[arg-type]
    answers = [client.post(f"{house.entrance}/left", data={"logout_token": token}) for token in tokens]
    assert [answer.status_code for answer in answers] == [400] * len(ODD)
    assert client.post(f"{house.entrance}/left", data={"logout_token": tokens[0]}).status_code == 429


def test_who_tries_one_thing_after_the_other_is_told_to_wait(house: House) -> None:
    state = house.school.app.state
    state.services = replace(state.services, throttle=Throttle(Rates(refused=3)))
    client = house.school.client()
    tried = [client.get(f"{house.entrance}/back?code=x&state=y").status_code for _ in range(5)]
    assert tried == [403, 403, 403, 429, 429]
    assert client.post(f"{house.entrance}/left", data={"logout_token": "a.b.c"}).status_code == 429
