"""What a thing may be called: what people can read, in one spelling, and what no address swallows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.domain.errors import Invalid
from service.domain.ids import new_id
from service.domain.moments import SKEW, happened
from service.domain.texts import identifier, name

UNREADABLE = [" ", "\u00a0\u2003", "\u200b", "\u200d\ufeff", "\u2060", "\u3164", "\u2800", "\u00ad"]
TURNED = [f"Amara{sign}arama" for sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]
NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", [*UNREADABLE, *TURNED, "a\nb", "a\x00b"])
def test_a_name_or_id_that_nobody_can_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"contains|nothing in it"):
        name(text)
    with pytest.raises(ValueError, match=r"contains|nothing in it"):
        identifier(text)


@pytest.mark.parametrize("text", [".", "..", "ama\u200bra", "ama\u00adra", "ama\u200dra"])
def test_an_id_that_an_address_swallows_or_that_looks_like_another_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"step in an address|cannot be seen"):
        identifier(text)


@pytest.mark.parametrize("text", ["Amara Okafor", "می‌خواهم", "क्‍ष", "Đặng Thị", "👩‍🏫", "...", "O'Neil-Łę", "李"])
def test_names_of_every_language_are_names(text: str) -> None:
    assert name(text) == text


@pytest.mark.parametrize("text", ["...", ".hidden", "a.b", "year-8", "李", "a b", "Zoë/1", "~x~y"])
def test_ids_of_every_kind_are_ids(text: str) -> None:
    assert identifier(text) == text


def test_one_letter_in_two_forms_is_one_id() -> None:
    assert identifier("Ame\u0301lie") == identifier("Am\u00e9lie") == name("Ame\u0301lie") == "Am\u00e9lie"


def test_what_is_still_to_come_did_not_happen() -> None:
    assert happened(None, "submitted_at", now=NOW) == NOW
    assert happened(NOW - timedelta(days=900), "submitted_at", now=NOW) == NOW - timedelta(days=900)
    assert happened(NOW + SKEW, "submitted_at", now=NOW) == NOW + SKEW
    with pytest.raises(Invalid, match="`submitted_at` is still to come"):
        happened(NOW + SKEW + timedelta(seconds=1), "submitted_at", now=NOW)


def test_ids_that_are_made_one_after_the_other_sort_in_that_order() -> None:
    made = [new_id() for _ in range(2_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
