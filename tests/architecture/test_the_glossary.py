"""docs/glossary.md has every word of the domain once: what the tables are called, the topics, and what values mean."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest

from pipelines.values import Band, PointKind, Shelf, SourceKind, Standing
from service.domain.access.keys import KeyScope
from service.domain.following.reminders import ReminderKind
from service.domain.following.uptake import UptakeVerdict
from service.domain.notifications.kinds import NotificationTopic
from service.domain.notifications.timing import Rhythm
from service.domain.roles import Role
from service.domain.visibility import ShowWork
from service.store import tables
from service.store.tables import Base

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?!word \|)(.+?) \| (.+) \|$", re.MULTILINE)

VALUES: dict[str, type[StrEnum]] = {
    "band": Band,
    "consent": ShowWork,
    "key scope": KeyScope,
    "notification": NotificationTopic,
    "point": PointKind,
    "reminder": ReminderKind,
    "rhythm": Rhythm,
    "role": Role,
    "shelf": Shelf,
    "source": SourceKind,
    "standing": Standing,
    "uptake": UptakeVerdict,
}
"""An entry, and the values that it has to name."""

OF_ANY_PROGRAM = {"by", "chunk", "count", "error", "fit", "grant", "outgoing", "row", "run", "stored", "version"}
"""Words in the names of tables that mean here what they mean in any program."""


def entries() -> list[tuple[str, str]]:
    return ROW.findall((ROOT / "docs" / "glossary.md").read_text("utf-8"))


def singular(word: str) -> str:
    word = word.lower()
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")


def known() -> set[str]:
    """Every word that heads an entry or is part of what heads one."""
    return {singular(word) for head, _ in entries() for word in re.findall(r"[a-z]+", head)}


def table_words() -> dict[str, list[str]]:
    kept = [getattr(tables, name) for name in tables.__all__]
    names = [one.__name__ for one in kept if issubclass(one, Base) and one is not Base]
    return {name: [word.lower() for word in re.findall(r"[A-Z][a-z]+", name)] for name in names}


def topics() -> set[str]:
    files = {file.stem for file in (ROOT / "service" / "store" / "tables").glob("[a-z]*.py")}
    folders = {folder.parent.name for folder in (ROOT / "service" / "actions").glob("*/__init__.py")}
    return files | folders


def test_no_word_stands_twice_and_all_are_in_order() -> None:
    heads = [head for head, _ in entries()]
    assert len(heads) > 50
    assert heads == sorted(heads)
    words = [word.strip() for head in heads for word in head.split(",")]
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize(("name", "words"), table_words().items())
def test_the_words_of_which_a_tables_name_is_made_are_explained(name: str, words: list[str]) -> None:
    assert {word for word in words if singular(word) not in known()} <= OF_ANY_PROGRAM


@pytest.mark.parametrize("topic", sorted(topics()))
def test_a_topic_is_explained(topic: str) -> None:
    assert {word for word in topic.split("_") if singular(word) not in known()} == set()


@pytest.mark.parametrize(("head", "values"), VALUES.items())
def test_an_entry_names_all_values_that_there_are(head: str, values: type[StrEnum]) -> None:
    meaning = dict(entries())[head]
    assert [one.value for one in values if singular(one.value.replace("_", " ")) not in meaning] == []


def test_every_word_passed_over_is_one_that_a_table_has() -> None:
    used = {word for words in table_words().values() for word in words}
    assert used >= OF_ANY_PROGRAM
    assert OF_ANY_PROGRAM.isdisjoint(known())
