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
    "service/store/erasure/bytes.py",  # names of tables, quoted by PostgreSQL itself
    "service/store/jobs.py",  # a value of an enum
    "service/store/migrate.py",  # a number of ours
    "service/store/search.py",  # names of its own triggers, as the database has them
    "service/store/session.py",  # a number, and ON or OFF
    "service/store/migrations/versions/0020_erasure.py",  # names of columns that stand in the file
}
"""Files whose statements are put together, and of what: never of what anybody sends."""
HASHES = {"sha256", "sha512", "blake2b", "file_digest"}
RANDOM_FOR_NO_SECRET = {
    "service/store/jobs.py",  # how long a failed job waits
    "service/integrations/webhooks/rules.py",  # how long what was not taken rests
    "pipelines/evaluation/gallery.py",  # a baseline
    "pipelines/evaluation/weaving.py",  # an invented organization
}
FEWEST_BYTES = 16
CONNECTS = {
    *("aiohttp", "asyncio", "celery", "chromadb", "ftplib", "grpc", "http.client", "http.server", "httpx", "httpx2"),
    *(
        "huggingface_hub",
        "imaplib",
        "kombu",
        "limits",
        "openai",
        "poplib",
        "prometheus_client",
        "psycopg",
        "redis",
        "requests",
    ),
    *("sentence_transformers", "smtplib", "socket", "socketserver", "ssl", "subprocess", "telnetlib"),
    *("urllib.request", "urllib3", "uvicorn", "websockets", "xmlrpc"),
}
"""What opens or takes connections, or starts something else that may. `create_engine` is looked for by its own name."""
WHERE_TO: dict[str, dict[str, str]] = {
    "pipelines/adapters/chroma.py": {"chromadb": "the index", "httpx": "its client, told to be patient"},
    "pipelines/adapters/openai_chat.py": {"openai": "the model", "httpx2": "its client, with limits"},
    "pipelines/adapters/sentence_transformer.py": {
        "huggingface_hub": "weights, by name, at the first start",
        "sentence_transformers": "the same",
    },
    "service/cli/serving.py": {"socket": "is the port free?", "uvicorn": "is called, calls nobody"},
    "service/files/reading.py": {"subprocess": "our own reader of files, in a process with limits"},
    "service/jobs/broker.py": {"celery": "the broker", "kombu": "its errors"},
    "service/companion.py": {"socket": "its end of the pair that the web process gives it"},
    "service/outward/transport.py": {
        "socket": "of addresses that were judged",
        "ssl": "their certificates are checked",
    },
    "service/jobs/keeper.py": {
        "socket": "a pair, one end of which the worker is given",
        "subprocess": "our own worker",
    },
    "service/jobs/relay.py": {"kombu": "the broker's errors"},
    "service/jobs/wire.py": {"socket": "one end of that pair"},
    "service/mail/smtp.py": {"smtplib": "the mail server", "ssl": "its certificate is checked"},
    "service/store/backup.py": {"subprocess": "PostgreSQL's own programs, for the database"},
    "service/store/session.py": {"create_engine": "the database"},
    "service/web/api/events.py": {"asyncio": "whoever waits for events keeps no thread"},
    "service/web/connections.py": {"asyncio": "of those who call", "uvicorn": "is called, calls nobody"},
    "service/web/metrics.py": {"prometheus_client": "listens for Prometheus, at an address that is set for it"},
    "service/web/throttle.py": {"limits": "Redis, to count"},
    "service/worker.py": {"celery": "the broker"},
}
"""Every file that reaches out of the process or is reached, by what, and where to: addresses from settings, and none
that anybody sends."""
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


def reached_by(node: ast.AST) -> set[str]:
    """Which of what connects is imported here; also `from urllib import request`, and by a name in words."""
    names = set(_imported(node))
    if isinstance(node, ast.ImportFrom) and not node.level:
        names |= {f"{node.module}.{one.name}" for one in node.names}
    if isinstance(node, ast.Call) and _name(node.func).rpartition(".")[2] in ("import_module", "__import__"):
        names |= {str(one.value) for one in node.args if isinstance(one, ast.Constant)}
    made = {"create_engine"} & {name.rpartition(".")[2] for name in names}
    parts = {".".join(name.split(".")[:many]) for name in names for many in (1, 2)}
    return made | (parts & CONNECTS)


def reaches_out(node: ast.AST) -> bool:
    return bool(reached_by(node))


def _found(check: Check, but: set[str] | None = None) -> list[str]:
    found = []
    for file in SOURCES:
        where = str(file.relative_to(ROOT))
        if where not in (but or ()):
            found += [f"{where}:{node.lineno}" for node in _nodes(file) if check(node)]  # type: ignore[attr-defined]
    return found


@cache
def _nodes(file: Path) -> tuple[ast.AST, ...]:
    """All there are: a dozen checks go through them, and going down the tree takes longer than each of them."""
    return tuple(ast.walk(ast.parse(file.read_text("utf-8"))))


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
    whole = [one for one in _nodes(ROOT / SEALING) if has_cryptography_of_its_own(one)]
    assert [ast.unparse(one) for one in whole] == ["from cryptography.fernet import Fernet, InvalidToken"]


def test_secrets_are_long_and_drawn_by_the_system() -> None:
    assert _found(draws_by_dice, RANDOM_FOR_NO_SECRET) == []
    assert _found(draws_a_short_secret) == []


def test_no_certificate_is_taken_unseen() -> None:
    assert _found(trusts_any_certificate) == []


def test_nothing_opens_connections_but_the_named_adapters_to_what_settings_name() -> None:
    """So no address that a caller gives can be called, and whatever is to call out comes past this list."""
    found: dict[str, set[str]] = {}
    for file in SOURCES:
        by = set().union(*(reached_by(node) for node in _nodes(file)))
        if by:
            found[str(file.relative_to(ROOT))] = by
    assert found == {where: set(by) for where, by in WHERE_TO.items()}


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
        (reaches_out, "import httpx"),
        (reaches_out, "import urllib.request"),
        (reaches_out, "from urllib import request"),
        (reaches_out, "from urllib.request import urlopen"),
        (reaches_out, "from http.client import HTTPConnection"),
        (reaches_out, "importlib.import_module('requests')"),
        (reaches_out, "from sqlalchemy import create_engine"),
    ],
    ids=lambda it: it if isinstance(it, str) else it.__name__,
)
def test_a_planted_line_is_found(check: Check, line: str) -> None:
    assert any(check(node) for node in ast.walk(ast.parse(line)))


@pytest.mark.parametrize("line", ["from urllib.parse import quote", "from http import HTTPStatus", "import json"])
def test_what_only_takes_addresses_apart_reaches_nobody(line: str) -> None:
    assert not any(reaches_out(node) for node in ast.walk(ast.parse(line)))
