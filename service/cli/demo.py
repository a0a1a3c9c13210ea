"""`peerloom demo`: an invented organization comes in by the front door, and is served while its feedback is drafted.
With `--once` all is drafted before anything is said, one draft is shown, and that is all.

Nothing here is special to the demonstration but the printing: import, jobs and serving are those of every day. A second
run changes nothing.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group as Stack
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from pipelines.values import SourceKind
from service import wiring
from service.actions.access import credentials, sign_in
from service.actions.bundles import take_in
from service.actions.drafts.points import current_points
from service.actions.goals import make
from service.actions.questioned import make as find
from service.cli import bundles, operator, serving
from service.cli.answers import ReadLine
from service.cli.console import err, out, settings
from service.domain.drafts import FOR_A_PERSON, NOT_MADE_YET, DraftState
from service.domain.errors import NotFound
from service.domain.roles import CredentialReach, Role
from service.domain.texts import digest
from service.settings import Settings
from service.store.tables import (
    Challenge,
    Credential,
    DraftRow,
    Organization,
    Person,
    PointRow,
    Revision,
    RoleGrant,
    SourceRow,
    Submission,
)

PLACES = (Path(__file__).parents[2] / "examples", Path("/usr/share/peerloom/examples"))
"""Beside the source, and where the container image keeps it."""

MARK = "demo"
"""Organization setting that remembers which bundle was taken in."""


def demo(
    once: Annotated[bool, typer.Option("--once", help="Exit instead of serving.")] = False,
    examples: Annotated[Path | None, typer.Option(help="Folder with another bundle.ndjson.", file_okay=False)] = None,
) -> None:
    """Load an invented organization and serve it, while feedback is drafted on what waits."""
    chosen = settings()
    bundle = _bundle(examples)
    if once:
        _to_its_end(chosen, bundle)
    else:
        _live(chosen, bundle)


def _live(chosen: Settings, bundle: Path) -> None:
    """Everybody and everything comes in; the rest is done by whoever serves, while one looks."""
    parts = wiring.front(chosen)
    with operator.alone(chosen, parts) as here:
        row = bundles.organization_of(parts, *_whose(bundle))
        with err.status(f"{row.name} comes in …"):
            begun = _take_in(parts, row, list(bundles.read_bundle(bundle)))
            if not here:
                operator.wait(parts, row.id, lambda _: None, lambda now: now.lines_done == now.lines)
            while begun and here and _take_chunk(parts, begun):
                pass

    def tell() -> None:
        _how_to_look(chosen, parts, row)
        out.print(f"  {_drafted(parts, row)} The queue of the review desk fills while you look.")
        _how_to_call(chosen, _key(parts, row))  # made once it can be shown

    if here:
        serving.run(_quiet(chosen), tell)
    else:
        err.print("Another Peerloom process serves, or does the work: look there.")
        tell()


def _quiet(chosen: Settings) -> Settings:
    """What is to be done next stays to be read: no line a request or a job, unless somebody asks for them."""
    return chosen if "log_level" in chosen.model_fields_set else chosen.model_copy(update={"log_level": "warning"})


def _take_chunk(parts: wiring.Front, begun: str) -> bool:
    """The job that would do so finds it done."""
    with parts.sessions.writing() as session:
        return take_in.take_chunk(session, begun, now=parts.now())


def _drafted(parts: wiring.Front, row: Organization) -> str:
    with parts.sessions.reading() as session:
        now = operator.progress(session, row.id, parts.now())
    return f"{now.drafts - now.to_draft} of {now.drafts} pieces of work are drafted so far."


def _to_its_end(chosen: Settings, bundle: Path) -> None:
    """All that there is to do is done, and shown."""
    parts = wiring.build(chosen)
    with operator.working(chosen, parts) as here:
        if not here:
            err.print("Another Peerloom process does the work; it is watched from here.")
        row = bundles.organization_of(parts, *_whose(bundle))
        _take_in(parts, row, list(bundles.read_bundle(bundle)))
        bundles.watch(parts, row)
        _look_for_goals(parts, row)
        secret = _key(parts, row)
    _show(parts, row)
    _how_to_look(chosen, parts, row)
    _how_to_call(chosen, secret)


def _bundle(examples: Path | None) -> Path:
    for folder in (examples,) if examples is not None else PLACES:
        if (folder / "bundle.ndjson").is_file():
            return folder / "bundle.ndjson"
    raise NotFound("The example bundle is not here. Run this from a checkout, or give its folder with --examples.")


def _whose(bundle: Path) -> tuple[str, ReadLine]:
    own = bundles.first_organization(bundles.read_bundle(bundle))
    if own is None:
        raise NotFound(f"The first line of {bundle} does not name an organization.")
    return str(own["id"]), own


def _take_in(parts: wiring.Front, row: Organization, lines: list[str]) -> str:
    """Once for the same lines: what was begun goes on by itself. The import's id, if it begins here."""
    mark = digest("\n".join(lines))
    with parts.sessions.writing() as session:
        organization = session.get_one(Organization, row.id)
        if organization.settings.get(MARK) == mark:
            return ""
        organization.settings = {**organization.settings, MARK: mark}
        return bundles.begin(session, row, lines, now=parts.now()).id


