"""A challenge that waits for its calibration, over HTTP and on pages without a script: told, judged, gone on with."""

from __future__ import annotations

import pytest

from pipelines.calibration import PieceChosen
from pipelines.looked_at import CalibrationReason, CriteriaRemark, CriteriaRemarkCode
from service.actions.calibration import choosing, criteria, going_on
from service.actions.drafts import make
from service.store import find
from service.store.tables import Challenge, DraftRow
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import SEED, TEXT, School, laid_out, on_both

HERE = "/desk/challenges/peer-observation/calibration"
ASKED = "/v1/challenges/peer-observation/calibration"
CHALLENGE = SEED["/v1/challenges/peer-observation"]


@pytest.fixture
def waiting(school: School) -> School:
    """A school whose challenge waits, with five works of five learners, none chosen yet."""
    answer = school.platform.put("/v1/challenges/peer-observation", json={**CHALLENGE, "calibrate": 3})
    assert answer.json()["calibrate"] == 3
    for number in range(5):
        body = {"name": f"Learner {number}", "roles": [{"role": "learner", "group": "year-8"}]}
        school.platform.put(f"/v1/people/p{number}", json=body)
        work = {"challenge": "peer-observation", "person": f"p{number}", "text": f"{TEXT} Number {number}."}
        handed = school.platform.put(f"/v1/submissions/s{number}", json=work)
        assert (handed.status_code, handed.json()["draft"]["state"]) == (202, "awaits_calibration")
        assert "waits for calibration" in handed.json()["draft"]["next"]
    return school


def choose(school: School) -> list[str]:
    """Three pieces, with their sheets laid out, as jobs would."""
    with school.sessions.writing() as session:
        challenge = find.one(session, Challenge, school.organization, "peer-observation").id
        asked = choosing.begin(session, challenge)
        assert asked is not None
        reasons = (CalibrationReason.TYPICAL, CalibrationReason.LONGEST, CalibrationReason.UNLIKE)
        pieces = [PieceChosen(work.draft, reason) for work, reason in zip(asked.works, reasons, strict=False)]
        choosing.keep(session, challenge, asked, pieces, now=school.now())
        for piece in pieces:
            row = session.get_one(DraftRow, piece.id)
            task = make.begin(session, piece.id, row.generation, now=school.now())
            assert task is not None
            assert task.judge_first
            assert make.finish(session, piece.id, row.generation, laid_out(task.text), now=school.now())
    return [piece.id for piece in pieces]


