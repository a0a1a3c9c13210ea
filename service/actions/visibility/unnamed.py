"""What is put out of sight in work that is shown without its author's name, with the names of the organization's people
as they are now. Names are read when the first text asks for them, and leave here as places only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.texts.doubts import NamesInDoubt, may_tell
from pipelines.texts.masking import HiddenPlace, People, hidden_in, tells_of
from service.store.tables import Person


class Unnamed:
    """Looks through texts of one organization, for the length of one transaction."""

    def __init__(self, session: Session, organization: str) -> None:
        self._session, self._organization = session, organization

    @cached_property
    def _names(self) -> tuple[str, ...]:
        there = (Person.organization_id == self._organization, Person.erased_at.is_(None))
        return tuple(self._session.scalars(select(Person.name).where(*there).order_by(Person.id)))

    @cached_property
    def _people(self) -> People:
        return People(self._names)

    @cached_property
    def _in_doubt(self) -> NamesInDoubt:
        return NamesInDoubt(self._names)

    def hidden(self, text: str, author: str, language: str) -> tuple[HiddenPlace, ...]:
        """What of a text by this author (a name) is not shown."""
        return hidden_in(text, author, self._people.mentioned(text), language)

    def may_tell(self, text: str, hidden: Sequence[HiddenPlace]) -> bool:
        """Whether a person has to look before it is shown: something is hidden, or may have to be."""
        return bool(hidden) or may_tell(text) or self._in_doubt.may_be_in(text)

    def tells(self, words: str, authors: Collection[str], language: str) -> bool:
        """Whether words that somebody wrote about works name one of their authors, or hold an address."""
        return any(tells_of(words, author, language) for author in authors)


def stored(hidden: Sequence[HiddenPlace]) -> list[list[Any]]:
    """As an approval keeps it."""
    return [list(one) for one in hidden]


def read(kept: Sequence[Sequence[Any]]) -> tuple[HiddenPlace, ...]:
    """As it was kept."""
    return tuple(HiddenPlace(int(start), int(end), str(kind)) for start, end, kind in kept)
