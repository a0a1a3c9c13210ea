"""Views → HTML. The one template environment: everything is escaped, and a variable that is not there is an error."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta, nodes
from markupsafe import Markup

from pipelines.texts.language import UNTOLD, written_in
from service.web.pages.views import Frame, PageView

HERE: Final = Path(__file__).parents[1]
TEMPLATES: Final = (HERE / "templates", *sorted(HERE.parent.glob("integrations/*/templates")))
STATIC: Final = HERE / "static"


FROM_THE_RIGHT: Final = frozenset({"ar", "arc", "ary", "arz", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
NO_FRAMES: Final = "'none'"


def headers(frames: str = NO_FRAMES) -> dict[str, str]:
    """What goes with every page: everything comes from here, nothing is inline, and nobody but `frames` frames it.

    The referrer stays within the site: without one, a browser does not say either which site a form was sent from.
    """
    own = "'self'"
    policy = (
        f"default-src 'none'; script-src {own}; style-src {own}; img-src {own} data:; font-src {own}; "
        f"connect-src {own}; form-action {own}; base-uri 'none'; frame-ancestors {frames}"
    )
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "same-origin",
    }


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(moment=moment, day=day, ago=ago, until=until, plural=plural, direction=direction, words=words)
    made.filters.update(in_language=in_language)
    made.globals.update(static=static)
    return made


def render(view: PageView, frame: Frame) -> str:
    """The page as HTML. Raises UndefinedError where template and context do not agree."""
    context = {one.name: getattr(view, one.name) for one in fields(view)}
    return environment().get_template(view.template).render(context, page=frame)


def document(template: str, **variables: Any) -> str:
    """A file to keep, as HTML that stands by itself. Raises UndefinedError as `render` does."""
    return environment().get_template(template).render(variables)


@cache
def static(name: str) -> str:
    """The address of a file in static/, which changes with its content and may be kept for good."""
    mark = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={mark}"


def moment(at: datetime | None) -> Markup:
    """A time for people, in UTC; a script shows it in the reader's own zone."""
    if at is None:
        return Markup("")
    at = at.astimezone(UTC)
    shown = f"{at.day} {at:%b %Y, %H:%M} UTC"
    return Markup('<time datetime="{}" data-moment>{}</time>').format(at.isoformat(timespec="seconds"), shown)


def day(at: datetime | None) -> Markup:
    """A day for people."""
    if at is None:
        return Markup("")
    return Markup('<time datetime="{}">{}</time>').format(at.date().isoformat(), f"{at.day} {at:%b %Y}")


_STEPS: Final = ((timedelta(days=2), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))
_UNITS: Final[Mapping[str, timedelta]] = {
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
}


def _span(span: timedelta) -> str:
    unit = next((name for least, name in _STEPS if span >= least), None)
    return "a moment" if unit is None else plural(int(span / _UNITS[unit]), unit)


def ago(at: datetime | None, now: datetime) -> Markup:
    """How long ago, with the moment itself to read on hover."""
    if at is None:
        return Markup("")
    return Markup('<time datetime="{}" title="{}">{} ago</time>').format(
        at.astimezone(UTC).isoformat(timespec="seconds"), f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC", _span(now - at)
    )


def until(at: datetime | None, now: datetime) -> Markup:
    """How long until then."""
    if at is None:
        return Markup("")
    return Markup('<time datetime="{}">in {}</time>').format(
        at.astimezone(UTC).isoformat(timespec="seconds"), _span(at - now)
    )


def plural(count: int, one: str, many: str = "") -> str:
    """`3 drafts`, `1 draft`; numbers from 10,000 on with a comma."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def words(name: str) -> str:
    """A value's name as words: `next_step` → `next step`."""
    return str(name).replace("_", " ").replace("-", " ")


def direction(text: str) -> str:
    """`rtl` or `ltr`, by the first letter that has a direction (Unicode UAX #9, rule P2)."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def in_language(text: str | Iterable[object], declared: str = "") -> Markup:
    """The attributes `lang` and `dir` of an element that holds a person's words, or such words in stretches.

    As the words show themselves, so that a screen reader speaks them rightly whatever a platform declared; else as
    declared. Where nobody can tell, the reader's browser finds the direction.
    """
    whole = text if isinstance(text, str) else "".join(str(getattr(one, "text", one)) for one in text)
    language = written_in(whole, declared)
    if language in ("", UNTOLD):
        return Markup('dir="auto"')
    return Markup('lang="{}" dir="{}"').format(language, "rtl" if language in FROM_THE_RIGHT else "ltr")


def variables(template: str) -> set[str]:
    """The names that a template, and what it includes or extends, takes from outside."""
    made, found, own, todo, seen = environment(), set[str](), set[str](), [template], set[str]()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        tree = made.parse(_source(made, name))
        found |= meta.find_undeclared_variables(tree)
        own |= set(_given(tree))
        todo += [other for other in meta.find_referenced_templates(tree) if other is not None]
    return found - own - set(made.globals)


def _given(tree: nodes.Template) -> Iterator[str]:
    """Names that a template makes itself: what it sets, its macros, and what it imports."""
    yield from (macro.name for macro in tree.find_all(nodes.Macro))
    for one in tree.find_all(nodes.FromImport):
        yield from (name if isinstance(name, str) else name[1] for name in one.names)
    for assigned in tree.find_all(nodes.Assign):
        yield from (name.name for name in assigned.target.find_all(nodes.Name))
        if isinstance(assigned.target, nodes.Name):
            yield assigned.target.name


def _source(made: Environment, name: str) -> str:
    loader: Any = made.loader
    return str(loader.get_source(made, name)[0])
