"""The course of one draft. May not judge by itself: `verify` is passed in, models come through their port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from pipelines.drafting.blanks import is_blank
from pipelines.drafting.critique import LookScene
from pipelines.drafting.looking import looked_at
from pipelines.drafting.mending import text_of
from pipelines.drafting.parsing import RawPoint, RawReply, Unreadable, read
from pipelines.drafting.points import against_own_reading, dropped, place, readings_of, renumbered, settled_by
from pipelines.drafting.prompting import NOTHING_BESIDE, SENT_BACK, Budget, DraftingRequest, ShownBeside, build, said
from pipelines.ports import LanguageModel, ModelTrouble
from pipelines.texts.language import written_in
from pipelines.texts.names import Pseudonyms
from pipelines.texts.plain import sentence
from pipelines.values import (
    AI,
    Assessment,
    Draft,
    DraftingTask,
    DraftOutcome,
    DraftPass,
    Evidence,
    Finding,
    ModelReading,
    Point,
    PromptUsed,
    Usage,
)

MOST_POINTS = 3


class Verify(Protocol):
    """Checks of a drafted text: `pipelines.verification.verify`."""

    def __call__(
        self,
        points: Sequence[Point],
        brief: DraftingTask,
        evidence: Sequence[Evidence],
        *,
        summary: str = "",
        others: Sequence[str] | None = None,
    ) -> tuple[Finding, ...]: ...


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What came of asking one model: a draft's worth of points, an abstention, or trouble; always what it cost."""

    points: tuple[Point, ...] = ()
    summary: str = ""
    findings: tuple[Finding, ...] = ()
    complaints: tuple[str, ...] = ()
    abstained: str = ""
    trouble: str = ""
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    readings: tuple[ModelReading, ...] = ()
    passes: tuple[DraftPass, ...] = ()

    @property
    def settles(self) -> bool:
        return bool(self.points or self.abstained)


def draft(
    brief: DraftingTask,
    evidence: Sequence[Evidence],
    assessment: Assessment,
    model: LanguageModel,
    fallback: LanguageModel,
    *,
    marker: str,
    verify: Verify,
    budget: Budget | None = None,
    beside: ShownBeside = NOTHING_BESIDE,
) -> Draft:
    """The draft for a brief, whatever happens on the way: `Draft.outcome` and `Draft.reason` tell.

    `marker` is a random string that the submission's author cannot know. No model is called for a blank text or where
    the learner said no to AI; one that is not local is not called where the learner said so. Raises no ModelTrouble.
    """
    brief = replace(brief, language=written_in(brief.text, brief.language))
    course = _Course(brief, tuple(evidence), assessment, marker, verify, budget or Budget(), beside)
    if brief.ai is AI.NONE:
        return course.without(
            DraftOutcome.CANNOT, "The learner allows no AI to read this text; a person writes the feedback."
        )
    if blank := is_blank(brief.text):
        return course.without(DraftOutcome.NOTHING_TO_SAY, blank)
    if brief.ai is AI.LOCAL and not model.local:
        return _fall_back(
            course, fallback, _Attempt(trouble="The learner allows only AI on the organization's own machines.")
        )
    if model.name == fallback.name:
        return _fall_back(course, fallback, _Attempt())
    asked = course.ask(model.local)
    attempt = course.second_look(course.attempt(model, asked, course.budget.repairs, judged=True), asked, model)
    if attempt.settles:
        return replace(course.drafted(attempt, asked, attempt.usage), sent=asked.others)
    return replace(_fall_back(course, fallback, attempt, asked), sent=asked.others)


def may_ask(brief: DraftingTask, model: LanguageModel) -> bool:
    """Whether `draft` would call this model at all."""
    return brief.ai.lets(local=model.local) and not is_blank(brief.text)


def _fall_back(
    course: _Course, fallback: LanguageModel, before: _Attempt, asked: DraftingRequest | None = None
) -> Draft:
    """The draft by the model that is always there, with the reason why, and the cost of what was tried before."""
    if course.brief.ai is AI.LOCAL and not fallback.local:
        return course.without(DraftOutcome.CANNOT, f"{before.trouble} There is none to draft with.", before.usage)
    attempt = replace(course.attempt(fallback, course.ask(fallback.local), 0), passes=before.passes)
    because = f"{before.trouble} Drafted without it." if before.trouble else ""
    attempt = replace(
        attempt, findings=(*attempt.findings, *(one for one in before.findings if one.code == "left-out"))
    )
    usage = before.usage + attempt.usage
    if attempt.settles:
        return course.drafted(attempt, asked if before.usage.calls else None, usage, because)
    reason = " ".join(part for part in (before.trouble, attempt.trouble) if part)
    made = course.without(DraftOutcome.CANNOT, reason, usage)
    return replace(made, findings=attempt.findings, model=attempt.model, passes=attempt.passes)


