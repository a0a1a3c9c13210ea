"""What a file is called goes into a header: whatever stands in its name, nothing else comes of it."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.calls import Attachment
from tests.service.web.access.test_organization import signed_in
from tests.service.web.conftest import School

HOSTILE = (
    'a"; filename="evil.html',
    "a\r\nSet-Cookie: peerloom=stolen",
    "a\nX-Injected: 1",
    "résumé – 履歴書.txt",
    "a;b=c, d.txt",
    "../../etc/passwd",
    "%0d%0aX-Injected: 1",
    "a\u2028b\x00c.txt",
)


@given(st.one_of(st.text(st.characters(exclude_categories=("Cs",)), max_size=60), st.sampled_from(HOSTILE)))
def test_any_name_is_one_encoded_parameter_and_is_read_back_as_it_was(name: str) -> None:
    said = Attachment(name, "text/plain", b"").headers["Content-Disposition"]
    kind, _, encoded = said.partition("; filename*=UTF-8''")
    assert kind == "attachment"
    assert encoded.isascii()
    assert not set(encoded) & set('"\\;, \r\n\t')
    assert unquote(encoded) == name


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_with_a_hostile_name_comes_back_with_no_header_that_its_name_has_made(school: School, name: str) -> None:
    """Over HTTP. A form cannot carry line breaks in a name as they are, and other characters may be left out of it."""
    sent = school.platform.post("/v1/files?person=amara", files={"file": (name, b"We pair teachers.")})
    assert sent.status_code in (201, 422), sent.text
    if sent.status_code == 422:
        return
    body = {"challenge": "peer-observation", "person": "amara", "text": "We pair.", "files": [sent.json()["id"]]}
    assert school.platform.put("/v1/submissions/amara-1", json=body).status_code == 202
    answers = [school.platform.get(f"/v1/submissions/amara-1/files/{sent.json()['id']}")]
    answers.append(signed_in(school, "amara").get(f"/learn/work/amara-1/files/{sent.json()['id']}").answer)
    for answer in answers:
        assert answer.status_code == 200
        said = answer.headers["Content-Disposition"]
        assert said.startswith("attachment; filename*=UTF-8''")
        assert not set(said.partition("UTF-8''")[2]) & set('"\\;, ')
        assert "X-Injected" not in answer.headers
        assert "stolen" not in answer.headers.get("Set-Cookie", "")
