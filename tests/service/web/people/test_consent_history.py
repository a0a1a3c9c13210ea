"""What somebody allows has a history: since when, said by whom, on whose word. Nobody lends another their word."""

from __future__ import annotations

from service.actions.access import credentials
from service.actions.bundles import lines
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School, on_both

AMARA = "/v1/people/amara"


def history(school: School) -> list[tuple[str, str, str, str]]:
    items = school.person("amara").get(f"{AMARA}/consents/history").json()["items"]
    return [(one["ai"], one["basis"], one["note"], one["said_by"]) for one in items]


@on_both
def test_each_change_is_kept_with_who_said_it_and_on_whose_word(school: School) -> None:
    assert history(school) == [("local", "unstated", "", "platform")]
    parental = {"ai": "any", "basis": "parental", "note": "form 17 of 3 September"}
    for _ in range(2):
        assert school.platform.put(f"{AMARA}/consents", json=parental).status_code == 200
    amara = school.person("amara")
    assert amara.put(f"{AMARA}/consents", json={"ai": "none"}).status_code == 200
    confirmed = {"ai": "none", "basis": "institutional", "note": "school law, section 4"}
    assert school.platform.put(f"{AMARA}/consents", json=confirmed).status_code == 200
    assert history(school) == [
        ("none", "institutional", "school law, section 4", "platform"),
        ("none", "own", "", "person"),
        ("any", "parental", "form 17 of 3 September", "platform"),
        ("local", "unstated", "", "platform"),
    ]
    data = amara.get(f"{AMARA}/data").json()
    assert [one["basis"] for one in data["consent_history"]] == ["unstated", "parental", "own", "institutional"]
    page = signed_in(school, "amara").get("/learn/consents").text
    assert "A parent or guardian said so: form 17 of 3 September" in page


def test_a_person_says_it_for_themselves_only(school: School) -> None:
    answer = school.person("amara").put(f"{AMARA}/consents", json={"ai": "any", "basis": "parental"})
    assert answer.status_code == 422
    assert history(school) == [("local", "unstated", "", "platform")]


def test_nobody_else_reads_it(school: School) -> None:
    for name in ("lindiwe", "tomasz"):
        assert school.person(name).get(f"{AMARA}/consents/history").status_code == 404


def test_a_basis_comes_with_an_import_as_well(school: School) -> None:
    consents = {"show_work": "with_name", "basis": "parental", "note": "list of 1 October"}
    roles = [{"role": "learner", "group": "year-8"}]
    line = {"kind": "person", "id": "amara", "name": "Amara Okafor", "roles": roles, "consents": consents}
    with school.sessions.writing() as session:
        actor = credentials.authenticate(session, school.key, now=school.now())
        lines.act_on(session, actor, lines.PersonLine.model_validate(line), now=school.now())
    assert history(school)[0] == ("local", "parental", "list of 1 October", "platform")
