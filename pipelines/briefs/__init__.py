"""A meeting brief better worded by a model: what may be worded, how it is asked for, what of the answer may stand.

A model only rewords. It is given items that the brief has already, by id, each with its passages; whatever it says that
is not in them is dropped, and the brief's own words stand. May not read a store, a clock or a setting.
"""

from __future__ import annotations

from pipelines.briefs.asking import Reworded, most, reword
from pipelines.briefs.items import BriefItem, BriefItemKind, in_order, items, may_go

__all__ = ["BriefItem", "BriefItemKind", "Reworded", "in_order", "items", "may_go", "most", "reword"]
