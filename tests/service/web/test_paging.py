"""One way through every list: `next`, or the Link that says the same; what has no pages says that it is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx
import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from service.actions.access import credentials
from service.domain.errors import Invalid
from service.store.tables import Gallery, Introduction
from service.web.calls import Call, Mode, tag
from service.web.errors import RequestFault
from service.web.openapi import operations
from service.web.paging import Slice, decode, decode_place, encode, encode_place
from tests.conftest import sessions
from tests.service.actions.introductions.village import Village, settle
from tests.service.web.conftest import TEXT, School
from tests.service.web.learners.learning import released
from tests.service.web.questioned.test_questioned import doubted
from tests.service.web.test_errors import check

__all__ = ["sessions"]  # on both databases


def test_every_list_has_pages_or_says_that_it_is_one(school: School) -> None:
    document = school.app.openapi()
    for path, method, operation in operations(document):
        schema = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
        shape = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
        if method != "get" or "items" not in shape.get("properties", {}):
            continue
        names = {parameter["name"] for parameter in operation.get("parameters", [])}
        paged = {"cursor", "limit"} <= names and "next" in shape["properties"]
        assert paged != ("one page" in operation["description"] or "no last page" in operation["description"]), path
        assert not names & {"page", "offset"}, path


def pages(client: httpx.Client, path: str) -> Iterator[list[dict[str, Any]]]:
    """All pages of one row, by the Link header; each says the same as `next`."""
    target: str | None = f"{path}{'&' if '?' in path else '?'}limit=1"
    while target is not None:
        answer = client.get(target)
        assert answer.status_code == 200, answer.text
        yield answer.json()["items"]
        link, cursor = answer.headers.get("Link"), answer.json()["next"]
        assert (link is None) == (cursor is None)
        assert link is None or f"cursor={cursor}" in link
        target = link.partition(">")[0].removeprefix("<") if link else None


def through(client: httpx.Client, path: str) -> list[str]:
    """The ids of a list, page by page; the same as all at once."""
    found = [one["id"] for page in pages(client, path) for one in page]
    assert found == [one["id"] for one in client.get(path).json()["items"]]
    return found


def test_requests_are_read_page_by_page_the_latest_first(school: School) -> None:
    amara = school.person("amara")
    made = [amara.post("/v1/requests", json={"text": f"Who knows how to begin, {n}?"}).json()["id"] for n in range(3)]
    assert through(school.person("lindiwe"), "/v1/requests") == made[::-1]


def test_questions_are_read_page_by_page_also_when_one_is_answered_meanwhile(school: School) -> None:
    point = released(school)
    amara, mateo = school.person("amara"), school.person("mateo")
    asks = "/v1/submissions/amara-1/asks"
    made = [amara.post(asks, json={"text": f"How, {n}?", "point": point}).json()["id"] for n in range(3)]
    assert through(mateo, "/v1/asks") == made
    walk = pages(mateo, "/v1/asks")
    assert next(walk)[0]["id"] == made[0]
    seen = {"If-Match": tag(mateo.get("/v1/asks").json()["items"][0]["version"])}
    assert mateo.put(f"/v1/asks/{made[0]}/answer", json={"text": "So."}, headers=seen).status_code == 200
    assert [one["id"] for page in walk for one in page] == made[1:]


def test_introductions_are_read_page_by_page_the_likeliest_first(bare: School) -> None:
    village = settle(bare.sessions)
    village.now = bare.now()
    bare.organization = village.organization
    made = [village.suggest("amara", "lin"), village.suggest("amara", "noor"), village.suggest("yusuf", "noor")]
    with bare.sessions.writing() as session:
        for id_, score in zip(made, (0.1 + 0.2, 0.9, 0.1 + 0.2), strict=True):
            session.execute(update(Introduction).where(Introduction.id == id_).values(score=score))
    mateo = bare.client(_token(village))
    assert through(mateo, "/v1/introductions") == [made[1], *sorted((made[0], made[2]))]


def _token(village: Village) -> str:
    with village.sessions.writing() as session:
        return credentials.mint_token(session, village.platform, person="mateo", now=village.now)[1]


def test_who_was_asked_is_in_one_view_until_time_is_up_and_then_in_another(bare: School) -> None:
    village = settle(bare.sessions)
    village.now = bare.now()
    asked = village.asked("amara", "lin")
    mateo = bare.client(_token(village))
    assert through(mateo, "/v1/introductions?view=asked") == [asked]
    assert through(mateo, "/v1/introductions?view=ended") == []
    with village.sessions.writing() as session:
        late = village.now - timedelta(days=15)
        session.execute(update(Introduction).values(asked_at=late))
    assert through(mateo, "/v1/introductions?view=asked") == []
    assert through(mateo, "/v1/introductions?view=ended") == [asked]


def test_galleries_are_read_page_by_page_those_asked_for_first(school: School) -> None:
    for name in ("amara-1", "amara-2", "amara-3"):
        school.platform.put(f"/v1/challenges/{name}", json={"title": name, "prompt": "Plan it."})
        body = {"challenge": name, "person": "amara", "text": TEXT}
        assert school.platform.put(f"/v1/submissions/{name}", json=body).status_code == 202
        assert school.platform.post(f"/v1/submissions/{name}/gallery").status_code == 202
    with school.sessions.writing() as session:
        ids = list(session.scalars(select(Gallery.id).order_by(Gallery.created_at, Gallery.id)))
        session.execute(update(Gallery).where(Gallery.id == ids[0]).values(asked=False))
    assert through(school.platform, "/v1/galleries") == [*ids[1:], ids[0]]


def test_a_list_that_is_worked_out_goes_on_where_it_was_though_its_rows_are_gone(school: School) -> None:
    doubted(school)
    tomasz = school.person("tomasz")
    ids = through(tomasz, "/v1/questioned")
    first = tomasz.get("/v1/questioned?limit=1").json()
    cursor = encode_place((-9, "A", "0"))
    assert [one["id"] for one in tomasz.get(f"/v1/questioned?cursor={cursor}").json()["items"]] == ids
    cursor = encode_place((9, "A", "0"))
    assert tomasz.get(f"/v1/questioned?cursor={cursor}").json() == {"items": [], "next": None}
    assert first["items"][0]["id"] == ids[0]


@pytest.mark.parametrize("path", ["/v1/groups", "/v1/galleries", "/v1/requests", "/v1/asks", "/v1/questioned"])
def test_the_cursor_of_another_list_or_of_nobody_is_refused(school: School, path: str) -> None:
    doubted(school)
    lindiwe = school.person("lindiwe")
    for cursor in ("x", "", encode("zzz"), encode_place(("a",)), encode_place((True, "b", "c")), "é" * 9):
        problem = check(lindiwe.get(path, params={"cursor": cursor}), 422, "invalid")
        assert problem["errors"][0]["pointer"] == "query:cursor"


def test_a_cursor_whose_row_is_not_there_is_refused_also_if_it_is_anothers(school: School) -> None:
    other = school.founded("valley").peopled()
    other.handed_in("theirs")
    other.platform.post("/v1/submissions/theirs/gallery")
    (theirs,) = other.platform.get("/v1/galleries").json()["items"]
    for id_ in ("0" * 32, theirs["id"]):
        check(school.platform.get("/v1/galleries", params={"cursor": encode(id_)}), 422, "invalid")


def test_a_list_that_is_worked_out_is_cut_where_its_order_says() -> None:
    """Each row once, whichever are gone by the time of the next page."""

    def shown(row: tuple[float, str]) -> RequestFault:
        return RequestFault(pointer=row[1], message="")

    rows, cursor, found = [(2.0, "c"), (1.0, "a"), (2.0, "b"), (3.0, "d")], None, []
    for gone in ("", "", "b", "c"):
        call = Call({}, cast(Any, None), cast(Any, None), datetime.now(UTC), Mode.READ)
        asked = Request({"type": "http", "path": "/v1/x", "query_string": b"", "headers": [], "server": ("here", 80)})
        there = [row for row in rows if row[1] != gone]
        page = Slice(asked, cursor, 1).page_of_all(
            call, there, lambda row: RequestFault(pointer=row[1], message=""), tuple
        )
        found += [one.pointer for one in page.items]
        cursor = page.next
        assert (cursor is None) == ("Link" not in call.headers) == (found[-1] == "d")
    assert found == ["a", "b", "c", "d"]


def test_what_a_cursor_holds_comes_out_as_it_went_in() -> None:
    assert decode(encode("0" * 32)) == "0" * 32

    @given(st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=50)))
    def kept(place: tuple[float, str]) -> None:
        assert decode_place(encode_place(place), (0.0, "")) == place

    kept()


@given(st.text(max_size=40))
def test_whatever_is_sent_as_a_cursor_is_read_or_refused(cursor: str) -> None:
    readers: list[Callable[[str], Any]] = [decode, lambda one: decode_place(one, (0.0, ""))]
    for read in readers:
        try:
            read(cursor)
        except Invalid:
            continue