@dataclass(frozen=True, slots=True)
class _Course:
    """What stays the same on the way to one draft."""

    brief: DraftingTask
    evidence: tuple[Evidence, ...]
    assessment: Assessment
    marker: str
    verify: Verify
    budget: Budget
    beside: ShownBeside
    names: list[Pseudonyms] = field(default_factory=list)

    def sent(self, local: bool) -> _Course:
        """What such a model may be sent: without words of people who let none read them but the organization's own. It
        is no less held against all the rest."""
        examples = tuple(one for one in self.beside.examples if all(past.ai.lets(local=local) for past in one.points))
        return replace(
            self,
            brief=replace(
                self.brief,
                dismissed=tuple(one for one in self.brief.dismissed if one.ai.lets(local=local)),
                told=tuple(one for one in self.brief.told if one.ai.lets(local=local)),
            ),
            evidence=tuple(one for one in self.evidence if one.item.ai.lets(local=local)),
            beside=replace(self.beside, examples=examples),
        )

    def without(self, outcome: DraftOutcome, reason: str, usage: Usage | None = None) -> Draft:
        """A draft that has no points, with its reason."""
        return Draft(
            outcome, "", (), self.assessment, self.evidence, (), "", usage or Usage(), self.brief.language, reason
        )  # fmt: skip

    def drafted(self, attempt: _Attempt, asked: DraftingRequest | None, usage: Usage, because: str = "") -> Draft:
        reason = " ".join(part for part in (because, attempt.abstained) if part)
        prompt = None
        if asked is not None:
            prompt = PromptUsed(asked.prompt.name, asked.prompt.version, asked.prompt.sha, asked.rendered)
        outcome = DraftOutcome.DRAFTED if attempt.points else DraftOutcome.CANNOT
        return Draft(
            outcome, attempt.summary if attempt.points else "", attempt.points, self.assessment, self.evidence,
            attempt.findings, attempt.model, usage, self.brief.language, reason, prompt,
            attempt.readings, attempt.passes,
        )  # fmt: skip

    def ask(self, local: bool) -> DraftingRequest:
        """The request; for a model that is not local, with stand-ins for people's names."""
        self.names.clear()
        if not local:
            people = self.brief.names
            self.names.append(Pseudonyms(people, said(self.brief, self.evidence, self.beside), self.brief.language))
        sent = self.sent(local)
        return build(
            sent.brief, sent.evidence, self.assessment, marker=self.marker, budget=self.budget,
            hide=self._hide, local=local, beside=sent.beside,
        )  # fmt: skip

    def _hide(self, text: str) -> str:
        return self.names[0].hide(text) if self.names else text

    def _restore(self, text: str) -> str:
        return self.names[0].restore(text) if self.names else text

    def second_look(self, attempt: _Attempt, asked: DraftingRequest, model: LanguageModel) -> _Attempt:
        """What stands of the points once a model has held each against the text; and every pass that was made."""
        passes = [DraftPass("draft", asked.prompt.version, attempt.usage, attempt.trouble)]
        if not attempt.points or not self.budget.critique:
            return replace(attempt, passes=tuple(passes))
        scene = LookScene(
            self.sent(model.local).brief, asked.evidence, self.marker, self.budget, self._hide, self._restore
        )

        def check(point: Point) -> Finding | None:
            found = self.verify([point], self.brief, asked.evidence, others=self.beside.others)
            return next((one for one in found if one.grave), None)

        seen = looked_at(attempt.points, attempt.findings, scene, model, check)
        trouble = "" if seen.points else f"Nothing that was drafted stood up to a second look. {seen.dropped[0]}"
        return replace(
            attempt,
            points=seen.points,
            summary="" if seen.dropped else attempt.summary,  # it may speak of what was left out
            findings=seen.findings,
            trouble=sentence(trouble) if trouble else "",
            usage=attempt.usage + seen.usage,
            passes=(*passes, *seen.passes),
        )

    def attempt(self, model: LanguageModel, asked: DraftingRequest, repairs: int, *, judged: bool = False) -> _Attempt:
        """One answer, and up to `repairs` more with what was wrong sent back; the best of them. `judged`: the words are
        a model's, and are held to the truth."""
        request, best = asked.request, _Attempt(model=model.name)
        for turn in range(repairs + 1):
            try:
                reply = model.reply(request)
            except ModelTrouble as trouble:
                failed = replace(best, usage=best.usage + trouble.usage)
                return failed if best.settles else replace(failed, trouble=sentence(trouble.reason))
            answered = replace(
                self._judged(reply.text, asked, judged), model=reply.model, usage=best.usage + reply.usage
            )
            better = turn == 0 or answered.abstained or len(answered.points) >= len(best.points)
            best = answered if better else replace(best, usage=answered.usage)
            if not answered.complaints:
                break
            wrong = self._hide(_sent_back(answered.complaints))  # complaints quote the answer with its names put back
            request = replace(request, earlier=((reply.text[:SENT_BACK], wrong),))
        return best

    def _judged(self, text: str, asked: DraftingRequest, judged: bool) -> _Attempt:
        """An answer with every point placed, verified and compared with what is settled."""
        try:
            raw = read(text).restored(self._restore)
        except Unreadable as wrong:
            told = f"The model's answer could not be read ({wrong})."
            return _Attempt(trouble=told, complaints=(f"Your answer does not fit the schema: {wrong}.",))
        if raw.abstain and not raw.points:
            return _Attempt(abstained=raw.reason or "The evidence is too thin for a draft.")
        return self._checked(raw, asked, judged)

    def _checked(self, raw: RawReply, asked: DraftingRequest, judged: bool) -> _Attempt:
        readings = readings_of(raw.readings, self.brief)
        given = raw.points[: MOST_POINTS * 3]
        placed = [place(point, self.brief, asked.evidence, self.assessment, readings) for point in given]
        points = [one for one in placed if isinstance(one, Point)]
        findings = [one for one in placed if isinstance(one, Finding)]
        summary = text_of(raw.summary) if judged else raw.summary
        others = self.beside.others if judged else None
        verified = self.verify(points, self.brief, asked.evidence, summary=summary, others=others)
        verified += self._of_form([one for one, at in zip(given, placed, strict=True) if isinstance(at, Point)], asked)
        verified += against_own_reading(points, readings)
        bad = {one.point for one in verified if one.grave and one.point is not None}
        findings += [one for one in verified if one.grave]
        complaints = [one.message for one in findings]
        settled = {
            i: why
            for i, p in enumerate(points)
            if i not in bad and (why := settled_by(p, self.brief, self.evidence, self.assessment))
        }
        kept = [i for i in range(len(points)) if i not in bad and i not in settled][:MOST_POINTS]
        told = [
            Finding("left-out", f"One point was left out. {one.message}") for one in findings if one.point is not None
        ]
        told += [Finding("left-out", f"One point was left out. {x.message}") for x in placed if isinstance(x, Finding)]
        told += [Finding("left-out", f"Left out: {why}.") for why in settled.values()]
        bad_summary = any(one.grave and one.point is None for one in verified)
        gentle = [replace(one, grave=False) for one in verified if one.point is None or not one.grave]
        return _Attempt(
            points=tuple(points[i] for i in kept),
            summary="" if bad_summary else summary,
            readings=readings,
            findings=(*renumbered(gentle, {old: new for new, old in enumerate(kept)}), *told),
            complaints=tuple(complaints)
            if complaints or kept or settled
            else ("There is no point, and no reason to abstain.",),
            trouble="" if kept else _nothing_left(settled, complaints),
        )

    def _of_form(self, raw: Sequence[RawPoint], asked: DraftingRequest) -> tuple[Finding, ...]:
        """What is told of points whose labels were put in order."""
        found = (dropped(one, self.brief, asked.evidence) for one in raw)
        return tuple(replace(one, point=at) for at, one in enumerate(found) if one is not None)


def _nothing_left(settled: object, complaints: Sequence[str]) -> str:
    if settled and not complaints:
        return "All that was drafted had been said or dismissed before."
    return f"Nothing that was drafted could be used. {complaints[0] if complaints else 'It held no point.'}"


def _sent_back(complaints: Sequence[str]) -> str:
    listed = "\n".join(f"- {one}" for one in dict.fromkeys(complaints))
    return f"This cannot be shown to the facilitator:\n{listed}\nAnswer again with the whole JSON object, corrected."
