"""Every event is told to somebody or says why not; every kind has a topic, a look and words in each language."""

from __future__ import annotations

import re

import pytest

from pipelines import prompts
from service.actions.notifications import occurrences, standing
from service.domain.events import Event
from service.domain.notifications.kinds import (
    DEFAULTS,
    ROLES,
    SAID_BY_CLOCK,
    SETTLES,
    TOLD,
    TOPIC,
    UNTOLD,
    Audience,
    NotificationKind,
    NotificationTopic,
)
from service.domain.notifications.timing import Rhythm
from service.domain.roles import Role

LANGUAGES = prompts.tables("notifications")
FIELD = re.compile(r"\{(\w+)\}")


def test_every_event_is_told_to_somebody_or_says_why_not() -> None:
    assert set(TOLD) | set(UNTOLD) == set(Event)
    assert not set(TOLD) & set(UNTOLD)
    assert all(UNTOLD.values())


def test_every_kind_comes_from_an_event_or_from_the_clock_and_from_one_of_them_only() -> None:
    told = {tell.kind for tell in TOLD.values()} | {tell.otherwise for tell in TOLD.values() if tell.otherwise}
    assert told | set(SAID_BY_CLOCK) == set(NotificationKind)
    assert not told & set(SAID_BY_CLOCK)


def test_every_event_that_is_told_or_settles_something_can_be_read() -> None:
    assert set(TOLD) | set(SETTLES) == set(occurrences._READ)


def test_every_kind_has_a_topic_of_a_role_and_every_topic_a_rhythm() -> None:
    assert set(TOPIC) == set(standing.LOOKS) == set(NotificationKind)
    assert set(TOPIC.values()) == set(ROLES) == set(DEFAULTS) == set(NotificationTopic)


def test_learners_are_told_what_is_theirs_and_others_of_what_they_decide_on() -> None:
    own = {Audience.AUTHOR, Audience.NAMED}
    for tell in TOLD.values():
        learner = Role.LEARNER in ROLES[TOPIC[tell.kind]]
        assert (tell.audience in own) == learner or tell.kind is NotificationKind.HANDED_OVER


def test_by_default_nobody_gets_a_stream() -> None:
    assert {topic for topic, rhythm in DEFAULTS.items() if rhythm is Rhythm.AT_ONCE} == {NotificationTopic.FEEDBACK}


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_words_for_every_kind_in_every_language(language: str) -> None:
    said = prompts.words(f"notifications/{language}")
    assert set(said["subjects"]) == {kind.value for kind in NotificationKind}
    assert {name.removesuffix("_many").removesuffix("_again") for name in said["sentences"]} == set(said["subjects"])
    assert len(said["letter"]["months"]) == 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_all_languages_have_the_same_keys_and_the_same_places(language: str) -> None:
    english, said = prompts.words("notifications/en"), prompts.words(f"notifications/{language}")
    for part in ("sentences", "subjects", "letter"):
        assert set(said[part]) == set(english[part])
        for name, text in english[part].items():
            assert sorted(FIELD.findall(str(said[part][name]))) == sorted(FIELD.findall(str(text))), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_subject_has_a_place_for_anything(language: str) -> None:
    assert [
        text for text in prompts.words(f"notifications/{language}")["subjects"].values() if FIELD.search(text)
    ] == []
