"""A version for what does not count its changes: of what is seen, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as some

from service.actions.approvals.deciding import VERSIONS, version_of
from service.domain.goals import EvidenceStanding
from service.web.calls import tag, version_in

AT = datetime(2026, 10, 5, 9, tzinfo=UTC)


@given(some.lists(some.text(max_size=5) | some.integers() | some.none(), max_size=4))
def test_any_version_can_be_named_as_an_etag(parts: list[object]):
    found = version_of(*parts)
    assert 1 <= found <= VERSIONS
    assert version_in(tag(found)) == found


def test_another_word_moment_or_state_is_another_version():
    seen = ("One.", 3, AT, EvidenceStanding.OFFERED, None)
    others = [
        ("One!", *seen[1:]),
        ("One.", 3, AT + timedelta(microseconds=1), *seen[3:]),
        (*seen[:3], EvidenceStanding.CONFIRMED, None),
        (*seen[:4], AT),
        ("One.", "3", *seen[2:]),
        (("One.", 3), *seen[2:]),
    ]
    assert len({version_of(*one) for one in (seen, *others)}) == 1 + len(others)


def test_the_same_seen_again_is_the_same_version_in_whatever_zone_its_moment_is_told():
    there = AT.astimezone(timezone(timedelta(hours=5)))
    assert version_of("One.", AT) == version_of("One.", there)
