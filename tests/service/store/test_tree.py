"""The tree of groups, walked at once for all of them."""

from __future__ import annotations

from service.store import tree
from service.store.session import Sessions
from service.store.tables import Group
from tests.service.store.world import World
from tests.statements import statements


def test_what_is_below_each_group_takes_one_statement_and_is_what_is_asked_for_one(sessions: Sessions) -> None:
    world, other = World(sessions), World(sessions, "valley")
    groups = [world.group]
    for at in range(6):
        groups.append(world.new_group(f"below-{at}"))
        with world.changing(Group, groups[-1]) as row:
            row.parent_id = groups[at // 2]
    with sessions.reading() as session:
        with statements(session) as asked:
            found = tree.below_each(session, world.organization)
        assert sum(one.startswith("WITH RECURSIVE") for one in asked) == 1
        assert found == {group: tree.below(session, [group]) for group in groups}
        assert other.group not in found
