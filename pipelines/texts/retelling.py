"""What a sentence of a work says, asks or tells, in the form in which it is given back. Pure; may not judge whether it
may be: that is for whoever speaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.texts.asking_back import order, question
from pipelines.texts.reporting import reports, verbatim
from pipelines.texts.reporting_german import reports as german
from pipelines.values import Span


@dataclass(frozen=True, slots=True)
class Retold:
    """Words to be given back; `form` is what they stand after: "clause", "ask", "order" or "quote"."""

    form: str
    said: str


def retellings(text: str, span: Span, language: str) -> Iterator[Retold]:
    """All ways to give the passage back, the fullest first: turned to its author, and last as it stands."""
    told = german(text, span) if language == "de" else reports(text, span, language)
    yield from (Retold("clause", said) for said in told)
    for form, said in (("ask", question(text, span, language)), ("order", order(text, span, language))):
        if said:
            yield Retold(form, said)
    if said := verbatim(text, span):
        yield Retold("quote", said)
