"""The page of a coordinator of the whole organization: how long what is kept, and erasing after a look at what goes."""

from __future__ import annotations

from sqlalchemy import func, select

from service.store.tables import Erasure
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School, on_both

HERE = "/desk/settings/keeping"


def _erasures(school: School) -> int:
    with school.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(Erasure)) or 0


def test_rules_are_looked_at_before_they_are_kept(school: School) -> None:
    school.handed_in()
    tomasz = signed_in(school, "tomasz")
    page = tomasz.get(HERE)
    assert 'name="withdrawn_days" value="30"' in page.html
    seen = tomasz.send(page, HERE, withdrawn_days="7", work_days="400", look="1")
    assert "Nothing is saved yet" in seen.text
    assert 'name="work_days" value="400"' in seen.html
    assert school.platform.get("/v1/retention").json()["kinds"][0]["days"] == 30
    kept = tomasz.send(seen, HERE, withdrawn_days="7", work_days="400")
    assert "Saved." in kept.text
    days = {one["kind"]: one["days"] for one in school.platform.get("/v1/retention").json()["kinds"]}
    assert (days["withdrawn_days"], days["work_days"], days["prompt_days"]) == (7, 400, None)


def test_what_is_wrong_with_a_rule_is_said_at_its_field_and_nothing_typed_is_lost(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    for days in ("", "0", "soon", "400"):
        wrong = tomasz.send(tomasz.get(HERE), HERE, withdrawn_days=days, work_days="900")
        assert wrong.status == 422, days
        assert 'id="withdrawn_days-error"' in wrong.html
        assert 'name="work_days" value="900"' in wrong.html
    assert school.platform.get("/v1/retention").json()["kinds"][0]["days"] == 30


@on_both
def test_a_person_is_erased_once_the_id_was_typed_again(school: School) -> None:
    school.handed_in()
    tomasz = signed_in(school, "tomasz")
    look = tomasz.get(f"{HERE}/erase?kind=person&id=amara")
    assert "work: 1" in look.text
    assert _erasures(school) == 0
    wrong = tomasz.send(look, f"{HERE}/erase", again="Amara")
    assert wrong.status == 422
    assert "exactly as it stands above" in wrong.text
    assert _erasures(school) == 0
    done = tomasz.send(wrong, f"{HERE}/erase", again="amara")
    assert done.path == HERE
    assert "Nobody sees it from now on" in done.text
    assert "nobody sees it; the rest is going" in done.text
    assert "amara" not in done.html
    assert school.platform.get("/v1/people/amara").status_code == 404
    again = tomasz.send(wrong, f"{HERE}/erase", again="amara")
    assert again.path == HERE, "the same form again is the same act"
    assert _erasures(school) == 1


def test_an_id_that_is_not_there_is_said_at_the_field(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    for asked in ("?kind=person&id=nobody", "?kind=submission&id=", "?kind=organization&id=amara"):
        wrong = tomasz.get(f"{HERE}/erase{asked}")
        assert wrong.status == 422, asked
        assert 'id="id-error"' in wrong.html


def test_nobody_but_a_coordinator_of_the_whole_sees_or_does_any_of_it(school: School) -> None:
    csrf = signed_in(school, "tomasz").get(HERE).csrf
    for name in ("mateo", "amara"):
        person = signed_in(school, name)
        assert person.get(HERE).status == 403
        assert person.get(f"{HERE}/erase?kind=person&id=amara").status == 403
        for path, form in (
            (HERE, {"withdrawn_days": "1"}),
            (f"{HERE}/erase", {"kind": "person", "id": "amara", "again": "amara"}),
        ):
            assert person.client.post(path, data={**form, "csrf": csrf}).status_code == 403, (name, path)
    assert _erasures(school) == 0
