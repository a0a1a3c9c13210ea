"""Every page's template and context agree, and no template holds what the content security policy forbids."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest

from service.web.pages import rendering, trouble
from service.web.pages.notices import NOTICES
from service.web.pages.views import PageView
from tests.connected import PAGES

FILES = sorted((folder, file) for folder in rendering.TEMPLATES for file in folder.rglob("*.*"))
OWN = rendering.HERE / "templates"
HTML = [file for _, file in FILES if file.suffix == ".html"]


def kinds(of: type[PageView] = PageView) -> list[type[PageView]]:
    """Every page there is; importing the site has defined them."""
    assert PAGES
    assert trouble.Trouble
    return [kind for one in of.__subclasses__() for kind in (one, *kinds(one))]


@pytest.mark.parametrize(
    "kind", [kind for kind in kinds() if hasattr(kind, "template")], ids=lambda kind: kind.__name__
)
def test_a_template_takes_exactly_what_its_context_holds(kind: type[PageView]) -> None:
    assert is_dataclass(kind)
    assert rendering.variables(kind.template) == {one.name for one in fields(kind)} | {"page"}


def test_every_template_is_some_pages_or_part_of_one() -> None:
    used = {kind.template for kind in kinds() if hasattr(kind, "template")}
    text = "\n".join(file.read_text("utf-8") for file in HTML)
    named = set(re.findall(r'{%-?\s*(?:extends|include|import|from)\s+"([^"]+)"', text))
    there = {str(file.relative_to(folder)) for folder, file in FILES if file.suffix == ".html"}
    assert there == used | named


@pytest.mark.parametrize("file", HTML, ids=lambda file: file.name)
def test_no_template_has_anything_inline(file: object) -> None:
    text = file.read_text("utf-8")  # type: ignore[attr-defined]
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\bsrc=)|\son[a-z]+=|hx-on|javascript:|https?://", text)
    assert "|safe" not in text.replace(" ", "")


@pytest.mark.parametrize("file", [file for _, file in FILES if file.suffix == ".jinja"], ids=lambda file: file.name)
def test_a_file_to_keep_has_its_looks_in_it_and_nothing_that_runs_or_is_fetched(file: object) -> None:
    text = file.read_text("utf-8")  # type: ignore[attr-defined]
    assert "<style>" in text
    assert not re.search(r"<script|\son[a-z]+=|javascript:|https?://|\b(src|href)=|url\(|@import", text)
    assert "|safe" not in text.replace(" ", "")


@pytest.mark.parametrize("file", HTML, ids=lambda file: file.name)
def test_every_form_that_changes_something_carries_the_sessions_mark(file: object) -> None:
    text = file.read_text("utf-8")  # type: ignore[attr-defined]
    forms = re.findall(r'<form\b[^>]*method="post".*?</form>', text, re.S)
    bare = [form[:80] for form in forms if "page.csrf_field" not in form]
    nobody_is_signed_in_yet = [OWN / "access" / name for name in ("sign_in_link.html", "code.html")]
    nobody_need_be = [OWN / "notifications" / "end.html"]  # whoever holds a letter's link
    bare_by_right = [*nobody_is_signed_in_yet, *nobody_need_be]
    assert bare == [] or file in bare_by_right or file.parts[-2:] == ("oidc", "asked.html")  # type: ignore[attr-defined]


def words_in_code() -> Iterator[tuple[str, bool]]:
    """Every string that stands in the code of a page, and whether it is said on top of the page that comes next."""
    for file in (*(rendering.HERE / "pages").rglob("*.py"), *rendering.HERE.parent.glob("integrations/*/*.py")):
        if file.name == "notices.py":
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value, False
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Goto":
                given = [*node.args[1:2], *(one.value for one in node.keywords if one.arg == "said")]
                for said in given:
                    ends = (said.body, said.orelse) if isinstance(said, ast.IfExp) else (said,)
                    yield from ((str(one.value), True) for one in ends if isinstance(one, ast.Constant) and one.value)


def test_what_the_next_page_says_on_top_has_words_and_no_words_are_left_over() -> None:
    there = list(words_in_code())
    said = {words for words, on_top in there if on_top}
    assert len(said) > 30
    assert said - set(NOTICES) == set()
    assert set(NOTICES) - {words for words, _ in there} == set()
