"""The tutorial, word for word, in a shell: what a newcomer types works."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.free_port import free_port

ROOT = Path(__file__).parents[2]
INSTALL = "make --silent"


@pytest.mark.model
def test_the_commands_of_the_tutorial_lead_from_hand_in_to_released_feedback(tmp_path: Path) -> None:
    blocks = re.findall(
        r"^```sh\n(.*?)^```", (ROOT / "docs" / "tutorial.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    lines = "\n".join(blocks).splitlines()
    script = "\n".join(["set -euo pipefail", *(line for line in lines if not line.startswith(INSTALL))])
    environment = {**os.environ, "PEERLOOM_DATA": str(tmp_path / "data"), "PORT": str(free_port())}
    done = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert '"approved_by": "Lindiwe Mokoena"' in done.stdout
    assert "What will Bo look for on Tuesday?" in done.stdout.rpartition('"submission": "amara-1"')[2]