def _look_for_goals(parts: wiring.Parts, row: Organization) -> None:
    """And for questioned passages: now that all work is in, rather than within the hour of a running service."""
    with parts.sessions.writing() as session:
        make.sweep(session, now=parts.now())
        find.want(session, now=parts.now())
    operator.wait(parts, row.id, lambda _: None)


def _key(parts: wiring.Front, row: Organization) -> str | None:
    """The secret of a new key, or None where there is one already: a secret is shown once."""
    with parts.sessions.writing() as session:
        there = select(Credential.id).where(
            Credential.organization_id == row.id,
            Credential.reach == CredentialReach.PLATFORM,
            Credential.revoked_at.is_(None),
        )
        if session.scalar(there.limit(1)) is not None:
            return None
        return credentials.issue_key(session, row.id, name="demo", now=parts.now())[1]


def _show(parts: wiring.Front, row: Organization) -> None:
    with parts.sessions.reading() as session:
        waiting = session.execute(
            select(DraftRow, Person.name, Challenge.title)
            .join(Submission, Submission.id == DraftRow.submission_id)
            .join(Person, Person.id == Submission.person_id)
            .join(Challenge, Challenge.id == DraftRow.challenge_id)
            .where(DraftRow.organization_id == row.id, DraftRow.state.in_(FOR_A_PERSON))
            .order_by(Challenge.title, DraftRow.id)
        ).all()
        table = Table(title=f"{row.name}: what waits for a facilitator", title_justify="left", expand=True)
        for heading, ratio, width in (
            ("who", 3, None),
            ("challenge", 4, None),
            ("state", None, 5),
            ("sure", None, 6),
            ("summary", 9, None),
        ):
            table.add_column(heading, ratio=ratio, width=width, no_wrap=heading != "summary", overflow="ellipsis")
        for draft, name, title in waiting:
            summary = draft.summary or draft.reason
            table.add_row(escape(name), escape(title), draft.state.value, draft.band or "", escape(summary))
        out.print(table)
        best = _worth_showing([draft for draft, _, _ in waiting], row.language)
        if best is not None:
            out.print(in_full(session, best))


def _worth_showing(drafts: list[DraftRow], language: str) -> DraftRow | None:
    """The one whose points rest on the most kinds of sources, in the organization's language if there is one."""

    def worth(draft: DraftRow) -> tuple[bool, int, str]:
        kinds = {source.kind for point in current_points(draft) for source in point.sources}
        return draft.language == language, len(kinds), draft.id

    return max((draft for draft in drafts if draft.state is DraftState.READY), key=worth, default=None)


