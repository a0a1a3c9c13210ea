"""Keys are a promise: one acts on the draft that was in view when it was pressed, however long an answer takes.

Latency is added to every answer of the service, as a far or busy one has it, by the browser itself.
"""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import Dialog, Page, expect
from sqlalchemy import func, select

from service.store.tables import Decision, DraftRow, PointRow
from tests import budget
from tests.journeys.browser.people import COORDINATOR, Demo, Window
from tests.journeys.browser.test_review_by_keyboard import gone_from, here

LATENCIES = (0, 300, 1_500)
at_any_latency = pytest.mark.parametrize("latency", LATENCIES)


@pytest.fixture
def demo(demo_again: Demo) -> Demo:
    return demo_again


def slowed(window: Window, latency: int) -> Window:
    """Every answer to a link, a form or the page's own questions comes that much later (milliseconds)."""
    if latency:
        session = window.page.context.new_cdp_session(window.page)
        session.send("Network.enable")
        conditions = {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1}
        session.send("Network.emulateNetworkConditions", conditions)
    return window


def at_a_draft(demo: Demo, latency: int, *, state: str = "ready") -> tuple[Window, str]:
    window = demo.window(COORDINATOR)
    window.page.mouse.move(0, 0)
    window.open(f"/desk/next?state={state}")
    slowed(window, latency)
    return window, here(window.page)


def quiet(page: Page) -> None:
    """Wait until no answer is under way, and what it led to has been shown."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(200)


def states(demo: Demo) -> dict[str, tuple[object, int]]:
    with demo.house.sessions.reading() as session:
        rows = session.execute(select(DraftRow.id, DraftRow.state, DraftRow.version))
        return {id_: (state, version) for id_, state, version in rows}


def decisions(demo: Demo) -> list[tuple[str, str]]:
    """What was decided on which draft in this test, in order."""
    with demo.house.sessions.reading() as session:
        query = select(Decision.draft_id, Decision.act).where(Decision.at > func.datetime("now", "-5 minutes"))
        return [(draft, act) for draft, act in session.execute(query.order_by(Decision.at, Decision.id))]


@at_any_latency
def test_keys_pressed_behind_an_approval_do_nothing_to_the_draft_that_comes_next(demo: Demo, latency: int) -> None:
    window, draft = at_a_draft(demo, latency)
    before = states(demo)
    window.key("y", "d", "1", "Enter", "y")
    gone_from(window, draft)
    quiet(window.page)
    changed = {id_ for id_, state in states(demo).items() if state != before[id_]}
    assert changed == {draft}
    assert decisions(demo)[-1] == (draft, "approve")
    expect(window.page.locator("#waiting")).to_contain_text("Not taken")


@at_any_latency
def test_the_key_for_a_point_of_ones_own_opens_its_form_and_never_closes_it(demo: Demo, latency: int) -> None:
    window, _ = at_a_draft(demo, latency, state="to_judge")
    window.key("w")
    window.page.locator("#add-text").wait_for()
    quiet(window.page)
    window.page.locator("#add-text").blur()
    window.key("n")
    expect(window.page.locator("details.add")).to_have_attribute("open", "")
    expect(window.page.locator("#add-text")).to_be_focused()


@at_any_latency
def test_a_sentence_typed_right_after_taking_over_is_words_and_not_commands(demo: Demo, latency: int) -> None:
    window, draft = at_a_draft(demo, latency, state="to_judge")
    before = states(demo)
    window.key("w")
    window.page.keyboard.type("Say who then writes down what you hear, next time.", delay=5)
    expect(window.page.locator("#add-text")).to_be_visible()
    quiet(window.page)
    assert here(window.page) == draft
    assert {act for one, act in decisions(demo)} == {"write"}
    assert {id_ for id_, state in states(demo).items() if state != before[id_]} == {draft}
    expect(window.page.locator("#add-text")).to_have_value("Say who then writes down what you hear, next time.")


@at_any_latency
def test_an_edit_typed_while_an_answer_is_under_way_is_kept_and_nothing_is_approved_without_it(
    demo: Demo, latency: int
) -> None:
    window, draft = at_a_draft(demo, latency)
    window.key("a", "e")
    window.page.keyboard.type(" And by when?", delay=5)
    field = window.page.locator(".point details.opens[open] textarea")
    field.wait_for()
    quiet(window.page)
    typed = field.input_value()
    assert typed.endswith(" And by when?")
    window.key("Control+Enter", "y")
    window.page.wait_for_function(  # on a busy machine the answer takes longer than a quiet moment tells
        "() => document.querySelector('#waiting')?.textContent.includes('Not taken')", timeout=60_000
    )
    quiet(window.page)
    assert decisions(demo) == [(draft, "accept"), (draft, "edit")]
    expect(window.page.locator("#waiting")).to_contain_text("Not taken")
    with demo.house.sessions.reading() as session:
        texts = session.scalars(select(PointRow.text).where(PointRow.draft_id == draft)).all()
    assert typed in texts


@at_any_latency
def test_a_key_that_is_held_down_decides_once(demo: Demo, latency: int) -> None:
    window, draft = at_a_draft(demo, latency)
    window.page.keyboard.down("y")
    for _ in range(8):
        window.page.wait_for_timeout(60)
        window.page.keyboard.down("y")
    window.page.keyboard.up("y")
    gone_from(window, draft)
    quiet(window.page)
    assert [one for one, act in decisions(demo) if act == "approve"] == [draft]


def test_leaving_words_that_were_not_sent_asks_first_and_keeps_them(demo: Demo) -> None:
    window, draft = at_a_draft(demo, 0)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    window.page.on("dialog", stay)
    window.key("n")
    window.page.keyboard.type("Half a tho")
    window.key("Escape", "y", ".")
    quiet(window.page)
    assert here(window.page) == draft
    assert len(asked) == 2
    assert all("not sent" in words for words in asked)
    assert decisions(demo) == []
    window.key("n")
    expect(window.page.locator("#add-text")).to_have_value("Half a tho")


def test_words_typed_for_one_draft_never_stand_in_the_form_of_another(demo: Demo) -> None:
    window, draft = at_a_draft(demo, 0)
    window.page.on("dialog", lambda dialog: dialog.accept())
    window.key("x")
    window.page.locator("#decline-note").focus()
    window.page.keyboard.type("Shorter")
    window.key("Escape", "s")
    window.page.keyboard.type(" Mine.")
    window.key("Escape", ".")
    gone_from(window, draft)
    expect(window.page.locator("#decline-note")).to_have_value("")
    assert " Mine." not in window.page.locator("#summary-field").input_value()
    window.page.go_back()
    expect(window.page.locator("#decline-note")).to_have_value("Shorter")


def test_to_hand_over_somebody_has_to_be_chosen(demo: Demo) -> None:
    window, draft = at_a_draft(demo, 0)
    window.key("h")
    expect(window.page.locator("#colleague")).to_be_focused()
    expect(window.page.locator("#colleague")).to_have_value("")
    window.key("Tab", "Enter")
    quiet(window.page)
    assert here(window.page) == draft
    assert decisions(demo) == []


KEYS = [
    "a",
    "e",
    "d",
    "n",
    "s",
    "r",
    "x",
    "h",
    "w",
    "y",
    "u",
    "j",
    "k",
    "o",
    "1",
    "2",
    ".",
    "c",
    "t",
    "Escape",
    "Enter",
]
REMEMBER = """
window.told = [];
new MutationObserver(() => window.told.push(document.getElementById("waiting")?.textContent ?? ""))
  .observe(document, { subtree: true, childList: true, characterData: true });
