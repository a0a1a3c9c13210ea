"""The organization's own settings."""

from __future__ import annotations

from service.actions.access import organizations
from service.web.calls import Reading, Writing
from service.web.docs import v1
from service.web.schemas.organization import OrganizationAsked, OrganizationShown

router = v1("Access")


@router.get("/organization", summary="Read the organization's settings")
def get_organization(call: Reading) -> OrganizationShown:
    """For a coordinator of the whole organization, and for keys that are not limited to some groups."""
    return OrganizationShown.of(organizations.show(call.session, call.actor))


@router.put("/organization", summary="Set the organization's settings")
def put_organization(call: Writing, body: OrganizationAsked) -> OrganizationShown:
    """All of them. They hold from the next request on."""
    organizations.change(call.session, call.actor, body.wish(), now=call.now)
    return OrganizationShown.of(organizations.show(call.session, call.actor))
