"""Types of single fields, however they come in: how long a text may be, and that every database can keep it. Pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from service.domain.notifications.addresses import LONGEST, address_or_none
from service.domain.texts import LONGEST_WORK, identifier, name, storable
from service.domain.texts.rich import said

Id = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(identifier)]
"""An external id: the platform's own name for a thing."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(name)]
Email = Annotated[str, StringConstraints(max_length=LONGEST), AfterValidator(storable), AfterValidator(address_or_none)]
Words = Annotated[str, StringConstraints(max_length=50_000), AfterValidator(said)]
SourceText = Annotated[str, StringConstraints(max_length=50_000), AfterValidator(storable)]
"""Words that are kept sign by sign: what is to be handed in may be markup."""
Work = Annotated[str, StringConstraints(max_length=LONGEST_WORK), AfterValidator(storable)]
Language = Annotated[str, StringConstraints(max_length=35, pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$")]
