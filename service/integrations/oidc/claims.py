"""What is read out of an account's claims: who it is, and which roles rules give. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from service.domain.notifications.addresses import is_address
from service.domain.roles import Role
from service.domain.texts import identifier, name

MOST_VALUES: Final = 1_000
LONGEST_NAME: Final = 200
LONGEST_KEY: Final = 255

Roles = frozenset[tuple[Role, str]]
"""Roles in groups, by our own ids."""


class RuleOfAccounts(Protocol):
    """Whoever has this value in this claim has this role in this group (our id)."""

    @property
    def claim(self) -> str: ...

    @property
    def value(self) -> str: ...

    @property
    def role(self) -> Role: ...

    @property
    def group_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Account:
    """What an account says of its owner. `key` is the platform's id of the person, and `email` an address that the
    provider has verified; either is empty where it is not said."""

    issuer: str
    subject: str
    name: str
    key: str
    email: str
    claims: Mapping[str, Any]


def values(claims: Mapping[str, Any], claim: str) -> list[str]:
    """All that stands in a claim, as text; `realm_access.roles` reaches into an object where no claim is called so."""
    found: Any = claims.get(claim)
    if found is None and "." in claim:
        found = claims
        for step in claim.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
    many = found if isinstance(found, list) else [found]
    return [text for text in (_text(one) for one in many[:MOST_VALUES]) if text]


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int():
            return str(value)
        case _:
            return ""


def roles(claims: Mapping[str, Any], rules: Iterable[RuleOfAccounts]) -> Roles:
    """The roles that rules give; letter by letter, since `Teachers` and `teachers` may be two groups there."""
    return frozenset((one.role, one.group_id) for one in rules if one.value in values(claims, one.claim))


def account(claims: Mapping[str, Any], issuer: str, person_claim: str) -> Account:
    """Who it is. An address counts if the provider says that it has verified it, and in no other case."""
    said = values(claims, person_claim) if person_claim else []
    email = _said(claims, "email")
    verified = claims.get("email_verified") is True and is_address(email) and email.isascii()
    names = (_said(claims, "given_name"), _said(claims, "family_name"))
    called = _said(claims, "name") or " ".join(one for one in names if one) or _said(claims, "preferred_username")
    key = _kept(said[0], identifier, LONGEST_KEY) if said else ""
    return Account(
        issuer, str(claims["sub"]), _kept(called, name, LONGEST_NAME), key, email if verified else "", claims
    )


def _said(claims: Mapping[str, Any], claim: str) -> str:
    found = claims.get(claim)
    return " ".join(found.split()) if isinstance(found, str) else ""


def _kept(text: str, form: Callable[[str], str], most: int) -> str:
    """The text as it is kept; empty for what cannot be."""
    try:
        return form(text) if len(text) <= most else ""
    except ValueError:
        return ""


def together(signed: Mapping[str, Any], more: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was signed, and what more was said. That one address is verified says nothing of another: an address and
    whether it is verified are said by one of the two."""
    both, address = {**more, **signed}, {"email", "email_verified"}
    if "email" in signed and signed["email"] == more.get("email"):
        return both
    whose = signed if "email" in signed else more
    return {name: said for name, said in both.items() if name not in address or whose.get(name) == said}


def missing(claims: Mapping[str, Any], wanted: Iterable[str]) -> bool:
    """Whether one of these is not said."""
    return any(not values(claims, claim) for claim in wanted)
