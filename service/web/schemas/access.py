"""Keys, who is asking, sign-in links, the organization's settings, and what happened."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from service.actions.access.me import Me
from service.actions.access.sessions import OpenSession
from service.domain.access.keys import MEANS, KeyScope, in_order, scopes_in
from service.domain.access.organization_settings import (
    LARGEST_BUDGET,
    LONGEST_UNDO,
    MOST_ORIGINS,
    RAREST_SPOT_CHECK,
    SPOT_CHECK_EVERY,
    OrganizationWish,
)
from service.domain.following.reminders import AGAIN_DAYS, MOST_DAYS
from service.domain.notifications.timing import LONGEST_ZONE
from service.domain.roles import CredentialReach
from service.store.tables import Credential
from service.web.fields import Id, Language, Moment, Name, RequestBody, ResponseBody

UNDO = "Seconds for which an approval can be undone; null for what the installation says."
BUDGET = "What models may cost in a day, in the currency of the prices; 0 is no limit, null what the installation says."
REMIND = f"Days before the same person is reminded of the same thing again; null for {AGAIN_DAYS}."
ANSWER = "Days within which learners are promised an answer; work that waits longer is told of. Null promises nothing."
LOOK = "Whether introductions are looked for every week, for all. Facilitators decide on what is found."
OUTDATED = "Whether learners read, at a quotation in released feedback, that its document no longer says so."
SECOND_FACTOR = (
    "Whether facilitators and coordinators need a second factor: who has none sets it up when they next sign in by a "
    "link. Tokens, and frames on a platform's page, need none."
)
ZONE = "By whose clock people are mailed who have chosen no time zone, such as `Europe/Berlin`; empty is UTC."
SAYS_MORE = (
    "Whether e-mail may hold learners' words and peers' names. Otherwise it says what there is, and links to it."
)
SPOT = (
    "A second facilitator is asked to judge one approved draft in so many, drawn at random and blind to the first; "
    f"0 is none, null {SPOT_CHECK_EVERY}."
)
SCOPES = "What it may be used for: " + "; ".join(f"`{one}`: {means}" for one, means in MEANS.items()) + "."
ORIGINS = "Sites on whose pages the learner's pages may stand in a frame, such as `https://courses.example.org`."


class KeyAsked(RequestBody):
    """A key for a platform."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "Course platform",
                "groups": ["year-8"],
                "scopes": ["read", "submit", "people", "act"],
                "expires_at": "2032-08-31T00:00:00Z",
            }
        }
    )

    name: Name = Field(description="What people call it.")
    groups: Annotated[list[Id], Field(max_length=500)] = Field(
        default=[], description="Ids of the groups it is limited to, with all below them; empty for the organization."
    )
    scopes: Annotated[list[KeyScope], Field(min_length=1, max_length=len(KeyScope))] | None = Field(
        default=None, description=f"{SCOPES} Null gives it all that whoever makes it has, and nobody gives more."
    )
    expires_at: Moment | None = Field(
        default=None,
        description="When it ends by itself, within ten years. Null is never; but no key makes one that outlives it.",
    )

    def wish(self) -> dict[str, Any]:
        """What a key is made of."""
        return self.model_dump()


class KeyShown(ResponseBody):
    """A key or token, without its secret."""

    id: str = Field(description="Its id.")
    name: str = Field(description="What people call it.")
    reach: CredentialReach = Field(description="`platform` or `person`.")
    created_at: datetime = Field(description="When it was made.")
    expires_at: datetime | None = Field(description="When it ends by itself.")
    revoked_at: datetime | None = Field(description="When it was ended.")
    last_used_at: datetime | None = Field(
        description="When a key was last used, to the hour; null for never, or a token."
    )
    scopes: list[KeyScope] = Field(description=SCOPES)

    @classmethod
    def of_key(cls, row: Credential) -> KeyShown:
        return cls.mirror(row, scopes=in_order(scopes_in(row.scopes)))


class SecretKeyShown(KeyShown):
    """A key or token with its secret, which is shown this once."""

    secret: str | None = Field(
        description="What to send as `Authorization: Bearer …`. Shown once and kept nowhere: null where the answer is "
        "given again for an Idempotency-Key. If it was lost, end this one and make another."
    )

    @classmethod
    def with_secret(cls, row: Credential, secret: str, *, scopes: Collection[KeyScope] | None = None) -> SecretKeyShown:
        """`scopes` are given where a token has those of its key."""
        own = scopes_in(row.scopes) if scopes is None else scopes
        return cls.mirror(row, secret=secret, scopes=in_order(own))

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


class SignInLinkShown(ResponseBody):
    """A sign-in link, which is shown this once."""

    person: str = Field(description="Id of the person.")
    embedded: bool = Field(description="Whether it is for a frame.")
    expires_at: datetime = Field(description="Until when it can be opened.")
    url: str | None = Field(
        description="What to open. Null where the answer is given again for an Idempotency-Key: make another."
    )

    def without_secret(self) -> str:
        return self.model_copy(update={"url": None}).model_dump_json()


