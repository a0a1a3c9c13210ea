"""An application whose routes are made, in the process that others are forked from: making them takes a second of the
processor, and they are the same for whatever it is given."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import FastAPI
from sqlalchemy import create_engine

from service.store.session import Sessions
from service.web import app
from service.web.services import Services
from tests.connected import CONNECTED

_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
APP = app.create_app(
    Services(
        sessions=Sessions(create_engine("sqlite://")),
        after_commit=lambda: None,
        clock=lambda: _BEGINNING,
        readiness=dict,
        integrations=CONNECTED,
    )
)
app.make_routes(APP)


def create_app(services: Services) -> FastAPI:
    """The same as the service's own. Once in a process."""
    APP.state.services = services
    return APP
