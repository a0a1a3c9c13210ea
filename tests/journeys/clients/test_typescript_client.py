"""A client in TypeScript, made by openapi-typescript from the document of a live server, takes the main path.

Needs node and npm; skipped, and said so, where they or the packages are missing.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import httpx

from service.web.openapi import operations
from tests.journeys.clients.tools import HERE, run, typescript_tools
from tests.journeys.house import TEXT, House, found, settle_in

HOW = ("--default-non-nullable", "false")
"""What has a default may be left out of what is sent."""


def test_a_generated_client_in_typescript_goes_from_work_to_feedback(embedded: House, tmp_path: Path) -> None:
    tools, key = typescript_tools(), found(embedded, undo_seconds=120)
    embedded.start_all()
    url = str(embedded.web.base_url)
    document, here = httpx.get(f"{url}/openapi.json").json(), tmp_path / "typescript"
    here.mkdir()
    for name in ("journey.ts", "tsconfig.json", "package.json"):
        shutil.copy(HERE / name, here)
    (here / "node_modules").symlink_to(tools / "node_modules")
    (here / "openapi.json").write_text(json.dumps(document))
    programs = here / "node_modules" / ".bin"
    said = run([str(programs / "openapi-typescript"), "openapi.json", "--output", "peerloom.d.ts", *HOW], here)
    assert "arn" not in said, said
    types = (here / "peerloom.d.ts").read_text()
    missing = [
        one["operationId"] for _, _, one in operations(document) if f"\n    {one['operationId']}: {{" not in types
    ]
    assert not missing
    run([str(programs / "tsc")], here)
    school = settle_in(embedded, key)
    people = [key, school.facilitator, school.learner]
    assert "arrived" in run(["node", "journey.js", url, *people], here, TEXT=TEXT)
