"""Imports, keys, events, search, and who is asking."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from service.actions.desk.outward import Me
from service.actions.work.similar import Similar
from service.domain.roles import Reach
from service.store.tables import Credential, ImportError_, ImportRun, OutgoingEvent
from service.web.fields import AnswerBody, Id, Name, RequestBody, Work


class ImportShown(AnswerBody):
    """A bundle being taken in."""

    id: str = Field(description="The import's id.")
    state: Literal["running", "finished"] = Field(description="`running` or `finished`.")
    lines: int = Field(description="Lines in the bundle.")
    kept: int = Field(description="Lines taken in so far.")
    failed: int = Field(description="Lines that could not be kept; see its errors.")
    created_at: datetime = Field(description="When it came.")
    finished_at: datetime | None = Field(description="When its last line was taken in.")

    @classmethod
    def of(cls, row: ImportRun) -> ImportShown:
        return cls.model_validate(row, from_attributes=True)


class ImportFault(AnswerBody):
    """A line that could not be kept."""

    line: int = Field(description="Number of the line, from 1.")
    kind: str = Field(description="The kind of problem, for programs.")
    message: str = Field(description="What is wrong with it, without its text.")

    @classmethod
    def of(cls, row: ImportError_) -> ImportFault:
        return cls.model_validate(row, from_attributes=True)


class KeyAsked(RequestBody):
    """A key for a platform."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Course platform", "groups": ["year-8"]}})

    name: Name = Field(description="What people call it.")
    groups: Annotated[list[Id], Field(max_length=500)] = Field(
        default=[], description="Ids of the groups it is limited to, with all below them; empty for the organization."
    )


class KeyShown(AnswerBody):
    """A key or token, without its secret."""

    id: str = Field(description="Its id.")
    name: str = Field(description="What people call it.")
    reach: Reach = Field(description="`platform` or `person`.")
    created_at: datetime = Field(description="When it was made.")
    expires_at: datetime | None = Field(description="When it ends by itself.")
    revoked_at: datetime | None = Field(description="When it was ended.")

    @classmethod
    def of(cls, row: Credential) -> KeyShown:
        return cls.model_validate(row, from_attributes=True)


class SecretKeyShown(KeyShown):
    """A key or token with its secret, which is shown this once."""

    secret: str | None = Field(
        description="What to send as `Authorization: Bearer …`. Shown once and kept nowhere: null where the answer is "
        "given again for an Idempotency-Key. If it was lost, end this one and make another."
    )

    @classmethod
    def with_secret(cls, row: Credential, secret: str) -> SecretKeyShown:
        return cls(**KeyShown.of(row).model_dump(), secret=secret)

    def without_secret(self) -> str:
        return self.model_copy(update={"secret": None}).model_dump_json()


class TokenAsked(RequestBody):
    """A short-lived token with which one person is seen as that person."""

    model_config = ConfigDict(json_schema_extra={"example": {"person": "lindiwe", "seconds": 3600}})

    person: Id = Field(description="Id of the person.")
    seconds: int = Field(default=3600, ge=1, le=43_200, description="How long it lasts: at most twelve hours.")


class SignInLinkAsked(RequestBody):
    """A link that signs one person in, once."""

    model_config = ConfigDict(json_schema_extra={"example": {"person": "lindiwe", "embedded": False}})

    person: Id = Field(description="Id of the person.")
    embedded: bool = Field(
        default=False,
        description="True: for a frame on your own page, made at the moment at which you show it. Your address must be "
        "among the organization's `embed_origins`. False: to be opened by itself.",
    )
    path: str = Field(
        default="",
        max_length=2_000,
        description="The page to begin at, such as `/learn`. Empty: where the role begins.",
    )
    seconds: int | None = Field(
        default=None,
        ge=1,
        le=1_209_600,
        description="How long it may wait to be opened: at most fourteen days. Left out: five minutes for a frame, "
        "three days otherwise.",
    )

    def lifetime(self) -> timedelta | None:
        return timedelta(seconds=self.seconds) if self.seconds is not None else None


class SignInLinkShown(AnswerBody):
    """A sign-in link, which is shown this once."""

    person: str = Field(description="Id of the person.")
    embedded: bool = Field(description="Whether it is for a frame.")
    expires_at: datetime = Field(description="Until when it can be opened.")
    url: str | None = Field(
        description="What to open. Null where the answer is given again for an Idempotency-Key: make another."
    )

    def without_secret(self) -> str:
        return self.model_copy(update={"url": None}).model_dump_json()


