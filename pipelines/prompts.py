"""Prompts: read a version, check it against LOCK.toml, fill it in. May not change a released version, nor call a model.

A prompt is one file `prompts/<name>/<version>.md`: a TOML head between two `+++` lines (purpose, inputs, schema,
budget), then a line `--- system ---` with the system part below it and a line `--- user ---` with the user part.
`{{name}}` marks a place to fill; `{{schema}}` is filled from the head. What is filled in is data: it is never looked at
for further marks.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

_MARK = re.compile(r"\{\{([a-z][a-z0-9_]*)\}\}")
_LAYOUT = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n--- system ---\n(.*?)\n--- user ---\n(.*)\Z", re.DOTALL)
_DELIMITER = re.compile(r"^(?:\+\+\+|--- (?:system|user) ---)$", re.MULTILINE)
_HEAD = frozenset({"purpose", "inputs", "schema", "schema_name", "budget"})


class PromptError(Exception):
    """A prompt cannot be used as it is; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One released version, checked. `sha` is the sha256 of the file's bytes."""

    name: str
    version: int
    sha: str
    purpose: str
    inputs: tuple[str, ...]
    schema: Mapping[str, object]
    schema_name: str
    characters: int  # what the rendered prompt may hold at most
    reply_tokens: int  # what the answer may hold at most
    system: str
    user: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt with everything filled in."""

    system: str
    user: str

    @property
    def text(self) -> str:
        """Both parts in one, as kept with a draft."""
        return f"--- system ---\n{self.system}\n--- user ---\n{self.user}"


def current(name: str, *, root: Traversable | None = None) -> int:
    """The version in use for this name."""
    versions = _locked(_root(root))["current"]
    if name not in versions:
        raise PromptError(f"There is no prompt '{name}'. LOCK.toml has: {', '.join(sorted(versions)) or 'none'}.")
    return int(versions[name])


def names(*, root: Traversable | None = None) -> list[str]:
    """All prompts that have a version in use."""
    return sorted(_locked(_root(root))["current"])


def versions(name: str, *, root: Traversable | None = None) -> dict[int, bool]:
    """Every version of which there is a file or a sum, and whether the file is the one that was released."""
    shelf = _root(root)
    shas = {_order(key)[1]: sha for key, sha in _locked(shelf)["sha256"].items() if _order(key)[0] == name}
    folder = shelf.joinpath(name)
    files = [Path(file.name) for file in folder.iterdir()] if folder.is_dir() else []
    there = {int(file.stem) for file in files if file.suffix == ".md" and file.stem.isdigit()}
    if not there | set(shas):
        raise PromptError(f"There is no prompt '{name}'. There are: {', '.join(names(root=root)) or 'none'}.")
    return {n: n in there and shas.get(n) == _sha(shelf, name, n) for n in sorted(there | set(shas))}


def load(name: str, version: int | None = None, *, root: Traversable | None = None, unreleased: bool = False) -> Prompt:
    """The prompt of this version (or the current one). Raises PromptError if it is not the file that was released.

    `unreleased` also takes a version that is not in LOCK.toml yet, to be tried out; no draft is stored with one.
    """
    shelf = _root(root)
    version = current(name, root=root) if version is None else version
    raw, sha = _read(shelf, name, version), _sha(shelf, name, version)
    known = _locked(shelf)["sha256"].get(f"{name}/{version}")
    if known is None and not unreleased:
        raise PromptError(f"{name}/{version}.md is not in LOCK.toml. Release it with 'peerloom prompts lock'.")
    if known not in (None, sha):
        raise PromptError(
            f"{name}/{version}.md is not the text that was released. A released version never changes: "
            f"put the old text back and add the new one as {name}/{version + 1}.md, then 'peerloom prompts lock'."
        )
    return _parse(name, version, sha, raw)


def render(prompt: Prompt, **variables: str) -> Rendered:
    """Both parts filled in. A missing or an unknown variable is an error; values are never expanded again."""
    missing, unknown = set(prompt.inputs) - set(variables), set(variables) - set(prompt.inputs)
    if missing or unknown:
        wrong = [f"missing: {', '.join(sorted(missing))}"] * bool(missing)
        wrong += [f"unknown: {', '.join(sorted(unknown))}"] * bool(unknown)
        raise PromptError(f"{prompt.name}/{prompt.version} was given the wrong variables ({'; '.join(wrong)}).")
    values = {**variables, "schema": json.dumps(prompt.schema, ensure_ascii=False, separators=(",", ":"))}

    def fill(part: str) -> str:
        return _MARK.sub(lambda mark: values[mark[1]], part)

    return Rendered(fill(prompt.system), fill(prompt.user))


def lock(*, root: Path | None = None) -> list[str]:
    """Write versions that are new into LOCK.toml and make the newest of each name current; gives the new ones.

    Raises PromptError, changing nothing, if a released version was changed or is gone or a new one cannot be read.
    """
    folder = Path(str(_root(root)))
    before = _locked(folder) if (folder / "LOCK.toml").exists() else {"current": {}, "sha256": {}}
    found = {f"{path.parent.name}/{path.stem}" for path in folder.glob("*/*.md") if path.stem.isdigit()}
    gone = sorted(set(before["sha256"]) - found)
    if gone:
        raise PromptError(f"Released versions are missing: {', '.join(gone)}. Put them back: drafts refer to them.")
    shas = dict(before["sha256"])
    for key in sorted(found, key=_order):
        name, version = _order(key)
        shas.setdefault(key, _sha(folder, name, version))
        if shas[key] != _sha(folder, name, version):
            raise PromptError(f"{key}.md was changed after its release. Put it back and add a new version instead.")
        _parse(name, version, shas[key], _read(folder, name, version))
    newest = dict(sorted(map(_order, shas)))
    (folder / "LOCK.toml").write_text(_lock_text(newest, shas), encoding="utf-8")
    return sorted(set(shas) - set(before["sha256"]), key=_order)


def diff(a: Prompt, b: Prompt) -> str:
    """A unified diff of what the two versions say, to be read by people; empty if they say the same."""
    lines = difflib.unified_diff(
        _as_read(a), _as_read(b), f"{a.name}/{a.version}", f"{b.name}/{b.version}", lineterm="", n=2
    )
    return "\n".join(lines)


@cache
def words(path: str) -> Mapping[str, Any]:
    """A table of words, `prompts/<path>.toml`. Tables of words may grow; they are not sent to a model."""
    file = _root(None).joinpath(f"{path}.toml")
    if not file.is_file():
        raise PromptError(f"There is no table of words '{path}'.")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def has_words(path: str) -> bool:
    """Whether `words(path)` would find a table."""
    return _root(None).joinpath(f"{path}.toml").is_file()


def tables(folder: str) -> list[str]:
    """Names of the tables of words in a folder: `en` for `prompts/<folder>/en.toml`."""
    files = (Path(file.name) for file in _root(None).joinpath(folder).iterdir())
    return sorted(file.stem for file in files if file.suffix == ".toml")


def _root(root: Traversable | None) -> Traversable:
    return resources.files("prompts") if root is None else root


def _read(root: Traversable, name: str, version: int) -> bytes:
    file = root.joinpath(name, f"{version}.md")
    if not file.is_file():
        raise PromptError(f"There is no version {version} of the prompt '{name}'.")
    return file.read_bytes()


def _sha(root: Traversable, name: str, version: int) -> str:
    return hashlib.sha256(_read(root, name, version)).hexdigest()


def _locked(root: Traversable) -> dict[str, dict[str, Any]]:
    file = root.joinpath("LOCK.toml")
    if not file.is_file():
        raise PromptError("prompts/LOCK.toml is missing. Make it with 'peerloom prompts lock'.")
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return {"current": table.get("current", {}), "sha256": table.get("sha256", {})}


def _parse(name: str, version: int, sha: str, raw: bytes) -> Prompt:
    text = raw.decode("utf-8")
    layout = _LAYOUT.match(text)
    if layout is None or len(_DELIMITER.findall(text)) != 4:
        raise PromptError(
            f"{name}/{version}.md is not laid out as a prompt: '+++', the head, '+++', '--- system ---', the system "
            "part, '--- user ---', the user part; each delimiter alone on its line and nowhere else."
        )
    head = tomllib.loads(layout[1])
    if set(head) != _HEAD:
        raise PromptError(f"The head of {name}/{version}.md must have exactly: {', '.join(sorted(_HEAD))}.")
    system, user = layout[2].strip(), layout[3].strip()
    used = set(_MARK.findall(system + user)) - {"schema"}
    if used != set(head["inputs"]):
        odd = ", ".join(sorted(used ^ set(head["inputs"])))
        raise PromptError(f"{name}/{version}.md: its inputs and the marks in its text differ ({odd}).")
    budget = head["budget"]
    return Prompt(
        name, version, sha, head["purpose"], tuple(head["inputs"]), json.loads(head["schema"]), head["schema_name"],
        int(budget["characters"]), int(budget["reply_tokens"]), system, user,
    )  # fmt: skip


def _order(key: str) -> tuple[str, int]:
    name, _, version = key.rpartition("/")
    return name, int(version)


def _lock_text(newest: Mapping[str, int], shas: Mapping[str, str]) -> str:
    head = "# The version of each prompt in use, and the sha256 of every file. Written by 'peerloom prompts lock'.\n"
    versions = "".join(f"{name} = {version}\n" for name, version in newest.items())
    hashes = "".join(f'"{key}" = "{shas[key]}"\n' for key in sorted(shas, key=_order))
    return f"{head}\n[current]\n{versions}\n[sha256]\n{hashes}"


def _as_read(prompt: Prompt) -> list[str]:
    head = [f"purpose: {prompt.purpose}", f"inputs: {', '.join(prompt.inputs)}"]
    head += [f"budget: {prompt.characters} characters, {prompt.reply_tokens} tokens of reply"]
    schema = json.dumps(prompt.schema, indent=1, ensure_ascii=False).splitlines()
    return [*head, *schema, "--- system ---", *prompt.system.splitlines(), "--- user ---", *prompt.user.splitlines()]
