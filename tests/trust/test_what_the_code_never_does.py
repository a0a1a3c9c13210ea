"""What no line of the service may do, read from its source: run words, build statements of words, draw secrets by dice.

Each check is tried on a planted line as well: a check that never failed is not known to work.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [file for part in ("service", "pipelines", "prompts") for file in sorted((ROOT / part).rglob("*.py"))]
Check = Callable[[ast.AST], bool]

RUNS_WORDS = {"eval", "exec", "compile", "__import__"}
MAKES_OBJECTS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml"}
STATEMENTS = {"text", "execute", "exec_driver_sql", "scalar", "scalars"}
NO_WORDS_IN_IT = {
    "service/store/erasing/bytes.py",  # names of tables, quoted by PostgreSQL itself
    "service/store/jobs.py",  # a value of an enum
    "service/store/migrate.py",  # a number of ours
    "service/store/session.py",  # a number, and ON or OFF
    "service/store/migrations/versions/0020_erasure.py",  # names of columns that stand in the file
}
"""Files whose statements are put together, and of what: never of what anybody sends."""
HASHES = {"sha256", "blake2b", "file_digest"}
RANDOM_FOR_NO_SECRET = {
    "service/store/jobs.py",  # how long a failed job waits
    "pipelines/evaluation/gallery.py",  # a baseline
    "pipelines/evaluation/weaving.py",  # an invented organization
}
FEWEST_BYTES = 16
SEALING = "service/store/sealing.py"
"""The only place that encrypts, by a recipe of a library that leaves nothing to choose."""


def _name(node: ast.AST) -> str:
    """`a.b.c` as it is written, or empty."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([*([node.id] if isinstance(node, ast.Name) else [""]), *reversed(parts)])


def runs_words(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _name(node.func) in RUNS_WORDS


def makes_objects_of_bytes(node: ast.AST) -> bool:
    return bool({name.partition(".")[0] for name in _imported(node)} & MAKES_OBJECTS)


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (one.name for one in node.names)
    elif isinstance(node, ast.ImportFrom) and not node.level:
        yield node.module or ""


def goes_through_a_shell(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    asks = any(one.arg == "shell" and getattr(one.value, "value", True) is not False for one in node.keywords)
    return asks or _name(node.func) in ("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput")


def builds_a_statement(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not node.args or _name(node.func).rpartition(".")[2] not in STATEMENTS:
        return False
    given = node.args[0]
    mixed = isinstance(given, ast.BinOp) and any(isinstance(one, ast.JoinedStr | ast.Name) for one in ast.walk(given))
    filled = isinstance(given, ast.Call) and isinstance(given.func, ast.Attribute) and given.func.attr == "format"
    return isinstance(given, ast.JoinedStr) or mixed or filled


def hashes_weakly(node: ast.AST) -> bool:
    name = _name(node)
    return isinstance(node, ast.Attribute) and name.startswith("hashlib.") and name.split(".")[1] not in HASHES


def draws_by_dice(node: ast.AST) -> bool:
    return any(name.partition(".")[0] == "random" for name in _imported(node))


def draws_a_short_secret(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or _name(node.func) != "secrets.token_urlsafe":
        return False
    return not node.args or not isinstance(node.args[0], ast.Constant) or int(node.args[0].value) < FEWEST_BYTES  # type: ignore[arg-type]


def trusts_any_certificate(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return any(
            one.arg in ("verify", "check_hostname") and getattr(one.value, "value", None) is False
            for one in node.keywords
        )
    return isinstance(node, ast.Attribute) and node.attr in ("CERT_NONE", "_create_unverified_context")


def has_cryptography_of_its_own(node: ast.AST) -> bool:
    roots = {name.partition(".")[0] for name in _imported(node)}
    return bool(roots & {"Crypto", "Cryptodome", "cryptography", "nacl", "ecdsa", "rsa", "jwt", "jose", "passlib"})


def _found(check: Check, but: set[str] | None = None) -> list[str]:
    found = []
    for file in SOURCES:
        where = str(file.relative_to(ROOT))
        if where not in (but or ()):
            found += [f"{where}:{node.lineno}" for node in ast.walk(_tree(file)) if check(node)]  # type: ignore[attr-defined]
    return found


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def test_no_words_are_run_as_code() -> None:
    assert _found(runs_words) == []


def test_no_object_is_made_of_bytes_that_somebody_sent() -> None:
    assert _found(makes_objects_of_bytes) == []


def test_no_command_goes_through_a_shell() -> None:
    assert _found(goes_through_a_shell) == []


def test_no_statement_to_the_database_is_put_together_of_words() -> None:
    assert _found(builds_a_statement, NO_WORDS_IN_IT) == []


def test_hashes_are_strong_and_by_the_standard_library() -> None:
    assert _found(hashes_weakly) == []
    assert _found(has_cryptography_of_its_own, {SEALING}) == []
    whole = [one for one in ast.walk(_tree(ROOT / SEALING)) if has_cryptography_of_its_own(one)]
    assert [ast.unparse(one) for one in whole] == ["from cryptography.fernet import Fernet, InvalidToken"]


def test_secrets_are_long_and_drawn_by_the_system() -> None:
    assert _found(draws_by_dice, RANDOM_FOR_NO_SECRET) == []
    assert _found(draws_a_short_secret) == []


def test_no_certificate_is_taken_unseen() -> None:
    assert _found(trusts_any_certificate) == []


@pytest.mark.parametrize(
    ("check", "line"),
    [
        (runs_words, "eval(given)"),
        (makes_objects_of_bytes, "import pickle"),
        (makes_objects_of_bytes, "from yaml import load"),
        (goes_through_a_shell, "subprocess.run(given, shell=True)"),
        (goes_through_a_shell, "os.system(given)"),
        (builds_a_statement, "session.execute(text(f'SELECT {given}'))"),
        (builds_a_statement, "connection.exec_driver_sql('SELECT ' + given)"),
        (builds_a_statement, "text('SELECT {}'.format(given))"),
        (hashes_weakly, "hashlib.md5(given)"),
        (has_cryptography_of_its_own, "from Crypto.Cipher import AES"),
        (draws_by_dice, "import random"),
        (draws_a_short_secret, "secrets.token_urlsafe(8)"),
        (draws_a_short_secret, "secrets.token_urlsafe(long)"),
        (trusts_any_certificate, "Client(verify=False)"),
        (trusts_any_certificate, "ssl.CERT_NONE"),
    ],
    ids=lambda it: it if isinstance(it, str) else it.__name__,
)
def test_a_planted_line_is_found(check: Check, line: str) -> None:
    assert any(check(node) for node in ast.walk(ast.parse(line)))
