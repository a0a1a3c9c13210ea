"""What an e-mail address looks like. Pure, and light: whether somebody reads it, only mail can tell."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b
from typing import Final

import idna

LONGEST: Final = 254
"""Characters of an address (RFC 5321, section 4.5.3.1.3)."""
MARK: Final = 32
_LOCAL: Final = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def address(text: str) -> str:
    """The address in one spelling (NFC, the host in small letters). Raises ValueError for what is none.

    Letters of any alphabet may stand on both sides (RFC 6531); quoted local parts and numbers for hosts may not: no
    person has one, and they are how headers are smuggled.
    """
    text = unicodedata.normalize("NFC", text.strip())
    local, at, host = text.rpartition("@")
    if not at or len(text) > LONGEST or not _LOCAL.fullmatch(local) or ".." in f".{local}.":
        raise ValueError("is not an e-mail address")
    if any(unicodedata.category(letter)[0] in "CZ" for letter in text) or not _is_host(host):
        raise ValueError("is not an e-mail address")
    return f"{local}@{host.lower()}"


def is_address(text: str) -> bool:
    """Whether `address` takes it."""
    try:
        address(text)
    except ValueError:
        return False
    return True


def address_or_none(text: str) -> str:
    """The address, or an empty text for one with nothing in it. Raises ValueError."""
    return address(text) if text.strip() else ""


def mark(text: str, person: str) -> str:
    """What an address of this person (our id) is known again by once it is forgotten (`MARK` characters). Nobody can
    read it back; whoever has the database and guesses the address can see that the guess is right."""
    return blake2b(text.lower().encode(), key=person.encode(), digest_size=MARK // 2).hexdigest()


def _is_host(host: str) -> bool:
    labels = ascii_host(host).split(".")
    return len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()


def ascii_host(host: str) -> str:
    """The host as name servers know it (IDNA 2008, UTS 46); empty where there is no such spelling.

    Python's own codec knows IDNA 2003 alone, in which straße.de is strasse.de, somebody else's.
    """
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        return ""
