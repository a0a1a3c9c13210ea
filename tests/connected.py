"""What is connected to the service in tests, and every route that there is with it. Loopback may be spoken to."""

from __future__ import annotations

from ipaddress import ip_network

from service.integrations import plugged
from service.store.sealing import Seal
from service.web import app
from service.web.pages import site

SEAL = Seal("of these tests")
BASE = "https://peerloom.example.org"
CONNECTED = plugged(lambda: SEAL, BASE, [ip_network("127.0.0.0/8")])
API = (*app.ROUTERS, *(router for one in CONNECTED for router in one.api))
PAGES = (*site.ROUTERS, *(router for one in CONNECTED for router in one.pages))