class EventShown(AnswerBody):
    """Something that happened: ids and states, never anybody's words."""

    id: str = Field(description="Its id.")
    number: int = Field(description="Its place in the order of events: 1, 2, 3 …")
    name: str = Field(description="What happened, such as `draft.ready` or `feedback.released`.")
    data: dict[str, Any] = Field(description="To what: ids and states.")
    at: datetime = Field(description="When.")

    @classmethod
    def of(cls, row: OutgoingEvent) -> EventShown:
        return cls.model_validate(row, from_attributes=True)


class EventList(AnswerBody):
    """Some events, in order."""

    items: list[EventShown] = Field(description="The events after the one asked from.")


class SimilarAsked(RequestBody):
    """What to look for: a text on a challenge, or what is like a submission."""

    model_config = ConfigDict(json_schema_extra={"example": {"submission": "amara-observation", "limit": 5}})

    submission: Id | None = Field(default=None, description="Id of a submission: look for work like it.")
    challenge: Id | None = Field(default=None, description="Id of the challenge to search in, with `text`.")
    text: Work | None = Field(default=None, min_length=1, description="A text: look for work like it.")
    limit: int = Field(default=10, ge=1, le=50, description="How many to find at most.")

    @model_validator(mode="after")
    def _one_or_the_other(self) -> SimilarAsked:
        by_text = self.text is not None and self.challenge is not None
        if by_text == (self.submission is not None) or (self.text is None) != (self.challenge is None):
            raise ValueError("Send either 'submission', or 'text' and 'challenge'.")
        return self


class SimilarShown(AnswerBody):
    """A piece of work that is like what was asked for."""

    submission: str = Field(description="Id of the submission.")
    revision: int = Field(description="Number of its revision.")
    person: str = Field(description="Id of its author.")
    quote: str = Field(description="The passage, verbatim.")
    start: int = Field(description="Where it begins in its text, in characters.")
    end: int = Field(description="Where it ends, exclusive.")
    similarity: float = Field(description="Cosine, from -1 to 1.")

    @classmethod
    def of(cls, found: Similar) -> SimilarShown:
        return cls.model_validate(found, from_attributes=True)


class SimilarList(AnswerBody):
    """What was found, most similar first."""

    items: list[SimilarShown] = Field(description="Passages of others' work.")


class MeShown(AnswerBody):
    """Who this key or token stands for, and what it may do."""

    organization: str = Field(description="Id of the organization.")
    reach: Reach = Field(description="`platform` or `person`.")
    credential: str = Field(description="Id of the key or token.")
    person: str | None = Field(description="Id of the person, for a token.")
    groups: list[str] | None = Field(description="Groups that a key is limited to; null for the whole organization.")
    learns_in: list[str] = Field(description="Groups in which the person hands in work.")
    facilitates: list[str] = Field(description="Groups in which the person decides on drafts, those below included.")
    coordinates: list[str] = Field(description="Groups that the person coordinates, those below included.")
    may: list[str] = Field(
        description="What it may do: `push`, `read`, `mint_tokens`, `manage_keys`, `hand_in`, `review`."
    )

    @classmethod
    def of(cls, me: Me) -> MeShown:
        fields = {
            name: getattr(me, name)
            for name in (
                "organization",
                "reach",
                "credential",
                "person",
                "groups",
                "learns_in",
                "facilitates",
                "coordinates",
            )
        }
        return cls.model_validate({**fields, "may": _may(me)})


def _may(me: Me) -> list[str]:
    platform = me.reach is Reach.PLATFORM
    whole = platform and me.groups is None
    reviews = bool(me.facilitates or me.coordinates)
    answers = {
        "push": platform,
        "read": platform or reviews,
        "mint_tokens": platform,
        "manage_keys": whole,
        "hand_in": platform or bool(me.learns_in),
        "review": reviews,
    }
    return [act for act, yes in answers.items() if yes]


class HealthShown(AnswerBody):
    """The process answers."""

    status: Literal["ok"] = Field(description="`ok`.")


class ReadyShown(AnswerBody):
    """Whether each part of the service answers."""

    status: Literal["ready", "not ready"] = Field(description="`ready`, or `not ready` if any part is not.")
    parts: dict[str, str] = Field(description='Each part with "ok", or with what is wrong with it.')