def judge(school: School, draft: str) -> None:
    lindiwe = school.person("lindiwe")
    tag = lindiwe.get(f"/v1/drafts/{draft}/readings").headers["ETag"]
    said = [{"criterion": key, "standing": "met", "nowhere": True} for key in ("k1", "k2")]
    answer = lindiwe.put(f"/v1/drafts/{draft}/readings", json={"readings": said}, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text


def go_on(school: School) -> None:
    with school.sessions.writing() as session:
        challenge = find.one(session, Challenge, school.organization, "peer-observation").id
        going_on.go_on(session, challenge, now=school.now())


def states(school: School) -> set[str]:
    return {one["state"] for one in school.person("lindiwe").get("/v1/drafts").json()["items"]}


def test_how_far_it_is_is_told_from_the_first_work_to_the_last_piece(waiting: School) -> None:
    lindiwe = waiting.person("lindiwe")
    told = lindiwe.get(ASKED).json()
    assert (told["awaits"], told["wanted"], told["judged"], told["waiting"], told["pieces"]) == (True, 3, 0, 5, [])
    pieces = choose(waiting)
    told = lindiwe.get(ASKED).json()
    assert [(one["draft"], one["reason"], one["chosen_of"], one["judged"]) for one in told["pieces"]] == [
        (pieces[0], "typical", 5, False),
        (pieces[1], "longest", 5, False),
        (pieces[2], "unlike", 5, False),
    ]
    for piece in pieces:
        judge(waiting, piece)
    go_on(waiting)
    told = lindiwe.get(ASKED).json()
    assert (told["awaits"], told["judged"], told["waiting"]) == (False, 3, 0)
    assert told["done_at"]
    assert [(one["id"], one["judged"], one["needed"]) for one in told["criteria"]] == [("k1", 3, 20), ("k2", 3, 20)]
    assert states(waiting) == {"waiting", "ready"}


@on_both
def test_the_page_lists_the_pieces_and_one_comes_back_to_it_from_each(waiting: School) -> None:
    pieces = choose(waiting)
    lindiwe = signed_in(waiting, "lindiwe")
    page = lindiwe.get(HERE)
    assert "0 of 3 judged. 2 drafts wait for that." in page.text
    assert "the longest of 5 works" in page.text
    assert "judged 0 of the 20 from which the machine may compare" in page.text
    link = f"/desk/drafts/{pieces[0]}?challenge=peer-observation&amp;calibrating=1"
    assert link in page.html
    piece = lindiwe.get(link.replace("&amp;", "&"))
    assert "Judge this one first: most like the others, of 5 works." in piece.text
    assert lindiwe.get("/desk/next?challenge=peer-observation&calibrating=1&skip=" + pieces[0]).path == HERE
    judge(waiting, pieces[0])
    again = lindiwe.get(HERE)
    assert "1 of 3 judged" in again.text
    assert f'/desk/drafts/{pieces[1]}?challenge=peer-observation&amp;calibrating=1" class="button"' in again.html
    assert "Waits for calibration: 1 of 3 pieces judged." in lindiwe.get("/desk/challenges/peer-observation").text
    assert "2 pieces to judge before 2 drafts" in lindiwe.get("/desk/today").text


def test_what_waits_is_told_at_the_desk_and_can_be_drafted_by_itself(waiting: School) -> None:
    choose(waiting)
    lindiwe = waiting.person("lindiwe")
    left = lindiwe.get("/v1/drafts?state=awaits_calibration").json()["items"]
    assert len(left) == 2
    visitor = signed_in(waiting, "lindiwe")
    assert "2 drafts" in visitor.get("/desk?state=awaits_calibration").text
    draft = f"/v1/drafts/{left[0]['id']}"
    assert "once a few other pieces are judged" in visitor.get(f"/desk/drafts/{left[0]['id']}").text
    tag = lindiwe.get(draft).headers["ETag"]
    again = lindiwe.post(f"{draft}/redraft", json={}, headers={"If-Match": tag})
    assert again.json()["state"] == "waiting"


def test_the_rest_is_drafted_when_somebody_says_so(waiting: School) -> None:
    choose(waiting)
    lindiwe = signed_in(waiting, "lindiwe")
    page = lindiwe.get(HERE)
    assert "What waited is being drafted." in lindiwe.send(page, f"{HERE}/draft-now").text
    go_on(waiting)
    assert states(waiting) == {"waiting"}
    refused = waiting.person("lindiwe").post(f"{ASKED}/draft-now")
    assert (refused.status_code, refused.json()["kind"]) == (409, "not-now")


@on_both
def test_a_coordinator_has_it_wait_with_one_box_and_lets_it_go_on_by_taking_it_away(school: School) -> None:
    tomasz = signed_in(school, "tomasz")
    edit = "/desk/challenges/peer-observation/edit"
    page = tomasz.get(edit)
    assert "Draft nothing until 3 pieces of work are judged" in page.text
    form = {
        "title": CHALLENGE["title"],
        "prompt": CHALLENGE["prompt"],
        "peers": "after_attempt",
        "reach": "organization",
    }
    keys = {"key": ["k1"], "text": ["Names who."], "question": [""], "points": [""], "do": "save"}
    tomasz.send(page, edit, **form, **keys, calibrate="1", pieces="3")
    stored = "/v1/challenges/peer-observation"
    assert school.platform.get(stored).json()["calibrate"] == 3
    kept = {key: value for key, value in CHALLENGE.items() if key != "calibrate"}
    school.platform.put(stored, json=kept)
    assert school.platform.get(stored).json()["calibrate"] == 3  # a platform that does not know of it leaves it
    tomasz.send(tomasz.get(edit), edit, **form, **keys)
    assert school.platform.get(stored).json()["calibrate"] == 0


def test_what_was_seen_in_the_criteria_is_told_kindly_with_what_to_do(school: School) -> None:
    with school.sessions.writing() as session:
        challenge = find.one(session, Challenge, school.organization, "peer-observation").id
        looked = criteria.begin(session, challenge)
        assert looked is not None
        remarks = [CriteriaRemark(CriteriaRemarkCode.ALIKE, ("k1", "k2"))]
        criteria.keep(session, looked, remarks, now=school.now())
    (told,) = school.person("lindiwe").get(ASKED).json()["remarks"]
    assert (told["code"], told["criteria"]) == ("alike", ["k1", "k2"])
    page = signed_in(school, "lindiwe").get(HERE)
    for words in ("Names who and when.", "Says what to look for.", told["what"], told["why"], told["do"]):
        assert words in page.text
    school.platform.put("/v1/challenges/peer-observation", json={**CHALLENGE, "criteria": CHALLENGE["criteria"][:1]})
    assert school.person("lindiwe").get(ASKED).json()["remarks"] == []


def test_a_number_of_pieces_that_calibrates_nothing_is_refused(school: School) -> None:
    for pieces, kind in ((1, "invalid"), (9, "invalid")):
        refused = school.platform.put("/v1/challenges/peer-observation", json={**CHALLENGE, "calibrate": pieces})
        assert (refused.status_code, refused.json()["kind"]) == (422, kind)


def test_a_learner_and_somebody_of_elsewhere_are_told_nothing(waiting: School) -> None:
    assert waiting.person("p1").get(ASKED).status_code == 403
    assert waiting.founded("elsewhere").peopled().person("lindiwe").get(ASKED).json()["waiting"] == 0


def test_who_sees_no_group_that_it_is_set_to_asks_for_nothing(waiting: School) -> None:
    """Over HTTP and on the page alike."""
    person = {"name": "Zoe", "roles": [{"role": "facilitator", "group": "far"}]}
    assert waiting.platform.put("/v1/groups/far", json={"name": "Far"}).is_success
    assert waiting.platform.put("/v1/people/zoe", json=person).is_success
    body = {**CHALLENGE, "calibrate": 3, "groups": ["year-8"]}
    assert waiting.platform.put("/v1/challenges/peer-observation", json=body).is_success
    zoe, visitor = waiting.person("zoe"), signed_in(waiting, "zoe")
    page = visitor.get(HERE)
    for what in ("choose", "draft-now", "look"):
        refused = zoe.post(f"{ASKED}/{what}")
        assert (refused.status_code, refused.json()["kind"]) == (403, "not-allowed")
        assert f"{HERE}/{what}" not in page.html
        assert visitor.client.post(f"{HERE}/{what}", data={"csrf": page.csrf}).status_code == 403
    assert states(waiting) == {"awaits_calibration"}


def test_who_sees_one_group_of_several_can_have_pieces_chosen_and_is_not_offered_to_end_the_wait(
    waiting: School,
) -> None:
    body = {"name": "Ines", "roles": [{"role": "facilitator", "group": "year-8"}]}
    assert waiting.platform.put("/v1/people/ines", json=body).is_success
    page = signed_in(waiting, "ines").get(HERE)
    assert f"{HERE}/choose" in page.html
    assert f"{HERE}/draft-now" not in page.html
    assert waiting.person("ines").post(f"{ASKED}/choose").status_code == 202
    assert waiting.person("ines").post(f"{ASKED}/draft-now").status_code == 403
