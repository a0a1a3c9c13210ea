"""Types of single fields and of parts of addresses: how long a text may be, and that every database can keep it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from fastapi import Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from service.domain.fields import Email as Email
from service.domain.fields import Id as Id
from service.domain.fields import Language as Language
from service.domain.fields import Name as Name
from service.domain.fields import SourceText as SourceText
from service.domain.fields import Words as Words
from service.domain.fields import Work as Work
from service.domain.texts import name
from service.domain.texts.rich import said

FIRST_YEAR, LAST_YEAR = 1970, 2199


def typed(text: str) -> str:
    """Browsers send line ends as two characters; a text that was not touched must stay the same text."""
    return text.replace("\r\n", "\n")


def _moment(at: datetime) -> datetime:
    if not FIRST_YEAR < at.year < LAST_YEAR:
        raise ValueError(f"is not between the years {FIRST_YEAR} and {LAST_YEAR}")
    return at.astimezone(UTC)


OwnId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""An id that this service gave."""

Key = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(name)]


def _filled(text: str) -> str:
    if not text:
        raise ValueError("holds markup and no words")
    return text


Line = Annotated[str, StringConstraints(max_length=2_000), AfterValidator(said)]
Note = Annotated[str, StringConstraints(max_length=5_000), AfterValidator(said)]
SomeNote = Annotated[Note, AfterValidator(_filled)]
SomeWords = Annotated[Words, AfterValidator(_filled)]
"""Words that have to be there: of an editor that nothing was typed in, nothing is left."""
Version = Annotated[int, Field(ge=1, le=999_999_999)]
"""The version of what was seen, as a decision names it."""
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[AwareDatetime, AfterValidator(_moment)]
OneOrMore = Annotated[int, Query(ge=1, le=1_000_000)]
"""A page or a version, in an address."""
ShareOfMarks = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
"""A share of full marks."""


class RequestBody(BaseModel):
    """A request's body. A field that nobody knows is refused rather than passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ResponseBody(BaseModel):
    """An answer's body. Most mirror what an action found: a field is the attribute of that name, or of its alias."""

    model_config = ConfigDict(frozen=True, from_attributes=True, validate_by_alias=True, validate_by_name=True)

    @classmethod
    def of(cls, found: Any) -> Self:
        """The answer that tells of what was found."""
        return cls.model_validate(found)

    @classmethod
    def mirror(cls, found: object, **beside: object) -> Self:
        """The same with fields that are not attributes of what was found, or are worked out."""
        return cls.model_validate(_Beside(found, beside))


class _Beside:
    """Attributes of one thing, but for those that are given."""

    def __init__(self, found: object, beside: Mapping[str, object]) -> None:
        self._found, self._beside = found, beside

    def __getattr__(self, name: str) -> object:
        return self._beside[name] if name in self._beside else getattr(self._found, name)


ExternalId = Annotated[Id, Path(description="The platform's own id of it. Any characters but `/` and controls.")]
DraftId = Annotated[OwnId, Path(description="The draft's id.")]
PointId = Annotated[OwnId, Path(description="The point's id.")]
GalleryId = Annotated[OwnId, Path(description="The gallery's id.")]
WorkId = Annotated[OwnId, Path(description="The id of a text in the gallery, or of one that could be.")]
FileId = Annotated[OwnId, Path(description="The file's id.")]
GoalId = Annotated[OwnId, Path(description="The goal's id.")]
ImportId = Annotated[OwnId, Path(description="The import's id.")]
JobId = Annotated[OwnId, Path(description="The job's id.")]
KeyId = Annotated[OwnId, Path(description="The id of the key or token.")]
IntroductionId = Annotated[OwnId, Path(description="The introduction's id.")]
FoundWorkId = Annotated[OwnId, Path(description="The found work's id.")]
RequestId = Annotated[OwnId, Path(description="The request's id.")]
QuestionedId = Annotated[OwnId, Path(description="The questioned passage's id.")]
AlertId = Annotated[str, Path(description="The alert's id.", pattern=r"^[0-9a-f]{32}-[0-9a-f]{32}$")]
