"""Invented solutions to one challenge, in our own words: how a team starts peer observation."""

from __future__ import annotations

from hypothesis import strategies as st

from pipelines.approaches import ApproachWork
from pipelines.values import Standing

INTERVIEWS = (
    "We begin with interviews: {a} asks three colleagues what they would like a visitor to notice.",
    "First come interviews with colleagues. {a} writes down what they say and {b} reads it back to them.",
    "Interviews with colleagues tell us what hurts. After the interviews {a} picks one question.",
    "{a} and {b} hold interviews in the staff room and collect what colleagues wish for.",
    "Our interviews start in May. Every colleague gets ten minutes of interviews with {a}.",
)
FIGURES = (
    "We start from attendance figures: {a} puts the figures of two terms into one table.",
    "The figures of the last tests show where to look; {a} draws a chart of the figures.",
    "Attendance figures come first. {b} compares the figures of both years before any visit.",
    "{a} counts hands for a week, and the figures tell which lessons we visit.",
    "From the figures in our register {b} draws a chart, and we visit where figures fall.",
)
PEOPLE = (("Amara", "Jonas"), ("Mei", "Tariq"), ("Ayşe", "Piotr"))


def works() -> list[ApproachWork]:
    """Ten solutions in two approaches, each once more with other names."""
    return [
        ApproachWork(f"{kind}{number}{a}", text.format(a=a, b=b), f"p{kind}{number}{a}", Standing.MET)
        for kind, texts in (("i", INTERVIEWS), ("f", FIGURES))
        for number, text in enumerate(texts)
        for a, b in PEOPLE[:2]
    ]


PROGRAMS = (
    "def f(x, s):\n    for i, e in enumerate(s):\n        if x <= e:\n            return i\n    return len(s)\n",
    "def f(y, t):\n    for k, v in enumerate(t):\n        if y <= v:\n            return k\n    return len(t)\n",
    "def f(x, s):\n    i = 0\n    while i < len(s) and x > s[i]:\n        i += 1\n    return i\n",
    "def f(x, s):\n    return len([e for e in s if e < x])\n",
    "def f(x, s):\n    if not s:\n        return 0\n    return f(x, s[1:]) + 1 if x > s[0] else 0\n",
)

_texts = st.one_of(
    st.sampled_from(PROGRAMS),
    st.sampled_from([text.format(a=a, b=b) for text in (*INTERVIEWS, *FIGURES) for a, b in PEOPLE]),
    st.text(max_size=60),
)
anything = st.lists(
    st.builds(
        ApproachWork,
        id=st.uuids().map(str),
        text=_texts,
        person=st.sampled_from(["", "amara", "mei", "tariq", "jonas"]),
        standing=st.sampled_from([None, *Standing]),
        score=st.none() | st.floats(0, 1),
        criteria=st.dictionaries(st.sampled_from(["k1", "k2"]), st.sampled_from(list(Standing))),
        places=st.dictionaries(st.sampled_from(["k1", "k2"]), st.tuples(st.integers(0, 30), st.integers(0, 70))),
    ),
    max_size=14,
    unique_by=lambda work: work.id,
)
