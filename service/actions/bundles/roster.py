"""A list of people as a spreadsheet saves it: one person and group a row. Each row is read as one line of a bundle.

Pure. Read are what spreadsheets write: commas, semicolons or tabs, with or without a byte-order mark, in UTF-8, in
UTF-16 ("Unicode text"), or, of older programs, in Windows' Western European alphabet.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Iterator
from typing import Final

from service.domain.errors import Invalid

COLUMNS: Final = ("id", "name", "group", "role", "language", "email")
NEEDED: Final = ("id", "name", "group")
DELIMITERS: Final = (",", ";", "\t")
_SAID: Final = re.compile(r"\s*\"?sep=([,;\t])\"?[ \t]*(?:\r\n|\r|\n)", re.I)
"""The line with which a table tells spreadsheets its delimiter."""
FORMULA: Final = "'"
"""What this service and many others put before a cell that a spreadsheet would take for a formula."""


def decoded(body: bytes) -> str:
    """The text of a file as spreadsheets write it. Never fails: every byte means something in the older alphabet."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def lines(text: str) -> Iterator[str]:
    """One line of a bundle for each row of the table, blank for the heading and for empty rows, so that both are
    counted alike. A row without a role is a learner's. Raises Invalid for a heading that is not understood."""
    said = _SAID.match(text)
    if said:
        yield ""
        text = text[said.end() :]
    rows = _rows(text, said[1] if said else _delimiter(text))
    names = _heading(next(rows, []))
    yield ""
    for row in rows:
        cells = {name: _cell(value) for name, value in zip(names, row, strict=False)}
        if not any(cells.values()):
            yield ""
            continue
        told = {name: value for name, value in cells.items() if value}
        if "role" in told:
            told["role"] = told["role"].casefold()
        yield json.dumps({"kind": "member", **told}, ensure_ascii=False)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(text.splitlines(), delimiter=delimiter)
    except csv.Error as error:
        raise Invalid("A cell of this table does not end: a quotation mark is opened and not closed.") from error


def _delimiter(text: str) -> str:
    heading = text.partition("\n")[0]
    return max(DELIMITERS, key=heading.count)


def _heading(cells: list[str]) -> list[str]:
    names = [cell.strip().casefold() for cell in cells]
    unknown = sorted({name for name in names if name not in COLUMNS})
    if unknown:
        raise Invalid(f"A roster has no column “{unknown[0][:50]}”. It has: {', '.join(COLUMNS)}.")
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise Invalid(f"The first line of a roster names its columns; “{missing[0]}” is missing.")
    return names


def _cell(value: str) -> str:
    value = value.strip()
    return value[1:] if value[:1] == FORMULA and value[1:2] in ("=", "+", "-", "@") else value
