"""Accounts for people who lead an organization: the provider, its rules, a trial of them, and accounts to confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from fastapi import Form
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from service.actions.people import directory
from service.actions.people.directory import GroupChoice
from service.domain.access.keys import KeyScope
from service.domain.roles import Role, require_lead
from service.domain.texts import storable
from service.integrations.oidc import bindings, providers
from service.integrations.oidc.entrance import Entrance, back_address
from service.integrations.oidc.metadata import json_object
from service.integrations.oidc.plug import ENTRANCE
from service.integrations.oidc.providers import PAGE, BoundAccount, ProviderWish, RuleWish, TrialOutcome
from service.integrations.oidc.refusals import ADVICE, Refusal, Refused
from service.store import external_ids
from service.store.tables import AccountProvider, AccountRule, Group, StrangerRule
from service.web import errors
from service.web.fields import Id, Name, OwnId
from service.web.pages.forms import checked
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import AskingVisit, ReadingVisit, Visit, WritingVisit

router = pages(reads=KeyScope.ADMIN, writes=KeyScope.ADMIN)

LONGEST_CLAIMS = 20_000
EXAMPLE = """{
  "sub": "248289761001",
  "name": "Amara Okafor",
  "email": "amara@example.org",
  "email_verified": true,
  "groups": ["learners"]
}"""

Typed = Annotated[str, Field(max_length=LONGEST_CLAIMS)]
StorableText = Annotated[str, AfterValidator(storable)]
ClaimName = Annotated[str, StringConstraints(max_length=200, pattern=r"^[\x21-\x7e]*$")]


class ProviderSent(BaseModel):
    """As it was typed. An empty secret leaves the one that there is, unless there is to be none."""

    name: Typed = ""
    issuer: Typed = ""
    client_id: Typed = ""
    secret: Typed = ""
    no_secret: bool = False
    scopes: Typed = ""
    person_claim: Typed = ""
    by_email: bool = False
    strangers: Typed = StrangerRule.REFUSED.value
    strangers_group: Typed = ""
    listed: bool = False
    on: bool = False


class ProviderAsked(BaseModel):
    """The same, with its limits."""

    name: Annotated[Name, StringConstraints(max_length=200)]
    issuer: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[\x20-\x7e]+$")]
    secret: Annotated[str, StringConstraints(max_length=1000, pattern=r"^[\x20-\x7e]*$")]
    scopes: Annotated[str, StringConstraints(max_length=500, pattern=r"^[\x20\x21\x23-\x5b\x5d-\x7e]*$")]
    person_claim: ClaimName
    strangers: StrangerRule
    strangers_group: Annotated[StorableText, StringConstraints(max_length=255)]


class RuleSent(BaseModel):
    """A rule as it was typed."""

    claim: Typed = ""
    value: Typed = ""
    role: Typed = ""
    group: Typed = ""


class RuleAsked(BaseModel):
    """The same, with its limits."""

    claim: Annotated[ClaimName, StringConstraints(min_length=1)]
    value: Annotated[StorableText, StringConstraints(min_length=1, max_length=500)]
    role: Role
    group: Id


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as it is listed."""

    rule: AccountRule
    group: str


@dataclass(frozen=True)
class AccountsPage(PageView):
    """Everything about accounts. `provider` is None until one is set up; `outcome` is what a trial came to."""

    template: ClassVar[str] = "oidc/accounts.html"
    provider: AccountProvider | None
    back: str
    entrance: str
    left: str
    ill: str
    sent: ProviderSent
    groups: tuple[GroupChoice, ...]
    roles: tuple[Role, ...]
    rules: tuple[RuleLine, ...]
    rule: RuleSent
    waiting: tuple[BoundAccount, ...]
    bound: tuple[BoundAccount, ...]
    bound_in_all: int
    claims: str
    outcome: TrialOutcome | None = None
    why: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)


def _typed(visit: Visit, row: AccountProvider | None) -> ProviderSent:
    if row is None:
        return ProviderSent(on=True)
    plain = {one: getattr(row, one) for one in ("name", "issuer", "client_id", "scopes", "person_claim")}
    ticks = {one: getattr(row, one) for one in ("by_email", "listed", "on")}
    names = external_ids.of(visit.session, Group, [row.strangers_group_id])
    group = names.get(row.strangers_group_id or "", "")
    return ProviderSent(
        **plain, **ticks, no_secret=not row.secret, strangers=row.strangers.value, strangers_group=group
    )


