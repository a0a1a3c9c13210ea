"""What can go wrong, in words for the reader. A class's docstring is its message; `kind` is its stable name.

Only `service.web.errors` knows which status code a kind has.
"""

from __future__ import annotations

from typing import ClassVar


class PeerloomError(Exception):
    """Something went wrong."""

    kind: ClassVar[str] = "error"

    def __init__(self, detail: str = "", **facts: object) -> None:
        self.detail = detail or (self.__doc__ or "").strip()
        self.facts = facts
        super().__init__(self.detail)


class NotFound(PeerloomError):
    """There is nothing here by that id, or it is not yours to see."""

    kind = "not-found"


class NotAllowed(PeerloomError):
    """You may not do this here. Ask a coordinator for the role that may."""

    kind = "not-allowed"


class NotSignedIn(PeerloomError):
    """A valid key or token is needed: send it as 'Authorization: Bearer …'."""

    kind = "not-signed-in"


class Invalid(PeerloomError):
    """Something in the request is not as it should be; see the errors."""

    kind = "invalid"


class Conflict(PeerloomError):
    """This clashes with what is stored. Read it again, then decide."""

    kind = "conflict"


class ChangedSince(PeerloomError):
    """The text has changed since you saw it. Read the new text, then decide."""

    kind = "changed-since"


class NotNow(PeerloomError):
    """This cannot be done in the present state."""

    kind = "not-now"


class SameKeyOtherBody(PeerloomError):
    """This Idempotency-Key was used with another request. Use a new key for a new request."""

    kind = "same-key-other-body"


class StillRunning(PeerloomError):
    """The first request with this Idempotency-Key is still being worked on. Try again in a moment."""

    kind = "still-running"


class PreconditionNeeded(PeerloomError):
    """Send the ETag of what you saw as If-Match, so that nobody's change is lost."""

    kind = "precondition-needed"


class Unavailable(PeerloomError):
    """A part of the service does not answer at the moment. Nothing is lost; try again shortly."""

    kind = "unavailable"


class TooMany(PeerloomError):
    """That was too much in too short a time. Wait as long as the Retry-After header says, then try again."""

    kind = "too-many"
