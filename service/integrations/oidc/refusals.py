"""Why somebody with an account does not come in, in words for them and for whoever leads. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service.domain.errors import PeerloomError


class Refusal(StrEnum):
    """Why not. The names are shown, so that whoever is asked for help knows what happened."""

    NO_ATTEMPT = "no-attempt"
    USED = "used-before"
    OTHER_ISSUER = "other-issuer"
    DENIED = "denied"
    OFF = "off"
    UNREACHABLE = "unreachable"
    DESCRIPTION = "description"
    KEYS = "keys"
    CLIENT = "client"
    CODE = "code"
    NOTHING = "nothing-signed"
    MALFORMED = "token-malformed"
    ALGORITHM = "token-algorithm"
    KEY = "token-key"
    SIGNATURE = "token-signature"
    ISSUER = "token-issuer"
    AUDIENCE = "token-audience"
    TIME = "token-time"
    NONCE = "token-nonce"
    HALF_HASH = "token-half-hash"
    SUBJECT = "token-subject"
    EVENT = "token-event"
    REPLAYED = "token-replayed"
    STRANGER = "stranger"
    WAITS = "waits"
    GROUPS = "groups"


@dataclass(frozen=True, slots=True)
class RefusalAdvice:
    """What is said: to whoever wanted to come in, and to a coordinator. `broken`: the connection, and not this person,
    needs somebody's attention."""

    person: str
    coordinator: str
    broken: bool = False


class Refused(Exception):
    """Nobody comes in by this. `said` are a few words of the transport, with nothing of anybody's."""

    def __init__(self, why: Refusal, said: str = "") -> None:
        self.why, self.said = why, said
        super().__init__(why.value)


class WordNotTaken(PeerloomError):
    """This word of a sign-out was not taken."""

    kind = "bad-request"


_AGAIN: Final = "Begin once more from the sign-in page."
_ASK: Final = "This is not yours to mend: tell your coordinator the word below. A sign-in link still works."
_SIGNED: Final = "What the provider signed is not what was asked for"


def _broken(coordinator: str) -> RefusalAdvice:
    return RefusalAdvice(_ASK, coordinator, broken=True)


def _odd(coordinator: str) -> RefusalAdvice:
    return RefusalAdvice(f"{_AGAIN} If it happens again, tell your coordinator the word below.", coordinator)


ADVICE: Final[Mapping[Refusal, RefusalAdvice]] = {
    Refusal.NO_ATTEMPT: RefusalAdvice(
        f"This sign-in was not begun in this browser, or more than ten minutes ago. {_AGAIN}",
        "Whoever sees this often has cookies switched off, or begins at an address that is not this service's own.",
    ),
    Refusal.USED: RefusalAdvice(f"This sign-in was used before. {_AGAIN}", "Nothing to do: a page was loaded twice."),
    Refusal.OTHER_ISSUER: _odd("The answer came in the name of another provider, and was not taken."),
    Refusal.DENIED: RefusalAdvice(
        f"Your account’s provider did not let you in, or you stopped there. {_AGAIN}",
        "The provider says no. See whether these people may use this application there.",
    ),
    Refusal.OFF: RefusalAdvice(
        "Signing in with an account is switched off here. A sign-in link still works.",
        "It is switched off in the settings.",
    ),
    Refusal.UNREACHABLE: RefusalAdvice(
        "Your account’s provider does not answer at the moment. Try again in a few minutes, or use a sign-in link.",
        "The provider does not answer, or at an address that may not be spoken to.",
        broken=True,
    ),
    Refusal.DESCRIPTION: _broken(
        "What the provider says of itself cannot be used. Check the issuer, letter by letter."
    ),
    Refusal.KEYS: _broken("The provider’s keys cannot be read."),
    Refusal.CLIENT: _broken("The provider does not know the client id, or not with this secret. Put in both anew."),
    Refusal.CODE: _odd("The provider did not take its own code. Check that the redirect address stands there exactly."),
    Refusal.NOTHING: _broken("The provider gave no ID token. The client must be one for OpenID Connect."),
    Refusal.MALFORMED: _broken(f"{_SIGNED}: it cannot be read."),
    Refusal.ALGORITHM: _broken(f"{_SIGNED}: have it sign with RS256, PS256, ES256 or EdDSA."),
    Refusal.KEY: _broken(f"{_SIGNED}: it is signed with a key that the provider does not publish."),
    Refusal.SIGNATURE: _broken(f"{_SIGNED}: the signature does not hold."),
    Refusal.ISSUER: _broken(f"{_SIGNED}: it names another issuer. Check the issuer, letter by letter."),
    Refusal.AUDIENCE: _broken(f"{_SIGNED}: it is for another client. Check the client id."),
    Refusal.TIME: _odd(f"{_SIGNED}: it has ended, or is of the future. Check the clocks of both machines."),
    Refusal.NONCE: _odd(f"{_SIGNED}: it belongs to another sign-in."),
    Refusal.HALF_HASH: _broken(f"{_SIGNED}: it does not go with the access token."),
    Refusal.SUBJECT: _broken(f"{_SIGNED}: it does not say whom it is about."),
    Refusal.EVENT: _broken(f"{_SIGNED}: it is no word of a sign-out."),
    Refusal.REPLAYED: _odd(f"{_SIGNED}: it was given before."),
    Refusal.STRANGER: RefusalAdvice(
        "Your account is right, but nobody here knows you yet. Ask your coordinator to put you in, or for a link.",
        "No rule gives this account a role, and strangers are not let in.",
    ),
    Refusal.WAITS: RefusalAdvice(
        "Your account is right, but a coordinator must confirm first that it is yours. Ask them to look at their "
        "settings, under Accounts; until then, a sign-in link works.",
        "An account waits to be confirmed as a person’s, since that person may do more than the account says.",
    ),
    Refusal.GROUPS: RefusalAdvice(
        "Your account is right, but there is no group here for you yet. Ask your coordinator.",
        "Strangers come in as learners of a group that does not exist any more. Choose another.",
    ),
}
