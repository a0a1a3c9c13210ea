"""A person's e-mail address: said by a platform, a roster or a coordinator, and never shown to peers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.domain.errors import Invalid
from service.domain.notifications.addresses import address_or_none, mark
from service.store.tables import Mailbox, Person


def put(
    session: Session, person: Person, text: str, *, anew: bool = False, by_hand: bool = False, now: datetime
) -> bool:
    """Set the address, or take it away where the text is empty; whether that changed anything. One that is new is
    mailed again, whatever was refused before; the same one only `anew`, which is when somebody says that it is right:
    a roster that is read every night says nothing about a mailbox. One that its person took away comes back `by_hand`
    alone, whatever platforms and rosters go on to send. Raises Invalid for what is no address."""
    wanted = _checked(text)
    box = session.get(Mailbox, person.id, with_for_update={"key_share": True})
    if box is None and not wanted:
        return False
    if _stays_away(box, wanted, person) and not by_hand:
        return False
    if box is None:
        box = Mailbox(person_id=person.id, organization_id=person.organization_id, address="", changed_at=now)
        session.add(box)
    if box.address == wanted and not (anew and box.bounced_at is not None):
        return False
    box.address, box.bounced_at, box.bounced_code, box.changed_at = wanted, None, "", now
    box.taken_away = box.taken_away if not wanted else ""
    session.flush()
    return True


def _checked(text: str) -> str:
    try:
        return address_or_none(text)
    except ValueError as wrong:
        raise Invalid(f"“{text[:80]}” {wrong}.") from wrong


def stays_away(session: Session, person: Person, text: str) -> bool:
    """Whether this is an address that its person took away, so that no roster brings it back. Raises Invalid."""
    return _stays_away(session.get(Mailbox, person.id), _checked(text), person)


def _stays_away(box: Mailbox | None, wanted: str, person: Person) -> bool:
    return box is not None and bool(wanted) and box.taken_away == mark(wanted, person.id)


def of(session: Session, person: Person) -> Mailbox | None:
    """Where the person is mailed, for whoever may know: what is read here is not checked here."""
    return session.get(Mailbox, person.id)
