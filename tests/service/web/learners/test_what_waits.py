"""Words that wait name what is waited for, and how long that usually takes here."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from service.actions.learners import waiting
from service.store.tables import Release, Revision
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School, on_both
from tests.service.web.learners.learning import released

FEW, ENOUGH = 9, 10


@on_both
@pytest.mark.parametrize(("answered", "says"), [(FEW, None), (ENOUGH, 3)])
def test_what_is_usual_is_told_from_the_organizations_own_releases_and_not_of_few(
    school: School, answered: int, says: int | None
) -> None:
    for at in range(answered):
        released(school, f"amara-{at}")
    now = school.now()
    with school.sessions.writing() as session:
        session.execute(update(Revision).values(submitted_at=now - timedelta(days=2, hours=5)))
        session.execute(update(Release).values(released_at=now))
        assert waiting.usual_days(session, school.organization, now=now) == says
    school.handed_in("waits")
    seen = signed_in(school, "amara").get("/learn/work/waits").text
    assert "waits for a facilitator" in seen
    assert ("usually 3 days here" in seen) == (says is not None)
    assert "a person is reading" not in seen.casefold()
