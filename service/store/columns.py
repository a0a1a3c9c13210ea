"""Column types that mean the same in SQLite and PostgreSQL, and the declarative root."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, ForeignKey, MetaData, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

from service.domain.ids import new_id


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Takes only time-zone-aware values and gives them back in UTC, also from SQLite that drops the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(enum: type[StrEnum]) -> Enum:
    """A StrEnum stored by value in a plain text column, so that a new member needs no migration of a native type."""
    return Enum(
        enum, native_enum=False, create_constraint=False, length=32, values_callable=lambda e: [m.value for m in e]
    )


Json = JSON().with_variant(JSONB(), "postgresql")

IdColumn = Annotated[str, mapped_column(String(32), primary_key=True, default=new_id)]
OrganizationId = Annotated[str, mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)]
ExternalIdColumn = Annotated[str, mapped_column(String(255))]
LongText = Annotated[str, mapped_column(Text, default="")]
MomentColumn = Annotated[datetime, mapped_column(UtcDateTime)]
MaybeMoment = Annotated[datetime | None, mapped_column(UtcDateTime, default=None)]
HashColumn = Annotated[str, mapped_column(String(64))]
JsonObject = Annotated[dict[str, Any], mapped_column(Json, default=dict)]
JsonArray = Annotated[list[Any], mapped_column(Json, default=list)]
_JsonOrNothing = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MaybeJsonArray = Annotated[list[Any] | None, mapped_column(_JsonOrNothing, default=None)]


class Base(DeclarativeBase):
    """All tables hang here; the naming convention keeps constraint names equal in both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
