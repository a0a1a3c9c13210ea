"""A provider that others wrote (oidc-provider-mock, on Authlib): what it gives lets somebody in, and out again."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from tests.free_port import free_port
from tests.service.integrations.oidc.conftest import MEANT, House, who
from tests.service.web.browsing import Visitor
from tests.service.web.conftest import School
from tests.stubs.provider import Provider


@pytest.fixture
def other() -> Iterator[str]:
    """Its address. In a process of its own: it warns of what it is made of."""
    port = free_port()
    amara = json.dumps({"sub": "amara@harbor.example.org", "employee": "amara", "name": "Amara"})
    asked = ["-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true", "--user-claims", amara]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen([sys.executable, *asked], env=environment, **quiet) as running:  # type: ignore[call-overload]
        _until_it_answers(port, running)
        yield f"http://127.0.0.1:{port}"
        running.terminate()


def _until_it_answers(port: int, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and running.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("the provider does not start")


def test_a_provider_that_others_wrote_lets_a_learner_in_and_out(school: School, other: str) -> None:
    house = House(school, Provider(other)).set_up(person_claim="employee", listed=True)
    amara = Visitor(school.client())
    there = amara.client.get(house.entrance, headers=MEANT).headers["location"]
    assert "Authorize" in httpx.get(there).text
    answered = httpx.post(there, data={"sub": "amara@harbor.example.org"})
    came = amara.client.get(answered.headers["location"], follow_redirects=True)
    assert came.status_code == 200, came.text
    assert who(house, amara) == "amara"
    page = amara.send(amara.get("/learn"), "/sign-out")
    assert "too" in page.text
    gone = amara.client.get(f"{house.entrance}/leave")
    assert gone.headers["location"].startswith(
        f"{other}/oauth2/end_session?client_id=peerloom&post_logout_redirect_uri="
    )
    denied = httpx.post(amara.client.get(house.entrance, headers=MEANT).headers["location"], data={"action": "deny"})
    no = amara.client.get(denied.headers["location"])
    assert no.status_code == 403
    assert "no-attempt" in no.text  # it leaves out the state with a no, so nobody knows to which attempt it belongs
