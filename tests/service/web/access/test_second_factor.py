"""A second factor: set up by oneself or because the organization wants it, asked for before there is any session."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from service.store import find
from service.store.sealing import Seal
from service.store.tables import AuditEntry, Person, RecoveryCode, SecondFactor
from tests.service.web.browsing import Page, Visitor, link_for, signed_in
from tests.service.web.conftest import School, on_both

SET_UP, OFF, RENEW = "/safety/second-factor", "/safety/second-factor/off", "/safety/second-factor/recovery"
CODE = re.compile(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){5}")


class Telephone:
    """An app that knows a secret, at a service whose clock it can put forward, so that no test waits for a new code."""

    def __init__(self, school: School, secret: str) -> None:
        self.school, self.app, self.ahead = school, pyotp.TOTP(secret.replace(" ", "")), 0

    def code(self) -> str:
        """A code that was not used yet: half a minute later by the clock of the service."""
        self.ahead += 30
        set_clock(self.school, timedelta(seconds=self.ahead))
        return str(self.app.at(self.school.now() + timedelta(seconds=self.ahead)))

    def wrong(self) -> str:
        """Six digits that are not right at any time near."""
        now = self.school.now() + timedelta(seconds=self.ahead)
        near = {self.app.at(now + timedelta(seconds=30 * by)) for by in range(-3, 4)}
        return next(one for one in (f"{n:06}" for n in range(100)) if one not in near)


def set_clock(school: School, ahead: timedelta) -> None:
    def clock() -> datetime:
        return school.now() + ahead

    school.app.state.services = replace(school.app.state.services, clock=clock)


def shown_secret(page: Page) -> str:
    found = re.search(r"<code[^>]*>([A-Z2-7]{4}(?: [A-Z2-7]{4})+)</code>", page.html)
    assert found, page.text
    return found[1]


def set_up(school: School, visitor: Visitor) -> tuple[Telephone, list[str]]:
    """A second factor of this visitor, and their recovery codes."""
    page = visitor.send(visitor.get("/safety"), SET_UP + "/begin")
    telephone = Telephone(school, shown_secret(page))
    done = visitor.send(page, SET_UP, code=telephone.code())
    assert done.status == 200, done.text
    return telephone, CODE.findall(done.text)


def half_way(school: School, person: str) -> tuple[Visitor, Page]:
    """Somebody who has used a link, and is asked for a code."""
    visitor = Visitor(school.client())
    answer = visitor.client.post(link_for(school, person, now=school.app.state.services.clock()))
    assert "set-cookie" not in answer.headers
    return visitor, visitor.get(answer.headers["location"])


def acts(school: School) -> list[str]:
    with school.sessions.reading() as session:
        rows = select(AuditEntry.act).where(AuditEntry.organization_id == school.organization)
        return list(session.scalars(rows.order_by(AuditEntry.number)))


@on_both
@pytest.mark.parametrize("person", ["amara", "lindiwe", "tomasz"])
def test_everybody_can_turn_it_on_and_is_asked_for_a_code_from_then_on(school: School, person: str) -> None:
    visitor = signed_in(school, person)
    assert "Off: whoever has a link of yours is signed in as you." in visitor.get("/safety").text
    telephone, codes = set_up(school, visitor)
    assert len(set(codes)) == 10
    assert "On since" in visitor.get("/safety").text
    other, page = half_way(school, person)
    assert "Code of your authenticator app" in page.text
    assert other.client.get("/").headers["location"].startswith("/sign-in")
    came = other.client.post(page.path, data={"code": telephone.code()})
    assert came.status_code == 303
    assert "HttpOnly" in came.headers["set-cookie"]
    assert other.get("/safety").status == 200
    assert {"second-factor.on", "sign-in"} <= set(acts(school))


def test_the_picture_holds_what_is_written_beside_it_and_nothing_inline_that_the_policy_forbids(
    school: School,
) -> None:
    visitor = signed_in(school, "amara")
    page = visitor.send(visitor.get("/safety"), SET_UP + "/begin")
    assert page.html.count("<svg") == 1
    assert 'style="' not in page.html
    assert shown_secret(page) == shown_secret(visitor.get(SET_UP))


def test_a_code_is_never_accepted_twice_not_even_the_one_of_the_set_up(school: School) -> None:
    visitor = signed_in(school, "lindiwe")
    page = visitor.send(visitor.get("/safety"), SET_UP + "/begin")
    telephone = Telephone(school, shown_secret(page))
    code = telephone.code()
    assert visitor.send(page, SET_UP, code=code).status == 200
    first, asked = half_way(school, "lindiwe")
    assert first.client.post(asked.path, data={"code": code}).status_code == 422
    fresh = telephone.code()
    assert first.client.post(asked.path, data={"code": fresh}).status_code == 303
    second, asked = half_way(school, "lindiwe")
    assert second.client.post(asked.path, data={"code": fresh}).status_code == 422
    assert "set-cookie" not in second.client.post(asked.path, data={"code": fresh}).headers


def test_of_two_who_give_the_same_code_at_the_same_moment_one_comes_in(school: School) -> None:
    telephone, _ = set_up(school, signed_in(school, "lindiwe"))
    for _ in range(3):
        both = [half_way(school, "lindiwe") for _ in range(2)]
        code = telephone.code()
        with ThreadPoolExecutor(2) as pool:
            sent = [pool.submit(one.client.post, page.path, data={"code": code}) for one, page in both]
        assert sorted(one.result().status_code for one in sent) == [303, 422]


@on_both
def test_after_five_wrong_codes_the_link_is_worth_nothing_even_with_the_right_one(school: School) -> None:
    telephone, _ = set_up(school, signed_in(school, "lindiwe"))
    visitor, page = half_way(school, "lindiwe")
    tries = [visitor.client.post(page.path, data={"code": telephone.wrong()}) for _ in range(5)]
    assert [one.status_code for one in tries] == [422] * 4 + [401]
    assert "4 tries left" in tries[0].text
    assert "Ask for a new link" in tries[-1].text
    right = visitor.client.post(page.path, data={"code": telephone.code()})
    assert right.status_code == 401
    assert "set-cookie" not in right.headers
    assert visitor.client.post(page.path.removesuffix("/code")).status_code == 401
    assert "sign-in.refused" in acts(school)


def test_wrong_codes_sent_all_at_once_are_counted_one_by_one(school: School) -> None:
    telephone, _ = set_up(school, signed_in(school, "lindiwe"))
    visitor, page = half_way(school, "lindiwe")
    wrong = telephone.wrong()
    with ThreadPoolExecutor(8) as pool:
        sent = pool.map(lambda _: visitor.client.post(page.path, data={"code": wrong}).status_code, range(12))
    assert sorted(sent) == [401] * 8 + [422] * 4


def test_the_half_way_state_ends_after_ten_minutes_and_the_link_with_it(school: School) -> None:
    telephone, _ = set_up(school, signed_in(school, "lindiwe"))
    visitor, page = half_way(school, "lindiwe")
    again = visitor.client.post(page.path.removesuffix("/code"))  # the form sent twice is one act
    assert again.headers["location"] == page.path
    telephone.ahead += 600
    assert visitor.client.post(page.path, data={"code": telephone.code()}).status_code == 401
    assert visitor.client.post(page.path.removesuffix("/code")).status_code == 401
    assert visitor.client.get(page.path).status_code == 401


def test_nobody_reaches_the_page_for_codes_without_having_used_the_link(school: School) -> None:
    telephone, _ = set_up(school, signed_in(school, "lindiwe"))
    link = link_for(school, "lindiwe")
    assert school.client().get(link + "/code").status_code == 401
    assert school.client().post(link + "/code", data={"code": telephone.code()}).status_code == 401
    visitor, page = half_way(school, "lindiwe")
    evil = {"Origin": "https://evil.example"}
    assert visitor.client.post(page.path, data={"code": telephone.code()}, headers=evil).status_code == 403


def test_a_recovery_code_stands_in_for_the_app_once_however_it_is_typed(school: School) -> None:
    _, codes = set_up(school, signed_in(school, "amara"))
    visitor, page = half_way(school, "amara")
    typed = f" {codes[0].replace('-', ' ').upper()} "
    assert visitor.client.post(page.path, data={"code": typed}).status_code == 303
    assert "9 recovery codes left" in visitor.get("/safety").text
    again, page = half_way(school, "amara")
    assert again.client.post(page.path, data={"code": codes[0]}).status_code == 422
    assert again.client.post(page.path, data={"code": codes[1]}).status_code == 303


def test_digits_of_another_script_are_read_as_digits(school: School) -> None:
    telephone, _ = set_up(school, signed_in(school, "amara"))
    visitor, page = half_way(school, "amara")
    arabic = telephone.code().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert visitor.client.post(page.path, data={"code": arabic}).status_code == 303


@on_both
def test_nothing_that_is_stored_tells_a_secret_or_a_recovery_code(school: School) -> None:
    visitor = signed_in(school, "amara")
    page = visitor.send(visitor.get("/safety"), SET_UP + "/begin")
    secret = shown_secret(page).replace(" ", "")
    telephone = Telephone(school, secret)
    codes = CODE.findall(visitor.send(page, SET_UP, code=telephone.code()).text)
    with school.sessions.reading() as session:
        row = session.scalars(select(SecondFactor)).one()
        kept = " ".join([row.secret, *session.scalars(select(RecoveryCode.code_hash))])
    assert secret not in kept
    assert not any(one in kept or one.replace("-", "") in kept for one in codes)


def test_with_another_key_of_the_service_recovery_codes_still_work_and_the_page_says_what_to_do(
    school: School,
) -> None:
    telephone, codes = set_up(school, signed_in(school, "amara"))
    school.app.state.services = replace(school.app.state.services, seal=Seal("another key, after a restore"))
    visitor, page = half_way(school, "amara")
    refused = visitor.client.post(page.path, data={"code": telephone.code()}, headers={"Accept": "text/html"})
    assert refused.status_code == 503
    assert "Use a recovery code" in refused.text
    assert visitor.client.post(page.path, data={"code": codes[3]}).status_code == 303


@on_both
def test_turning_it_on_or_off_signs_out_everywhere_else(school: School) -> None:
    here, there = signed_in(school, "lindiwe"), signed_in(school, "lindiwe")
    waiting = link_for(school, "lindiwe")
    telephone, _ = set_up(school, here)
    assert there.client.get("/").headers["location"].startswith("/sign-in")
    assert school.client().post(waiting).status_code == 401
    other, page = half_way(school, "lindiwe")
    assert other.client.post(page.path, data={"code": telephone.code()}).status_code == 303
    off = here.send(here.get("/safety"), OFF, code=telephone.code())
    assert "Your second factor is off" in off.text
    assert other.client.get("/").headers["location"].startswith("/sign-in")
    assert signed_in(school, "lindiwe").get("/safety").status == 200


@on_both
def test_whoever_sits_at_an_open_session_turns_nothing_off_without_a_code(school: School) -> None:
    visitor = signed_in(school, "lindiwe")
    telephone, _ = set_up(school, visitor)
    page = visitor.get("/safety")
    for path in (OFF, RENEW, OFF, RENEW):
        refused = visitor.send(page, path, code=telephone.wrong())
        assert refused.status == 422
        assert "not right, or was used before" in refused.text
    visitor.send(page, OFF, code=telephone.wrong())
    assert visitor.client.get("/").headers["location"].startswith("/sign-in")
    assert "second-factor.refused" in acts(school)


def test_new_recovery_codes_end_the_old_ones(school: School) -> None:
    visitor = signed_in(school, "lindiwe")
    telephone, old = set_up(school, visitor)
    new = CODE.findall(visitor.send(visitor.get("/safety"), RENEW, code=telephone.code()).text)
    assert len(new) == 10
    other, page = half_way(school, "lindiwe")
    assert other.client.post(page.path, data={"code": old[0]}).status_code == 422
    assert other.client.post(page.path, data={"code": new[0]}).status_code == 303


def test_new_recovery_codes_asked_for_by_a_form_sent_twice_are_those_that_are_seen(school: School) -> None:
    visitor = signed_in(school, "lindiwe")
    telephone, _ = set_up(school, visitor)
    page, code = visitor.get("/safety"), telephone.code()
    first, second = (CODE.findall(visitor.send(page, RENEW, code=code).text) for _ in range(2))
    assert len(first) == len(second) == 10
    assert acts(school).count("second-factor.codes") == 1
    assert visitor.send(visitor.get("/safety"), RENEW, code=code).status == 422, "another form, the same code"
    other, asked = half_way(school, "lindiwe")
    assert other.client.post(asked.path, data={"code": first[0]}).status_code == 422
    assert other.client.post(asked.path, data={"code": second[0]}).status_code == 303


def test_a_form_sent_twice_sets_up_one_factor_whose_last_shown_codes_work(school: School) -> None:
    visitor = signed_in(school, "lindiwe")
    page = visitor.send(visitor.get("/safety"), SET_UP + "/begin")
    assert shown_secret(visitor.send(visitor.get("/safety"), SET_UP + "/begin")) == shown_secret(page)
    telephone = Telephone(school, shown_secret(page))
    code = telephone.code()
    first, second = (CODE.findall(visitor.send(page, SET_UP, code=code).text) for _ in range(2))
    assert len(first) == len(second) == 10
    assert acts(school).count("second-factor.on") == 1
    other, asked = half_way(school, "lindiwe")
    assert other.client.post(asked.path, data={"code": first[0]}).status_code == 422
    assert other.client.post(asked.path, data={"code": second[0]}).status_code == 303


def test_who_facilitates_is_led_to_set_it_up_before_anything_else_where_the_organization_wants_it(
    school: School,
) -> None:
    coordinator = signed_in(school, "tomasz")
    page = coordinator.get("/desk/settings")
    sent = coordinator.send(page, "/desk/settings", name="Harbor School", language="en", second_factor_needed="true")
    assert 'name="second_factor_needed" value="true" checked' in sent.html
    assert school.platform.get("/v1/organization").json()["second_factor_needed"] is True
    assert signed_in(school, "amara").get("/learn").status == 200  # a learner need not
    visitor, asked = half_way(school, "mateo")
    assert "Set up a second factor" in asked.text
    telephone = Telephone(school, shown_secret(asked))
    assert visitor.client.post(asked.path, data={"code": telephone.wrong()}).status_code == 422
    done = visitor.client.post(asked.path, data={"code": telephone.code()})
    assert len(CODE.findall(done.text)) == 10
    assert visitor.get("/desk/today").status == 200
    own = visitor.get("/safety")
    assert "Turn it off" not in own.text
    form = {"csrf": own.csrf, "code": telephone.code()}
    assert visitor.client.post(OFF, data=form).status_code == 403
    _, again = half_way(school, "mateo")
    assert "Code of your authenticator app" in again.text


def test_a_frame_on_a_platforms_page_and_a_token_need_no_second_factor_and_change_none(school: School) -> None:
    settings = {"name": "Harbor School", "embed_origins": ["https://courses.example.org"], "second_factor_needed": True}
    assert school.platform.put("/v1/organization", json=settings).status_code == 200
    asked = {"person": "lindiwe", "embedded": True}
    visitor = Visitor(school.client())
    came = visitor.client.post(school.platform.post("/v1/sign-in-links", json=asked).json()["url"])
    assert "set-cookie" in came.headers
    page = visitor.get("/safety")
    assert "Your platform signed you in here" in page.text
    assert "Within your platform’s page" in page.text
    for path in (SET_UP + "/begin", SET_UP, OFF, RENEW):
        assert visitor.client.post(path, data={"csrf": page.csrf, "code": "123456"}).status_code == 403, path
    assert school.person("lindiwe").get("/v1/me").status_code == 200


def test_a_coordinator_of_the_whole_organization_resets_it_and_nobody_else(school: School) -> None:
    visitor = signed_in(school, "lindiwe")
    set_up(school, visitor)
    reset = "/desk/people/lindiwe/second-factor/reset"
    body = {"name": "Naledi Khumalo", "roles": [{"role": "coordinator", "group": "year-8"}]}
    assert school.platform.put("/v1/people/naledi", json=body).status_code == 201
    for name in ("mateo", "naledi", "amara"):
        other = signed_in(school, name)
        csrf = other.get("/safety").csrf
        assert other.client.post(reset, data={"csrf": csrf}).status_code == 403, name
        assert school.person(name).delete("/v1/people/lindiwe/second-factor").status_code == 403, name
    coordinator = signed_in(school, "tomasz")
    done = coordinator.send(coordinator.get("/desk/people/lindiwe"), reset)
    assert "The second factor is taken away" in done.text
    assert "Reset the second factor" not in done.text
    assert visitor.client.get("/").headers["location"].startswith("/sign-in")
    assert signed_in(school, "lindiwe").get("/safety").status == 200
    assert acts(school).count("second-factor.reset") == 1
    assert school.platform.delete("/v1/people/lindiwe/second-factor").status_code == 204  # none there: nothing is done
    assert acts(school).count("second-factor.reset") == 1


def test_what_somebody_has_set_up_goes_with_them_when_they_are_erased(school: School) -> None:
    set_up(school, signed_in(school, "amara"))
    with school.sessions.writing() as session:
        session.delete(find.one(session, Person, school.organization, "amara"))
        session.flush()
        assert session.scalars(select(SecondFactor)).all() == []
        assert session.scalars(select(RecoveryCode)).all() == []
