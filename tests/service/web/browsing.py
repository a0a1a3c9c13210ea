"""A person who uses the pages without a browser: follows links, fills in forms, and reads what is there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

import httpx

from service.actions.access import sign_in
from service.store import find
from service.store.tables import Person
from tests.service.web.conftest import School


@dataclass
class Page:
    """What came back, and where one is."""

    answer: httpx.Response

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def path(self) -> str:
        return self.answer.url.path

    @property
    def html(self) -> str:
        return self.answer.text

    @property
    def text(self) -> str:
        """The words on the page, in order, white space folded."""
        reader = _Words()
        reader.feed(self.html)
        return " ".join(" ".join(reader.words).split())

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]{128})"', self.html)
        return found[1] if found else ""

    def hidden(self, action: str) -> dict[str, str]:
        """The hidden fields of the form that goes to `action`."""
        form = next(
            (form for form in re.findall(r"<form\b.*?</form>", self.html, re.S) if f'action="{action}"' in form), ""
        )
        assert form, f"There is no form to {action} on {self.path}."
        return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._skip = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._skip += tag in ("script", "style", "head")

    def handle_endtag(self, tag: str) -> None:
        self._skip -= tag in ("script", "style", "head")

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self.words.append(data)


@dataclass
class Visitor:
    """Somebody with a session's cookie."""

    client: httpx.Client

    def get(self, path: str) -> Page:
        return Page(self.client.get(path, follow_redirects=True))

    def send(self, page: Page, action: str, **fields: str | list[str]) -> Page:
        """Fill in the form of this page that goes to `action`, and follow where that leads."""
        return Page(self.client.post(action, data={**page.hidden(action), **fields}, follow_redirects=True))


def link_for(school: School, person: str, **wish: object) -> str:
    """A sign-in link's path."""
    with school.sessions.writing() as session:
        row = find.one(session, Person, school.organization, person)
        given = {"by": "operator", "now": school.now(), **wish}
        made, secret = sign_in.invite(session, school.organization, row, **given)  # type: ignore[arg-type]
    return f"/{'embed' if made.embedded else 'sign-in'}/{secret}"


def signed_in(school: School, person: str) -> Visitor:
    """This person, come in by a link."""
    visitor = Visitor(school.client())
    answer = visitor.client.post(link_for(school, person))
    assert answer.status_code == 303, answer.text
    return visitor
