"""The files that start Peerloom elsewhere: compose, the image, make, and the check before a merge."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.jobs.inline import GRACE
from service.settings import Settings, unknown, variable
from service.store.session import make_engine

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_compose_has_the_five_services_and_one_that_watches_them_where_it_is_asked_for(compose: dict[str, Any]) -> None:
    asked_for = {name: service["profiles"] for name, service in compose["services"].items() if "profiles" in service}
    assert asked_for == {"prometheus": ["monitoring"]}
    assert set(compose["services"]) - set(asked_for) == {"web", "worker", "postgres", "redis", "chroma"}


def test_only_the_web_is_reachable_and_only_from_this_machine(compose: dict[str, Any]) -> None:
    """And what watches, where it is asked for; the metrics' own port never."""
    published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8000:8000"], "prometheus": ["127.0.0.1:9090:9090"]}
    assert compose["networks"]["back"] == {"internal": True}
    for name in ("postgres", "redis", "chroma"):
        assert compose["services"][name]["networks"] == ["back"]


def test_every_service_has_a_health_check_and_a_user_that_is_not_root(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["healthcheck"]["test"], name
        assert int(service["user"].split(":")[0]) > 0, name


def test_every_service_has_a_limit_of_memory(compose: dict[str, Any]) -> None:
    assert all("mem_limit" in service for service in compose["services"].values())


def test_who_works_is_given_longer_to_stop_than_it_takes(compose: dict[str, Any]) -> None:
    for name in ("web", "worker"):
        assert int(compose["services"][name]["stop_grace_period"].rstrip("s")) > 2 * GRACE


def test_a_password_may_hold_any_sign(compose: dict[str, Any]) -> None:
    given = compose["services"]["worker"]["environment"]
    assert "PASSWORD" not in given["PEERLOOM_DATABASE_URL"]
    assert given["PGPASSWORD"].startswith("${POSTGRES_PASSWORD")
    engine = make_engine(given["PEERLOOM_DATABASE_URL"])
    assert engine.url.password is None, "the driver then takes PGPASSWORD, as it stands"


def test_every_image_is_pinned(compose: dict[str, Any]) -> None:
    images = [service["image"] for service in compose["services"].values()]
    images += re.findall(r"FROM (\S+)", (ROOT / "Dockerfile").read_text("utf-8"))
    assert all(":" in image and not image.endswith(":latest") for image in images)


def test_web_and_worker_wait_for_servers_that_are_healthy(compose: dict[str, Any]) -> None:
    for name in ("postgres", "redis", "chroma"):
        assert compose["services"]["web"]["depends_on"][name] == {"condition": "service_healthy"}
    assert compose["services"]["worker"]["depends_on"]["web"] == {"condition": "service_healthy"}


def test_what_is_kept_is_on_volumes(compose: dict[str, Any]) -> None:
    mounted = [volume for service in compose["services"].values() for volume in service.get("volumes", [])]
    ours = {volume for volume in mounted if volume.startswith("./")}
    assert all(volume.endswith(":ro") and (ROOT / volume.split(":")[0]).is_file() for volume in ours)
    used = {volume.split(":")[0] for volume in set(mounted) - ours}
    assert used == set(compose["volumes"])
    assert {"postgres", "chroma"} <= used


def test_compose_and_image_set_only_settings_that_exist(compose: dict[str, Any]) -> None:
    environment = {name for service in compose["services"].values() for name in service.get("environment", {})}
    environment |= set(re.findall(r"(PEERLOOM_\w+)=", (ROOT / "Dockerfile").read_text("utf-8")))
    assert not unknown(dict.fromkeys(environment, ""))


def test_compose_settings_do_not_contradict_one_another(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = compose["services"]["web"]["environment"]
    for name in (variable(field) for field in Settings.model_fields):
        if name in given:
            monkeypatch.setenv(name, re.sub(r"\$\{\w+:?[-?]?(.*?)\}", r"\1", str(given[name])))
    assert Settings().dispatch == "celery"


def test_the_image_runs_as_a_user_of_its_own() -> None:
    stages = (ROOT / "Dockerfile").read_text("utf-8").split("FROM ")[1:]
    assert len(stages) == 2
    assert "\nUSER peerloom\n" in stages[-1]
    assert "\nHEALTHCHECK " in stages[-1]


def test_make_says_what_there_is() -> None:
    said = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    targets = ["help", "demo", "test", "trust", "holes", "coverage", "sure", "serve", "docs", "lock"]
    assert [line.split()[1] for line in said.splitlines()] == targets


def test_the_check_before_a_merge_is_sound_bash_and_stops_at_the_first_failure() -> None:
    script = ROOT / ".ci" / "run"
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert script.stat().st_mode & 0o111
    assert "set -euo pipefail" in script.read_text("utf-8")
