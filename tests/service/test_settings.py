"""Settings are typed and frozen, and those that contradict one another say what to set instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from service.cli.reference import settings_table
from service.settings import Settings, SettingsProblem, load, unknown, variable


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)


def test_without_any_setting_everything_is_embedded_in_the_data_folder() -> None:
    settings = load()
    assert settings.embedded
    assert settings.database == f"sqlite:///{Path('var').resolve() / 'peerloom.db'}"
    assert settings.model == ""


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERLOOM_PORT", "9001")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-something")
    settings = load()
    assert settings.port == 9001
    assert settings.openai_api_key.get_secret_value() == "sk-something"


def test_what_is_given_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERLOOM_PORT", "9001")
    assert load(port=9002).port == 9002


def test_a_setting_cannot_be_changed_later() -> None:
    with pytest.raises(ValidationError):
        load().port = 1


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-something")
    monkeypatch.setenv("PEERLOOM_BROKER_URL", "redis://:hush@127.0.0.1/0")
    printed = repr(load())
    assert "sk-something" not in printed
    assert "hush" not in printed


CELERY = {
    "dispatch": "celery",
    "broker_url": "redis://127.0.0.1/5",
    "database_url": "postgresql+psycopg://somebody@127.0.0.1/peerloom",
    "chroma_url": "http://127.0.0.1:8001",
}


def test_celery_with_servers_for_everything_is_fine() -> None:
    assert not load(**CELERY).embedded


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"broker_url": ""}, "set PEERLOOM_BROKER_URL"),
        ({"broker_url": "sqs://somewhere"}, "starts with redis://"),
        ({"database_url": ""}, "set PEERLOOM_DATABASE_URL"),
        ({"chroma_url": ""}, "set PEERLOOM_CHROMA_URL"),
        ({"index": "exact"}, "set PEERLOOM_INDEX=chroma"),
        ({"heartbeat_seconds": 40}, "PEERLOOM_HEARTBEAT_SECONDS"),
        ({"port": 70_000}, "PEERLOOM_PORT: "),
    ],
)
def test_settings_that_contradict_one_another_say_what_to_set(change: dict[str, object], says: str) -> None:
    with pytest.raises(SettingsProblem, match=says):
        load(**{**CELERY, **change})


def test_a_misspelt_variable_is_told_with_the_likely_one() -> None:
    assert unknown({"PEERLOOM_DATABSE_URL": "x", "PEERLOOM_PORT": "1", "PATH": "/"}) == [
        "PEERLOOM_DATABSE_URL is not a setting. Did you mean PEERLOOM_DATABASE_URL?"
    ]


def test_every_setting_says_what_it_does_and_is_in_the_reference() -> None:
    table = settings_table()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"| `{variable(name)}` |" in table
