"""A text as it stands in a line, in a sentence, or on a wire. Pure; nothing here asks what the text says."""

from __future__ import annotations


def one_line(text: str) -> str:
    """The words on one line, with one space between two."""
    return " ".join(text.split())


def sentence(text: str) -> str:
    """The same as a sentence: with a full stop, where it ends in no mark of its own."""
    text = one_line(text)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def short(text: str) -> str:
    """So much of it, on one line, as may be quoted within a sentence about it."""
    text = one_line(text)
    return text if len(text) <= 80 else f"{text[:77]}…"


def sendable(text: str) -> str:
    """With a question mark for half of a surrogate pair, which cannot be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")
