"""What pages about a second factor share: the code that is typed, and the picture that an app scans."""

from __future__ import annotations

from typing import Annotated

import segno
from markupsafe import Markup
from pydantic import BaseModel, Field


class CodeSent(BaseModel):
    """A code, as it was typed."""

    code: Annotated[str, Field(max_length=100)] = ""


def picture(uri: str) -> Markup:
    """The address as a QR code: SVG, black on white whatever the page's colours, made of our own bytes only."""
    made = segno.make(uri, error="m", micro=False)
    return Markup(made.svg_inline(omitsize=True, border=4, light="white", title="QR code"))  # noqa: S704
