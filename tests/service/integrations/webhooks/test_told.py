"""That an endpoint does not answer is told to whoever leads the organization, and to who runs the service."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from service.actions.notifications import own, tell
from service.actions.people import register
from service.cli.doctor import LOOKS
from service.domain.roles import Role
from service.integrations.webhooks import endpoints
from service.integrations.webhooks.endpoints import EndpointWish
from service.settings import SettingsProblem, load
from tests.service.integrations.webhooks.conftest import Platform
from tests.stubs.receiver import Receiver, answering


def told(platform: Platform, person: str) -> list[tuple[str, str]]:
    now, of = platform.parts.now(), platform.actor.organization
    with platform.parts.sessions.writing() as session:
        while tell.tell_some(session, of, now=now):
            pass
    with platform.parts.sessions.reading() as session:
        return [
            (one.line.kind.value, one.line.path)
            for one in own.told(session, platform.actor, person, now=now + timedelta(minutes=1))
        ]


def test_it_is_told_to_coordinators_of_everything_and_by_the_doctor_until_it_answers(
    platform: Platform, receiver: Receiver, tmp_path: Path
) -> None:
    with platform.parts.sessions.writing() as session:
        register.put_group(session, platform.actor, "all", name="All", parent=None, now=platform.parts.now())
        for person, role in (("ines", Role.COORDINATOR), ("ilse", Role.FACILITATOR)):
            held = [(role, "all")]
            register.put_person(session, platform.actor, person, name=person, roles=held, now=platform.parts.now())
    endpoint, _ = platform.endpoint(receiver.url)
    page = f"/desk/settings/webhooks/{endpoint}"
    settings = load(data=tmp_path)
    assert LOOKS["connected"](settings, platform.parts).well
    receiver.behave = [answering(410)]
    platform.tell()
    platform.work()
    assert told(platform, "ines") == [("integration_fails", page)]
    assert told(platform, "ilse") == []
    report = LOOKS["connected"](settings, platform.parts)
    assert not report.well
    assert page in report.found
    with platform.parts.sessions.writing() as session:
        wish = EndpointWish("Course platform", receiver.url)
        endpoints.change(session, platform.actor, endpoint, wish, seen=2, now=platform.parts.now())
    assert told(platform, "ines") == []
    assert LOOKS["connected"](settings, platform.parts).well


def test_the_doctor_says_what_fails_long_before_anything_is_given_up(
    platform: Platform, receiver: Receiver, tmp_path: Path
) -> None:
    endpoint, _ = platform.endpoint(receiver.url)
    receiver.behave = [answering(500)]
    platform.tell()
    platform.work()
    settings = load(data=tmp_path)
    assert LOOKS["connected"](settings, platform.parts).well, "it may be a hiccup"
    platform.wait(minutes=11)
    report = LOOKS["connected"](settings, platform.parts)
    assert not report.well
    assert endpoint in report.found
    assert platform.troubles() == []


def test_networks_of_the_own_house_are_set_as_a_list_and_nonsense_is_refused() -> None:
    assert [str(one) for one in load(webhook_networks="10.1.0.0/16 fd00::/8").webhook_networks] == [
        "10.1.0.0/16",
        "fd00::/8",
    ]
    assert load().webhook_networks == []
    with pytest.raises(SettingsProblem, match="PEERLOOM_WEBHOOK_NETWORKS"):
        load(webhook_networks="everything")
