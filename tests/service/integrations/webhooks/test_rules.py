"""What is sent and signed, when it is tried again, and what an answer means."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from service.domain.events import EVENTS, Event
from service.integrations.webhooks import rules, signing
from service.integrations.webhooks.rules import Outcome

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)


def test_a_signature_is_the_one_of_the_specifications_own_example() -> None:
    """Of `spec/standard-webhooks.md`, "Signature scheme", and of the libraries' own tests."""
    secret, id_ = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    at, body = datetime.fromtimestamp(1614265330, UTC), b'{"test": 2432232314}'
    assert signing.signature(secret, id_, at, body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_verifies_with_either_secret_and_with_no_other() -> None:
    new, old, other = (signing.new_secret() for _ in range(3))
    body, now = "{“q”:1}".encode(), datetime.now(UTC)
    headers = signing.headers([new, old], "one", now, body)
    assert [Webhook(secret).verify(body, headers, json_parse=False) for secret in (new, old)] == [None, None]
    for secret, said in ((other, body), (new, body + b" ")):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(said, headers, json_parse=False)


def test_a_secret_has_256_bits_and_is_never_the_same() -> None:
    assert len({signing.new_secret() for _ in range(20)}) == 20
    assert all(len(Webhook(signing.new_secret())._whsecret) == 32 for _ in range(3))


def test_a_delivery_is_tried_ten_times_within_some_75_hours() -> None:
    at, begun, waits = NOW, NOW, []
    for attempt in range(1, 12):
        again = rules.again_at(attempt, begun, at)
        if again is None:
            break
        waits.append(again - at)
        at = again
    assert attempt == 10
    assert all(pause <= wait <= pause * 1.1 for pause, wait in zip(rules.PAUSES, waits, strict=True))
    assert waits == sorted(waits)
    assert timedelta(hours=75) < at - begun < timedelta(hours=84)


def test_after_its_time_a_delivery_ends_however_few_attempts_fitted_in() -> None:
    assert rules.again_at(2, NOW - rules.LASTS, NOW) is None
    assert rules.again_at(2, NOW - rules.LASTS + timedelta(minutes=1), NOW) is not None


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta()),
        ("99999999999999999999", timedelta(hours=24)),
        ("Thu, 01 May 2031 12:10:00 GMT", timedelta(minutes=10)),
        ("Thu, 01 May 2031 11:00:00 GMT", timedelta()),
        ("Thu, 01 May 2099 11:00:00 GMT", timedelta(hours=24)),
        ("-5", None),
        ("soon", None),
        ("१२०", None),
        ("", None),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Mon, 01 Jan 2030 00:00:00 +99999999999999999999", None),
        ("Mon, 01 Jan 2030 99999999999999999999:00:00 GMT", None),
    ],
)
def test_retry_after_is_obeyed_within_bounds(said: str, wait: timedelta | None) -> None:
    assert rules.retry_after(said, NOW) == wait


def test_whoever_asks_for_time_is_left_alone_for_it() -> None:
    hour = timedelta(hours=1)
    again = rules.again_at(1, NOW, NOW, hour)
    assert again == NOW + hour
    assert rules.rest(1, timedelta(), hour) == hour


@pytest.mark.parametrize("status", [200, 204, 299])
def test_2xx_is_taken(status: int) -> None:
    assert rules.outcome(status) is Outcome.TAKEN


@pytest.mark.parametrize("status", [None, 199, 301, 302, 307, 400, 404, 429, 500, 503])
def test_all_else_but_gone_is_tried_again(status: int | None) -> None:
    assert rules.outcome(status) is Outcome.AGAIN
    assert rules.outcome(410) is Outcome.GONE


def test_who_fails_or_is_slow_is_left_alone_and_who_answers_is_not() -> None:
    second = timedelta(seconds=1)
    assert rules.rest(0, second) == timedelta()
    assert rules.rest(0, 10 * second) == 20 * second
    rests = [rules.rest(failures, second) for failures in range(1, 40)]
    assert all(timedelta() < one <= rules.LONGEST_REST for one in rests)
    assert rests[-1] >= rules.LONGEST_REST / 2


def test_events_of_one_subject_share_a_lane_and_others_do_not() -> None:
    released = {"submission": "amara-1", "draft": "d"}
    one = rules.lane(Event.FEEDBACK_RELEASED, released, "e1")
    assert one == rules.lane(Event.DRAFT_READY, {"submission": "amara-1", "draft": "other"}, "e2")
    assert one != rules.lane(Event.DRAFT_READY, {"submission": "noor-1", "draft": "d"}, "e3")
    assert one != rules.lane(Event.CONSENT_CHANGED, {"person": "amara-1"}, "e4")
    assert rules.lane(Event.CONSENT_CHANGED, {"person": ""}, "e5") != rules.lane(Event.CONSENT_CHANGED, {}, "e6")


def test_a_body_holds_what_happened_when_and_where_to_read_more() -> None:
    data = {"submission": "amara/1 ü", "draft": "d" * 32, "reason": "gave_up"}
    body = json.loads(rules.body("draft.stuck", NOW, 7, data, "https://peerloom.example.org"))
    assert body == {
        "type": "draft.stuck",
        "timestamp": "2031-05-01T12:00:00Z",
        "number": 7,
        "data": data,
        "links": {
            "submission": "https://peerloom.example.org/v1/submissions/amara%2F1%20%C3%BC",
            "draft": f"https://peerloom.example.org/v1/drafts/{'d' * 32}",
        },
    }


def test_every_event_says_when_it_is_told_and_names_its_subject() -> None:
    assert set(EVENTS) == set(Event)
    assert all(known.when and known.subject in known.facts for known in EVENTS.values())
