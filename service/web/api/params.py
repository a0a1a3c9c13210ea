"""Parts of addresses that several routes share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from service.web.fields import Id, OwnId

ExternalId = Annotated[Id, Path(description="The platform's own id of it. Any characters but `/` and controls.")]
DraftId = Annotated[OwnId, Path(description="The draft's id.")]
PointId = Annotated[OwnId, Path(description="The point's id.")]
GalleryId = Annotated[OwnId, Path(description="The gallery's id.")]
ImportId = Annotated[OwnId, Path(description="The import's id.")]
KeyId = Annotated[OwnId, Path(description="The id of the key or token.")]