"""
IN_A_FIELD = "() => Boolean(document.activeElement?.matches('textarea, input[type=text]'))"
FOUND = """() => [
  ...window.told, ...Object.values(sessionStorage),
  ...[...document.querySelectorAll("textarea, input[type=text]")].map(one => one.value),
].join("\\n")"""
"""What is kept in the window, stands in a form, or was said not to have been taken."""


def in_view(window: Window) -> set[str]:
    return set(window.page.locator("[data-draft]").evaluate_all("all => all.map(one => one.dataset.draft)"))


def pressed_at_random(window: Window, chance: random.Random, presses: int) -> tuple[set[str], list[str]]:
    """Presses keys and types words, fast and slow. All drafts that were in view when a key was pressed, and all words
    that were typed in a field."""
    seen: set[str] = set()
    words: list[str] = []
    for number in range(presses):
        seen |= in_view(window)
        window.key(chance.choice(KEYS) if chance.random() < 0.8 else "Control+Enter")
        if chance.random() < 0.4:
            seen |= in_view(window)
            word = f"w{number}o{chance.randrange(1000)}q"
            words += [word] if window.page.evaluate(IN_A_FIELD) else []
            window.page.keyboard.type(f" {word}", delay=chance.choice((0, 30)))
        window.page.wait_for_timeout(chance.choice((0, 0, 20, 120, 500)))
    return seen, words


def stored(demo: Demo) -> str:
    with demo.house.sessions.reading() as session:
        points = session.scalars(select(PointRow.text)).all()
        rows = session.execute(select(Decision.before, Decision.after, Decision.note)).all()
        return "\n".join([*points, *(text for row in rows for text in row)])


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(budget.examples(3, 40)))
def test_random_keys_change_no_draft_that_was_not_in_view_and_lose_no_typed_word(demo: Demo, seed: int) -> None:
    chance = random.Random(seed)
    window = demo.window(COORDINATOR)
    window.page.add_init_script(REMEMBER)
    window.page.on("dialog", lambda dialog: dialog.accept() if chance.random() < 0.5 else dialog.dismiss())
    window.open("/desk/next")
    slowed(window, LATENCIES[seed % len(LATENCIES)])
    before = states(demo)
    seen, words = pressed_at_random(window, chance, presses=40)
    quiet(window.page)
    after = states(demo)
    assert {id_ for id_ in after if after[id_] != before.get(id_)} <= seen
    found = window.page.evaluate(FOUND) + stored(demo)
    assert [word for word in words if word not in found] == []
    assert [words for words in window.wrong if "status of 4" not in words] == []
