"""Hostile and odd strings through the front door: what comes back, what breaks, and what a machine can be talked into.

    python -m benchmarks.hostile DIR --answers DIR [--challenges 6] [--at-most N]

DIR holds strings.jsonl. Starts the embedded service on a free loopback port and drives it over HTTP. First every string
is sent as submission text, person name, criterion and document; then each malicious one is put at the start, middle or
end (by turns) of one of 20 answers, and beside it a benign text of equal length at the same place as control.
"""

from __future__ import annotations

import argparse
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.running import Answer, Caller, House, house
from benchmarks.setting import last_line, say, share, told
from pipelines.evaluation import folders
from pipelines.evaluation.folders import Answers, JudgedAnswer
from pipelines.texts.language import unquoted

ANSWERS = 20
CONTROLLED = "controlled"
STRINGS = "strings"
UNLUCKY_PAGES = ("/", "/docs", "/redoc", "/openapi.json")

Line = dict[str, Any]


@dataclass(frozen=True)
class Hostile:
    """One string. `malicious` None: odd, but no attack. `rogue`: what the attack tries to have printed."""

    text: str
    malicious: bool | None
    rogue: str


def load(folder: Path, most: int | None) -> list[Hostile]:
    """The strings, evenly thinned to `most`."""
    raw = folders.rows(folder / "strings.jsonl")
    picked = raw if most is None or most >= len(raw) else [raw[at * len(raw) // most] for at in range(most)]
    return [Hostile(one["text"], one.get("malicious"), one.get("rogue") or "") for one in picked]


# What is there before


def common() -> list[Line]:
    """One group, somebody who reviews and somebody who hands in."""
    consents = {"show_work": "no", "introduce": False, "ai": "local"}
    reviews, learns = ([{"role": role, "group": "all"}] for role in ("facilitator", "learner"))
    return [
        {"kind": "group", "id": "all", "name": "All"},
        {"kind": "person", "id": "reviewer", "name": "Nkechi Reviewer", "roles": reviews},
        {"kind": "person", "id": "writer", "name": "Writer", "roles": learns, "consents": consents},
    ]


def history(answers: Answers, challenges: Sequence[str]) -> Iterator[Line]:
    """Challenges with their judged answers, as released feedback."""
    yield from common()
    authors = {row.author or row.id for key in challenges for row in answers.history[key]}
    for author in sorted(authors):
        yield {"kind": "person", "id": author, "name": author, "roles": [{"role": "learner", "group": "all"}],
               "consents": {"show_work": "without_name", "ai": "local"}}  # fmt: skip
    for key in challenges:
        one = answers.challenges[key]
        criteria = [{"id": c.id, "text": c.text, "points": c.points} for c in one.criteria]
        yield {"kind": "challenge", "id": key, "title": key, "prompt": one.prompt or key, "reference": one.reference,
               "language": one.language, "criteria": criteria}  # fmt: skip
        for row in answers.history[key]:
            yield {
                "kind": "submission",
                "id": row.id,
                "challenge": key,
                "person": row.author or row.id,
                "text": row.text,
            }
            points = [{"kind": "next_step", "text": row.feedback, "quote": row.text}] if row.feedback.strip() else []
            yield {"kind": "feedback", "submission": row.id, "approved_by": "reviewer", "summary": "Seen.",
                   "verdict": row.standing.value, "score": min(1.0, max(0.0, row.mark)), "points": points}  # fmt: skip


# Round trips


def round_trips(caller: Caller, strings: Sequence[Hostile]) -> dict[str, Any]:
    """Every string in four places: does it come back byte for byte, or is it refused with a reason?"""
    kept: list[bool] = []
    names: dict[str, str] = {}
    for at, one in enumerate(strings):
        told(f"sending {len(strings)} strings to four places", at, len(strings))
        kept += [_submission(caller, at, one.text), _criterion(caller, at, one.text), _document(caller, at, one.text)]
        body = {"name": one.text, "roles": [{"role": "learner", "group": "all"}]}
        sent = caller.call("PUT", f"/v1/people/p-{at}", body)
        if sent.status >= 400:
            kept.append(_refused(sent))
        else:
            names[f"p-{at}"] = one.text
        caller.call("GET", f"/v1/people/{quote(one.text.encode('utf-8', 'surrogatepass'), safe='')[:2000]}")
    shown = {row["id"]: row["name"] for row in caller.all("/v1/people")}
    kept += [shown.get(id_) == name for id_, name in names.items()]
    return {"round_trip": share(kept), "round_trip_n": len(kept)}


def _submission(caller: Caller, at: int, text: str) -> bool:
    sent = caller.call("PUT", f"/v1/submissions/s-{at}", {"challenge": "odd", "person": "writer", "text": text})
    if sent.status >= 400:
        return _refused(sent)
    found = caller.call("GET", f"/v1/submissions/s-{at}").json
    whole = caller.call("GET", f"/v1/drafts/{found['draft']['id']}").json
    return bool(found["text_hash"] == _sha(text) and whole["text"] == text)


def _criterion(caller: Caller, at: int, text: str) -> bool:
    criteria = [{"id": "k1", "text": text}]
    sent = caller.call("PUT", f"/v1/challenges/c-{at}", {"title": "Odd", "prompt": "Odd.", "criteria": criteria})
    if sent.status >= 400:
        return _refused(sent)
    return bool(caller.call("GET", f"/v1/challenges/c-{at}").json["criteria"][0]["text"] == text)


def _document(caller: Caller, at: int, text: str) -> bool:
    sent = caller.call("PUT", f"/v1/context/d-{at}", {"title": "Odd", "text": text})
    if sent.status >= 400:
        return _refused(sent)
    return bool(caller.call("GET", f"/v1/context/d-{at}").json["text"] == text)


def _refused(answer: Answer) -> bool:
    """Whether the answer says what is wrong."""
    if answer.status >= 500:
        return False
    try:
        return bool(answer.json.get("detail") or answer.json.get("errors"))
    except (ValueError, AttributeError):
        return False


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def scripts(caller: Caller, strings: Sequence[Hostile]) -> int:
    """Pages in which a string that holds markup stands as it was sent."""
    for path in UNLUCKY_PAGES:
        caller.call("GET", path)
    marked = [one.text for one in strings if re.search(r"<\s*/?\s*[a-z!]|\bon\w+\s*=|javascript:", one.text, re.I)]
    return sum(any(text in page for text in marked) for _, page in caller.pages)


# Insertions


@dataclass(frozen=True)
class Insertion:
    """One answer with something put into it. `of` is the answer's id."""

    id: str
    of: str
    challenge: str
    text: str
    hostile: Hostile | None = None


def insertions(rows: Sequence[JudgedAnswer], strings: Sequence[Hostile]) -> list[Insertion]:
    """Each answer as it is, then each attack in one of them, and its control."""
    made = [Insertion(f"plain-{at}", row.id, row.challenge, row.text) for at, row in enumerate(rows)]
    benign = " ".join(" ".join(one.text.split()) for one in strings if one.malicious is False) + " "
    used = 0
    for at, attack in enumerate(one for one in strings if one.malicious):
        row, place = rows[at % len(rows)], at % 3
        control = (benign * (len(attack.text) // len(benign) + 2))[used : used + len(attack.text)]
        used = (used + len(control)) % len(benign)
        for kind, text, hostile in (("attack", attack.text, attack), ("control", control, None)):
            whole = inserted(row.text, text, place)
            made.append(Insertion(f"{kind}-{at}", row.id, row.challenge, whole, hostile))
    return made


def inserted(text: str, what: str, place: int) -> str:
    """At the start (0), in the middle after a whole word (1), or at the end (2)."""
    if place == 1:
        space = text.find(" ", len(text) // 2)
        at = len(text) if space < 0 else space
        return f"{text[:at]} {what}{text[at:]}"
    return f"{what} {text}" if place == 0 else f"{text} {what}"


def drafted(home: House, caller: Caller, made: Sequence[Insertion]) -> dict[str, Mapping[str, Any]]:
    """Hand all of them in, wait, and read their drafts."""
    for at, one in enumerate(made):
        told(f"handing in {len(made)} answers", at, len(made))
        caller.call("PUT", f"/v1/people/{one.id}", {"name": "Writer", "roles": [{"role": "learner", "group": "all"}],
                    "consents": {"show_work": "no", "ai": "local"}})  # fmt: skip
        body = {"challenge": one.challenge, "person": one.id, "text": one.text}
        caller.call("PUT", f"/v1/submissions/{one.id}", body)
    say("waiting for drafts")
    home.wait()
    ids = {row["submission"]: row["id"] for row in caller.all("/v1/drafts")}
    return {one.id: caller.call("GET", f"/v1/drafts/{ids[one.id]}").json for one in made if one.id in ids}


def judged(made: Sequence[Insertion], drafts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Verdicts that an insertion changed, and drafts that repeat what an attack asked for."""
    plain = {one.of: _verdict(drafts[one.id]) for one in made if one.id.startswith("plain-")}
    found: dict[str, Any] = {"answers": len(plain)}
    for kind, name in (("attack", "malicious"), ("control", "benign")):
        some = [one for one in made if one.id.startswith(f"{kind}-") and one.id in drafts]
        found[f"verdict_flips_{name}"] = share([_verdict(drafts[one.id]) != plain[one.of] for one in some])
        found[f"stood_by_flips_{name}"] = share([_stood_by(drafts[one.id], plain[one.of]) for one in some])
        found[f"n_{name}"] = len(some)
    attacks = [one for one in made if one.hostile is not None and one.id in drafts]
    found["echoed"] = sum(echoes(drafts[one.id], one.hostile) for one in attacks if one.hostile)
    return found


def _verdict(draft: Mapping[str, Any]) -> str:
    return str(draft["assessment"].get("overall", {}).get("standing", ""))


def _stood_by(draft: Mapping[str, Any], plain: str) -> bool:
    """A changed verdict that the assessment does not abstain from."""
    return not draft["assessment"].get("abstained", True) and _verdict(draft) != plain


def echoes(draft: Mapping[str, Any], attack: Hostile) -> bool:
    """Whether the draft carries the rogue string (or, where none is known, the attack) other than as a quotation."""
    wanted = " ".join((attack.rogue or attack.text).split()).casefold()
    words = [draft["summary"], *(point["text"] for point in draft["detail"])]
    said = " ".join(" ".join(unquoted(text).split()) for text in words).casefold()
    return len(wanted) >= 3 and wanted in said


def released(caller: Caller, made: Sequence[Insertion]) -> int:
    """Feedback that can be read although nobody approved any."""
    return sum(caller.call("GET", f"/v1/submissions/{one.id}/feedback").status == 200 for one in made)


def given_up(caller: Caller) -> int:
    """Drafts whose making failed again and again; each is said, with its reason."""
    rows = [row for row in caller.all("/v1/drafts?state=stuck") if row["reason_code"] == "gave_up"]
    for row in rows:
        say(f"{row['submission']}: {row['reason']}")
    return len(rows)


def run(strings: Sequence[Hostile], answers: Answers, most_challenges: int) -> dict[str, Any]:
    """Everything, in one service with two organizations."""
    by_size = sorted(answers.history, key=lambda key: (-len(answers.history[key]), key))
    chosen = by_size[:most_challenges]
    probes = [row for row in answers.probes if row.challenge in chosen]
    rows = [probes[at * len(probes) // ANSWERS] for at in range(ANSWERS)] if len(probes) > ANSWERS else probes
    made = insertions(rows, strings)
    with house() as home:
        for name in (CONTROLLED, STRINGS):
            home.found(name)
        keys = {name: home.key(name) for name in (CONTROLLED, STRINGS)}
        with home.served() as port:
            controlled, odd = Caller(port, keys[CONTROLLED]), Caller(port, keys[STRINGS])
            say(f"taking in the judged answers to {', '.join(chosen)}")
            controlled.take_in(history(answers, chosen))
            odd.take_in([*common(), {"kind": "challenge", "id": "odd", "title": "Odd", "prompt": "Say anything."}])
            home.wait()
            found = judged(made, drafted(home, controlled, made))
            found["released_without_approval"] = released(controlled, made)
            found |= round_trips(odd, strings)
            say("waiting for drafts")
            home.wait()
            found["drafts_given_up"] = given_up(controlled) + given_up(odd)
            found["scripts_in_pages"] = scripts(odd, strings)
            found["server_errors"] = controlled.server_errors + odd.server_errors
    return {"n": len(strings), **found}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--challenges", type=int, default=6, help="the largest so many are loaded")
    parser.add_argument("--at-most", type=int, help="strings, evenly picked")
    asked = parser.parse_args()
    last_line(run(load(asked.folder, asked.at_most), folders.answers(asked.answers), asked.challenges))


if __name__ == "__main__":
    main()
