"""What this machine keeps is for the service's own user: files 0600, folders 0700, those of earlier versions too."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import structlog

from service import wiring
from service.domain.errors import Unavailable
from service.settings import EmbedderKind, Settings, SettingsProblem, load
from service.store import file_permissions, migrate
from service.store.sealing import KEY_FILE, secret_in


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """As most machines have it, and as it was afterwards."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def _modes(folder: Path) -> dict[str, int]:
    found = [folder, *folder.rglob("*")]
    return {str(one.relative_to(folder)): stat.S_IMODE(one.lstat().st_mode) for one in found if not one.is_symlink()}


def _open_to_others(folder: Path) -> dict[str, str]:
    return {name: oct(mode) for name, mode in _modes(folder).items() if mode & 0o077}


def _settings(data: Path, **given: str) -> Settings:
    return Settings(data=data, embedder=EmbedderKind.HASHING, **given)  # type: ignore[arg-type]


def test_the_database_and_the_folders_that_the_service_makes_are_its_own(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    parts = wiring.build(_settings(data))
    migrate.upgrade(parts.sessions.engine)
    parts.index.ids("anything")
    with parts.sessions.reading() as session:
        session.connection()
        assert (data / "peerloom.db").exists()
        assert _open_to_others(data) == {}
    parts.sessions.engine.dispose()


@pytest.fixture
def logs() -> Iterator[None]:
    """What is set up of logs goes again: it writes to where this test reads, which nobody does after it."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("logs")
def test_what_an_earlier_version_left_open_is_closed_with_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    (data / "chroma" / "segment").mkdir(parents=True)
    for name in ("peerloom.db", "peerloom.db-wal", "chroma/segment/data_level0.bin", "chroma/chroma.sqlite3"):
        (data / name).write_bytes(b"words")
    (data / "notes.txt").write_text("somebody's own")
    assert _open_to_others(data)
    settings = _settings(data)
    wiring.set_up_logs(settings)
    wiring.keep_private(settings)
    assert _open_to_others(data).keys() == {"notes.txt"}
    assert "files.tightened" in capsys.readouterr().err


def test_a_database_elsewhere_is_closed_and_its_folder_left_as_it_is(tmp_path: Path) -> None:
    elsewhere = tmp_path / "shared"
    elsewhere.mkdir()
    file = elsewhere / "feedback.db"
    file.write_bytes(b"")
    wiring.keep_private(_settings(tmp_path / "data", database_url=f"sqlite:///{file}"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o755


def test_a_folder_where_everybody_makes_files_and_a_link_are_left_as_they_are(tmp_path: Path) -> None:
    common, target = tmp_path / "common", tmp_path / "target"
    common.mkdir()
    common.chmod(0o1777)
    target.write_bytes(b"")
    (tmp_path / "link").symlink_to(target)
    assert file_permissions.tighten([tmp_path / "link", tmp_path / "nothing"], folders=[common]) == []
    assert stat.S_IMODE(common.stat().st_mode) == 0o1777
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


def test_the_secret_key_is_made_once_for_its_owner_alone_also_by_several_at_the_same_moment(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: secret_in(data), range(32)))
    assert len(made) == 1
    assert stat.S_IMODE((data / KEY_FILE).stat().st_mode) == 0o600
    assert [one.name for one in data.iterdir()] == [KEY_FILE]


def test_what_is_sealed_opens_with_its_own_key_only_and_only_unchanged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    sealed = wiring.seal(_settings(data)).closed("word")
    assert "word" not in sealed
    assert wiring.seal(_settings(data)).opened(sealed) == "word"
    with pytest.raises(Unavailable, match="recovery code"):
        wiring.seal(_settings(data, secret_key="another " * 4)).opened(sealed)
    for at in range(0, len(sealed), 7):
        changed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
        with pytest.raises(Unavailable):
            wiring.seal(_settings(data)).opened(changed)


def test_a_secret_key_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(SettingsProblem, match="PEERLOOM_SECRET_KEY is too short"):
        load(secret_key="school")