class MeShown(ResponseBody):
    """Who this key or token stands for, and what it may do."""

    organization: str = Field(description="Id of the organization.")
    reach: CredentialReach = Field(description="`platform` or `person`.")
    credential: str = Field(description="Id of the key or token.")
    person: str | None = Field(description="Id of the person, for a token.")
    groups: list[str] | None = Field(description="Groups that a key is limited to; null for the whole organization.")
    learns_in: list[str] = Field(description="Groups in which the person hands in work.")
    facilitates: list[str] = Field(description="Groups in which the person decides on drafts, those below included.")
    coordinates: list[str] = Field(description="Groups that the person coordinates, those below included.")
    scopes: list[KeyScope] = Field(description=SCOPES)
    expires_at: datetime | None = Field(description="When this key or token ends by itself; null for never.")
    may: list[str] = Field(
        description="What it may do: `push`, `read`, `mint_tokens`, `manage_keys`, `hand_in`, `review`."
    )

    @classmethod
    def of(cls, me: Me) -> MeShown:
        return cls.mirror(me, may=_may(me))


def _may(me: Me) -> list[str]:
    platform = me.reach is CredentialReach.PLATFORM
    whole, held = platform and me.groups is None, set(me.scopes)
    reviews = bool(me.facilitates or me.coordinates)
    answers = {
        "push": platform and bool({KeyScope.SUBMIT, KeyScope.PEOPLE} & held),
        "read": (platform or reviews) and KeyScope.READ in held,
        "mint_tokens": platform and KeyScope.ACT in held,
        "manage_keys": whole and KeyScope.ADMIN in held,
        "hand_in": (platform or bool(me.learns_in)) and KeyScope.SUBMIT in held,
        "review": reviews and KeyScope.ACT in held,
    }
    return [act for act, yes in answers.items() if yes]


class OrganizationAsked(RequestBody):
    """All that is set; what is left out goes back to what the installation says."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"name": "Harbor School", "language": "en", "embed_origins": ["https://courses.example.org"]}
        }
    )

    name: Name = Field(description="What people call it.")
    language: Language = Field(default="en", min_length=2, description="BCP 47 tag, where a text says nothing else.")
    undo_seconds: int | None = Field(default=None, ge=0, le=LONGEST_UNDO, description=UNDO)
    model_budget_per_day: float | None = Field(
        default=None, ge=0, le=LARGEST_BUDGET, allow_inf_nan=False, description=BUDGET
    )
    embed_origins: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=MOST_ORIGINS)] = Field(
        default=[], description=ORIGINS
    )
    remind_again_days: int | None = Field(default=None, ge=1, le=MOST_DAYS, description=REMIND)
    answer_within_days: int | None = Field(default=None, ge=1, le=MOST_DAYS, description=ANSWER)
    look_for_introductions_weekly: bool = Field(default=False, description=LOOK)
    say_what_is_outdated: bool = Field(default=False, description=OUTDATED)
    spot_check_every: int | None = Field(default=None, ge=0, le=RAREST_SPOT_CHECK, description=SPOT)
    second_factor_needed: bool = Field(default=False, description=SECOND_FACTOR)
    time_zone: Annotated[str, StringConstraints(max_length=LONGEST_ZONE)] = Field(default="", description=ZONE)
    mail_says_more: bool = Field(default=False, description=SAYS_MORE)

    def wish(self) -> OrganizationWish:
        return OrganizationWish(
            self.name,
            self.language,
            self.undo_seconds,
            self.model_budget_per_day,
            tuple(self.embed_origins),
            self.remind_again_days,
            self.answer_within_days,
            self.look_for_introductions_weekly,
            self.say_what_is_outdated,
            self.spot_check_every,
            self.second_factor_needed,
            self.time_zone,
            self.mail_says_more,
        )


class OrganizationShown(ResponseBody):
    """The organization, and what is set."""

    id: str = Field(description="Its id on this installation.")
    name: str = Field(description="What people call it.")
    language: str = Field(description="BCP 47 tag, where a text says nothing else.")
    undo_seconds: int | None = Field(description=UNDO)
    model_budget_per_day: float | None = Field(description=BUDGET)
    embed_origins: list[str] = Field(description=ORIGINS)
    remind_again_days: int | None = Field(description=REMIND)
    answer_within_days: int | None = Field(description=ANSWER)
    look_for_introductions_weekly: bool = Field(description=LOOK)
    say_what_is_outdated: bool = Field(description=OUTDATED)
    spot_check_every: int | None = Field(description=SPOT)
    second_factor_needed: bool = Field(description=SECOND_FACTOR)
    time_zone: str = Field(description=ZONE)
    mail_says_more: bool = Field(description=SAYS_MORE)

    @classmethod
    def of(cls, found: tuple[str, OrganizationWish]) -> OrganizationShown:
        id_, wish = found
        return cls.mirror(wish, id=id_)


class SessionShown(ResponseBody):
    """A session in a browser."""

    id: str = Field(description="Its id.")
    begun_at: datetime = Field(description="When somebody signed in.")
    ends_at: datetime | None = Field(description="When it ends by itself.")
    embedded: bool = Field(description="Whether it was begun in a frame on a platform's page.")

    @classmethod
    def of(cls, found: OpenSession) -> SessionShown:
        return cls.mirror(found)