def in_full(session: Session, draft: DraftRow) -> Panel:
    """One draft beside the text it is about, with its points, their places and their sources."""
    revision = session.get_one(Revision, draft.revision_id)
    submission = session.get_one(Submission, draft.submission_id)
    person = session.get_one(Person, submission.person_id)
    text = Text(revision.text)
    parts: list[Text] = [text, Text(), Text(draft.summary or draft.reason, style="bold")]
    for number, point in enumerate(current_points(draft), start=1):
        text.stylize("underline", point.start, point.end)
        place = f"at “{point.quote}”" if point.quote else "on the whole text"
        head = " · ".join(word for word in (point.kind.value.replace("_", " "), point.criterion, place) if word)
        parts += [Text(), Text(f"{number}. {head}", style="cyan"), Text(f"   {point.text}")]
        parts.append(Text(f"   {point.band or 'no'} confidence · sources: {_sources(point)}", style="dim"))
    title = f"{person.name} · {submission.external_id} · {draft.state.value} · drafted by {draft.model or 'nobody'}"
    return Panel(Stack(*parts), title=escape(title), title_align="left")


def _sources(point: PointRow) -> str:
    counted = Counter(_named(source) for source in point.sources)
    return "; ".join(name if times == 1 else f"{times} × {name}" for name, times in counted.items())


def _named(source: SourceRow) -> str:
    version = f" version {source.version}" if source.version and source.kind is SourceKind.CONTEXT else ""
    return source.kind.value + (f" “{source.title}”" if source.title else "") + version


SHOWN = (
    (Role.FACILITATOR, "the review desk, as a facilitator"),
    (Role.COORDINATOR, "the whole organization, as its coordinator"),
    (Role.LEARNER, "own work and feedback, as a learner"),
)


def _how_to_look(chosen: Settings, parts: wiring.Front, row: Organization) -> None:
    """A fresh sign-in link for one person of each role: the one with most to see."""
    out.print("\n[bold]Look at it in a browser.[/] Each link signs in once; `peerloom invite PERSON` makes another.")
    with parts.sessions.writing() as session:
        for role, what in SHOWN:
            person = _with_most_to_see(session, row, role)
            if person is not None:
                _, secret = sign_in.invite(session, row.id, person, by="operator", now=parts.now())
                out.print(f"  {escape(person.name)}: {what}\n  {chosen.address}/sign-in/{secret}", soft_wrap=True)


def _with_most_to_see(session: Session, row: Organization, role: Role) -> Person | None:
    """A learner with the most released feedback; a reviewer in whose own groups the most waits, or will."""
    mine = Submission.person_id == Person.id if role is Role.LEARNER else RoleGrant.group_id == Submission.group_id
    wanted = (DraftState.RELEASED,) if role is Role.LEARNER else (DraftState.READY, *NOT_MADE_YET)
    return session.scalars(
        select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .outerjoin(Submission, mine)
        .outerjoin(DraftRow, and_(DraftRow.submission_id == Submission.id, DraftRow.state.in_(wanted)))
        .where(Person.organization_id == row.id, RoleGrant.role == role)
        .group_by(Person.id)
        .order_by(func.count(DraftRow.id).desc(), Person.id)
        .limit(1)
    ).one_or_none()


def _how_to_call(chosen: Settings, secret: str | None) -> None:
    base = f"http://{chosen.host}:{chosen.port}"
    if secret is not None:
        out.print(f"\nA key for the API, shown this once: [bold]{secret}[/]", soft_wrap=True)
    else:
        out.print("\nThe key was shown when it was made. Another one: [bold]peerloom key create NAME[/]")
    out.print(
        f'Call the API:  curl -H "Authorization: Bearer {secret or "$PEERLOOM_KEY"}" "{base}/v1/drafts?state=ready"\n'
        f"Its document: {base}/openapi.json",
        soft_wrap=True,
        markup=False,
    )
