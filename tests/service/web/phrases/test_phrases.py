"""Words that a facilitator keeps: for themselves or for a group, and nobody else's to read or to let go."""

from __future__ import annotations

from sqlalchemy import select

from service.actions.phrases import kept
from service.store.tables import Phrase
from tests.service.web.browsing import Visitor, signed_in
from tests.service.web.conftest import School, on_both

PAGE = "/desk/phrases"
OWN, SHARED = "High standard, and you can reach it.", "Which one question would your pair agree on?"


def texts(visitor: Visitor) -> list[str]:
    return [one["text"] for one in visitor.client.get(f"{PAGE}/list.json").json()]


def test_own_phrases_are_ones_own_and_a_groups_are_of_all_who_review_it(school: School) -> None:
    lindiwe, mateo = signed_in(school, "lindiwe"), signed_in(school, "mateo")
    lindiwe.send(lindiwe.get(PAGE), PAGE, text=OWN, group="")
    lindiwe.send(lindiwe.get(PAGE), PAGE, text=SHARED, group="year-8")
    lindiwe.send(lindiwe.get(PAGE), PAGE, text=f" {OWN} ", group="")  # the same once more
    assert texts(lindiwe) == [OWN, SHARED]
    assert texts(mateo) == [SHARED]
    assert "kept by Lindiwe Dube" in mateo.get(PAGE).text
    assert signed_in(school, "amara").get(PAGE).status == 403


@on_both
def test_nobody_keeps_for_a_group_that_they_do_not_review_or_lets_anothers_go(school: School) -> None:
    lindiwe, mateo = signed_in(school, "lindiwe"), signed_in(school, "mateo")
    assert mateo.send(mateo.get(PAGE), PAGE, text=OWN, group="harbor").status == 404
    lindiwe.send(lindiwe.get(PAGE), PAGE, text=SHARED, group="year-8")
    with school.sessions.reading() as session:
        id_ = session.scalars(select(Phrase.id)).one()
    csrf = mateo.get(PAGE).csrf
    assert mateo.client.post(f"{PAGE}/{id_}/let-go", data={"csrf": csrf}).status_code == 404
    page = lindiwe.get(PAGE)
    assert SHARED not in lindiwe.send(page, f"{PAGE}/{id_}/let-go").text
    for text in (" ", "x" * (kept.LONGEST + 1)):
        assert lindiwe.send(lindiwe.get(PAGE), PAGE, text=text, group="").status == 422