def _page(visit: Visit, **given: Any) -> AccountsPage:
    row = providers.of(visit.session, visit.actor)
    rules = bindings.rules_of(visit.session, row.id) if row is not None else ()
    titles = directory.group_titles(visit.session, {one.group_id for one in rules})
    id_ = row.id if row is not None else ""
    shown = {
        "sent": _typed(visit, row),
        "rule": RuleSent(),
        "claims": EXAMPLE,
        "back": back_address(visit, id_) if id_ else "",
        "entrance": f"{visit.base_url}{ENTRANCE}/{id_}",
        "left": f"{visit.base_url}{ENTRANCE}/{id_}/left",
        "ill": _trouble(row),
    }
    return AccountsPage(
        provider=row,
        groups=directory.tree(visit.session, visit.actor),
        roles=tuple(Role),
        rules=tuple(RuleLine(one, titles.get(one.group_id, "")) for one in rules),
        waiting=providers.accounts(visit.session, visit.actor, wait=True),
        bound=providers.accounts(visit.session, visit.actor, wait=False),
        bound_in_all=providers.count(visit.session, visit.actor),
        **{**shown, **given},
    )


def _trouble(row: AccountProvider | None) -> str:
    if row is None or not row.trouble:
        return ""
    said = f" ({row.trouble_said})" if row.trouble_said else ""
    return f"{ADVICE[Refusal(row.trouble)].coordinator}{said}"


def _wish(visit: Visit, door: Entrance, sent: ProviderSent) -> tuple[ProviderWish | None, dict[str, str]]:
    given = {name: value.strip() for name, value in sent.model_dump().items() if isinstance(value, str)}
    asked, wrong = checked(ProviderAsked, given)
    if asked is None:
        return None, wrong
    secret = "" if sent.no_secret else asked.secret or None
    ticks = {"by_email": sent.by_email, "listed": sent.listed, "on": sent.on}
    wish = ProviderWish(**{**asked.model_dump(), **ticks, "secret": secret})
    wrong = providers.faults(wish, door.transport.networks)
    return (None if wrong else wish), wrong


@router.get(PAGE)
def accounts(visit: ReadingVisit) -> Shown:
    return _page(visit)


@router.post(PAGE)
def put_provider(
    visit: WritingVisit, door: Entrance, sent: Annotated[ProviderSent, Form()], version: Annotated[int, Form(ge=0)]
) -> Shown:
    require_lead(visit.actor)  # who may not is told so before what is wrong with the form
    wish, wrong = _wish(visit, door, sent)
    if wish is None:
        visit.status = errors.KINDS["invalid"].status
        return _page(visit, sent=sent, faults=wrong)
    seal = visit.services.sealing
    providers.put(visit.session, visit.actor, wish, seal, seen=version, now=visit.now)
    return Goto(PAGE, said="saved")


@router.post(PAGE + "/look")
def look_at_provider(visit: AskingVisit, door: Entrance) -> Shown:
    if door.look(visit.services.sessions, visit.actor, now=visit.now):
        return Goto(PAGE, said="provider-well")
    return Goto(PAGE, said="provider-ill")


@router.post(PAGE + "/delete")
def delete_provider(visit: WritingVisit) -> Shown:
    providers.remove(visit.session, visit.actor, now=visit.now)
    return Goto(PAGE, said="removed")


@router.post(PAGE + "/rules")
def make_rule(visit: WritingVisit, sent: Annotated[RuleSent, Form()]) -> Shown:
    providers.one(visit.session, visit.actor)
    asked, wrong = checked(RuleAsked, {name: value.strip() for name, value in sent.model_dump().items()})
    if asked is None:
        visit.status = errors.KINDS["invalid"].status
        return _page(visit, rule=sent, faults=wrong)
    wish = RuleWish(asked.claim, asked.value, asked.role, asked.group)
    providers.add_rule(visit.session, visit.actor, wish, now=visit.now)
    return Goto(f"{PAGE}#rules", said="saved")


@router.post(PAGE + "/rules/{id}/delete")
def delete_rule(visit: WritingVisit, id: OwnId) -> Shown:
    providers.remove_rule(visit.session, visit.actor, id, now=visit.now)
    return Goto(f"{PAGE}#rules", said="removed")


@router.post(PAGE + "/trial")
def try_claims(visit: WritingVisit, claims: Annotated[Typed, Form()] = "") -> Shown:
    with errors.Caught(Refused):
        said = json_object(claims.encode("utf-8", "surrogatepass"), Refusal.MALFORMED)
        outcome = providers.trial(visit.session, visit.actor, said)
        why = ADVICE[Refusal(outcome.why)].coordinator if outcome.why else ""
        return _page(visit, claims=claims, outcome=outcome, why=why)
    visit.status = errors.KINDS["invalid"].status
    return _page(visit, claims=claims, faults={"claims": "This is not a JSON object, as in the example."})


@router.post(PAGE + "/bindings/{id}/confirm")
def confirm_account(visit: WritingVisit, id: OwnId) -> Shown:
    providers.confirm(visit.session, visit.actor, id, now=visit.now)
    return Goto(f"{PAGE}#waiting", said="saved")


@router.post(PAGE + "/bindings/{id}/remove")
def unbind_account(visit: WritingVisit, id: OwnId) -> Shown:
    providers.unbind(visit.session, visit.actor, id, now=visit.now)
    return Goto(f"{PAGE}#waiting", said="removed")
