"""What is found by words: in any form, with any accents, by those who may read it, and gone once it is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from service.actions.decisions import release
from service.actions.people import register
from service.actions.search import found as search
from service.actions.search.found import SearchHit
from service.actions.work import submit
from service.domain.errors import Invalid, NotAllowed
from service.domain.roles import Actor, Role
from service.store.session import Sessions
from service.store.tables import Person, SearchKind, Submission
from tests.service.actions.school import NOW, act_as, approve, found, hand_in, make_ready

WORK = "Chaque élève note une question avant la visite. Two colleagues were visiting each other's lessons on Tuesday."


def hits(session: Session, actor: Actor, query: str, kind: SearchKind | None = None) -> list[tuple[str, str]]:
    return [(one.kind.value, one.id) for one in search.find(session, actor, query, kind=kind)]


def marked(one: SearchHit) -> list[str]:
    return [part.text for part in one.snippet if part.found]


def test_words_are_found_by_their_beginning_in_another_form_and_without_accents(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        hand_in(session, platform, text=WORK)
        hand_in(session, platform, "yusuf", "We write one line on the board.")
        lena = act_as(session, platform, "lena")
        for query in ("visiting", "visited", "colleag tues", "ELEVE", "élè", "question, (visite)!"):
            assert hits(session, lena, query) == [("work", "s-amara")], query
        for query in ("tuesday board", "nothing", "", "?!", "sit", "t"):
            assert hits(session, lena, query) == [], query
        one = search.find(session, lena, "eleve colleagues")[0]
        assert marked(one) == ["élève", "colleagues"]
        assert (one.name, one.title) == ("Amara Okafor", "Peer observation")
        assert "".join(part.text for part in one.snippet if part.text != "… ").rstrip(" …") in WORK


WORDS = (
    "Новый мой Μία ερώτηση 한국어 がっこう हिन्दी أحمد їдеш ﬁnal Čeština. Ngày mai, Straße! "
    "The teacher/student pair, he/she. A visit.We met on 2024-05-17; mail amara@school.example: <b>bold</b>."
)
TYPED = (
    *(
        "новый",
        "мой",
        "Μία",
        "ερώτηση",
        "한국어",
        "がっこう",
        "हिन्दी",
        "أحمد",
        "їдеш",
        "ﬁnal",
        "cestina",
        "ngay",
        "Straße",
    ),
    *("student", "she", "we", "school", "example", "05", "17", "2024", "bold", "b"),
)


def test_words_of_any_script_and_behind_any_sign_are_found_as_they_stand(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        hand_in(session, platform, text=WORDS)
        lena = act_as(session, platform, "lena")
        for query in TYPED:
            assert [bool(marked(one)) for one in search.find(session, lena, query)] == [True], query
        for query in ("हिम", "нов мо ой", "24"):
            assert hits(session, lena, query) == [], query


def test_what_is_odd_is_looked_for_and_taken_in_like_anything_else(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        for query in ("㌖" * 200, "ﷺ" * 200, "⑴ ½ x²", "ͺ", "'' \\ :* & | ! <->", "\u0301\u0301", "𞀰 🙂", "x" * 200):
            assert hits(session, lena, query) == [], query
        long = " ".join(f"{chr(0xFDFA)}{number}" for number in range(20_000))
        hand_in(session, platform, text=f"lantern {long}"[:200_000])
        assert hits(session, lena, "lantern") == [("work", "s-amara")]


def test_only_what_somebody_reviews_is_found_and_never_their_own(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform, elsewhere = found(session), found(session, "hillside")
        for person in ("amara", "lin"):
            hand_in(session, platform, person)
        hand_in(session, elsewhere)
        lena, mateo = (act_as(session, platform, one) for one in ("lena", "mateo"))
        assert hits(session, lena, "half-term") == [("work", "s-amara")]
        assert hits(session, mateo, "half-term") == [("work", "s-lin"), ("work", "s-amara")]
        assert hits(session, platform, "half-term") == [("work", "s-lin"), ("work", "s-amara")]
        assert hits(session, lena, "lin") == []
        register.put_person(session, platform, "noor", name="Noor Aziz", now=NOW)
        register.put_person(session, platform, "ines", name="Inês Prado", roles=[(Role.COORDINATOR, "all")], now=NOW)
        assert hits(session, act_as(session, platform, "ines"), "aziz") == [("person", "noor")]
        assert hits(session, mateo, "aziz") == [], "who leads all knows also those without a part"
        assert hits(session, mateo, "lin we") == [("person", "lin")]
        amara = act_as(session, platform, "amara")
        with pytest.raises(NotAllowed):
            search.find(session, amara, "half-term")
        with pytest.raises(Invalid):
            search.find(session, lena, "x" * 201)
        session.execute(update(Submission).values(person_id=lena.person))
        assert hits(session, lena, "half-term") == []


def test_feedback_is_found_from_its_release_until_it_is_retracted(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        row = make_ready(session, hand_in(session, platform).draft)
        feedback = SearchKind.FEEDBACK
        approve(session, lena, row)
        assert hits(session, lena, "first pair agree", feedback) == []
        later = NOW + timedelta(minutes=1)
        assert release.release_due(session, row.id, now=later)
        assert hits(session, lena, "first pair agree", feedback) == [("feedback", "s-amara")]
        assert search.find(session, lena, "first pair agree")[0].draft == row.id
        release.retract(release.Deciding(session, lena, row.id, row.version, later))
        assert hits(session, lena, "first pair agree", feedback) == []


def test_what_is_taken_back_handed_in_anew_renamed_or_gone_is_found_as_it_is_now(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        hand_in(session, platform)
        hand_in(session, platform, text="Now a lantern is lit.", now=NOW + timedelta(days=1))
        assert hits(session, lena, "lantern") == [("work", "s-amara")]
        assert hits(session, lena, "half-term") == []
        submit.withdraw(session, platform, "s-amara", now=NOW)
        session.flush()
        assert hits(session, lena, "lantern") == []
        session.execute(update(Person).where(Person.external_id == "amara").values(name="Ngozi Eze"))
        assert hits(session, lena, "okafor") == []
        assert hits(session, lena, "ngozi") == [("person", "amara")]
        session.execute(update(Person).where(Person.external_id == "amara").values(erased_at=NOW))
        assert hits(session, lena, "ngozi") == []


def test_pages_go_from_the_latest_to_the_first_and_miss_nothing(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        for number in range(5):
            hand_in(session, platform, id_=f"s-{number}", text=f"A lantern, number {number}.")
        before, seen = None, []
        while page := search.find(session, platform, "lantern", before=before, limit=2):
            seen += [one.id for one in page]
            before = page[-1].number
        assert seen == [f"s-{number}" for number in (4, 3, 2, 1, 0)]
