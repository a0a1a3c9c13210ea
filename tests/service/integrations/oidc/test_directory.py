"""What providers say of themselves is asked for once, kept for a while, and asked anew where a key is not known."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from service.integrations.oidc.directory import ANEW, FAILED, KEPT, MAY_WAIT, OF_ONE, PATIENCE, Directory
from service.integrations.oidc.refusals import Refusal, Refused
from service.integrations.oidc.tokens import PublicKey, UnknownKey, public_keys
from service.outward.transport import Patience, Transport
from tests.stubs.provider import ONE, Provider, providing, rsa

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
TWO = rsa("two")


@pytest.fixture
def directory() -> Directory:
    return Directory(Transport((ip_network("127.0.0.0/8"),), Patience(2, 3, 4)))


def knows(kid: str) -> object:
    def check(keys: tuple[PublicKey, ...]) -> bool:
        if kid not in {one.kid for one in keys}:
            raise UnknownKey
        return True

    return check


def asked(provider: Provider, path: str) -> int:
    return provider.asked.count(path)


def test_keys_are_asked_for_once_in_an_hour(directory: Directory) -> None:
    with providing() as provider:
        for minutes in (0, 10, 59):
            assert directory.with_keys(provider.url, knows("one"), now=NOW + timedelta(minutes=minutes))  # type: ignore[arg-type]
        assert asked(provider, "/keys") == 1
        directory.with_keys(provider.url, knows("one"), now=NOW + KEPT)  # type: ignore[arg-type]
        assert asked(provider, "/keys") == 2


def test_a_new_key_is_found_at_once_and_an_invented_one_is_not_looked_for_again_and_again(directory: Directory) -> None:
    with providing() as provider:
        directory.with_keys(provider.url, knows("one"), now=NOW)  # type: ignore[arg-type]
        provider.published = [ONE, TWO]
        later = NOW + ANEW
        assert directory.with_keys(provider.url, knows("two"), now=later)  # type: ignore[arg-type]
        for seconds in range(30):
            with pytest.raises(Refused) as refused:
                directory.with_keys(provider.url, knows("invented"), now=later + timedelta(seconds=seconds))  # type: ignore[arg-type]
            assert refused.value.why is Refusal.KEY
        assert asked(provider, "/keys") == 2


def test_looking_for_an_invented_key_in_vain_leaves_good_ones_as_they_are(directory: Directory) -> None:
    with providing() as provider:
        directory.with_keys(provider.url, knows("one"), now=NOW)  # type: ignore[arg-type]
        provider.status = {"/keys": 500}
        with pytest.raises(Refused):
            directory.with_keys(provider.url, knows("invented"), now=NOW + ANEW)  # type: ignore[arg-type]
        assert directory.with_keys(provider.url, knows("one"), now=NOW + ANEW)  # type: ignore[arg-type]
        assert asked(provider, "/keys") == 2


def test_a_key_that_was_taken_back_counts_no_more(directory: Directory) -> None:
    with providing() as provider:
        provider.published = [ONE, TWO]
        directory.with_keys(provider.url, knows("one"), now=NOW)  # type: ignore[arg-type]
        provider.published = [TWO]
        with pytest.raises(Refused):
            directory.with_keys(provider.url, knows("one"), now=NOW + KEPT)  # type: ignore[arg-type]


def test_who_does_not_answer_well_is_left_alone_for_a_while(directory: Directory) -> None:
    with providing() as provider:
        provider.status = {"/.well-known/openid-configuration": 500}
        for _ in range(5):
            with pytest.raises(Refused):
                directory.metadata(provider.url, now=NOW)
        assert asked(provider, "/.well-known/openid-configuration") == 1
        provider.status = {}
        assert directory.metadata(provider.url, now=NOW + FAILED).issuer == provider.url


def test_so_many_wait_for_one_provider_and_no_more() -> None:
    directory = Directory(Transport())
    turns = [directory.turn("https://a.example.org") for _ in range(OF_ONE)]
    for turn in turns:
        turn.__enter__()
    with pytest.raises(Refused), directory.turn("https://a.example.org"):
        pass
    with directory.turn("https://b.example.org"):
        pass
    for turn in turns:
        turn.__exit__(None, None, None)
    with directory.turn("https://a.example.org"):
        pass


def test_few_wait_for_their_turn_and_the_others_are_refused_at_once_also_where_it_is_asked_anew() -> None:
    directory, took = Directory(Transport()), list[float]()

    def come() -> None:
        begun = time.monotonic()
        with pytest.raises(Refused), directory.turn("https://a.example.org"):
            pass
        took.append(time.monotonic() - begun)

    with ExitStack() as held:
        for _ in range(OF_ONE):
            held.enter_context(directory.turn("https://a.example.org"))
        directory.forget("https://a.example.org")
        threads = [threading.Thread(target=come) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(took) == 20
    assert sum(one >= PATIENCE * 0.9 for one in took) == MAY_WAIT


def test_nobody_inside_is_asked_where_no_network_of_the_house_is_named() -> None:
    with providing() as provider, pytest.raises(Refused) as refused:
        Directory(Transport()).metadata(provider.url, now=NOW)
    assert refused.value.why is Refusal.UNREACHABLE
    assert "inside" in refused.value.said
    assert provider.asked == []


def test_secrets_short_keys_and_keys_for_other_ends_are_no_keys() -> None:
    one = ONE.as_dict(private=False)
    assert len(public_keys([one])) == 1
    others = [
        {"kty": "oct", "k": "AAAA"},
        {**one, "n": str(one["n"])[:170]},
        {**one, "use": "enc"},
        {"kty": "RSA"},
        {**one, "n": "é"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        "a key",
        None,
        {"kty": ["RSA"]},
    ]
    assert public_keys(others) == ()


@pytest.mark.parametrize("content", ["long", "not json", "a list"])
def test_what_is_no_description_is_none(directory: Directory, content: str) -> None:
    with providing() as provider:
        provider.raw = {"long": b"{" + b" " * 300_000 + b"}", "not json": b"<html>", "a list": b"[]"}[content]
        with pytest.raises(Refused) as refused:
            directory.metadata(provider.url, now=NOW)
        assert refused.value.why in (Refusal.UNREACHABLE, Refusal.DESCRIPTION)
