"""Brief and evidence to a draft: ask a model, check every point, repair once, else do without it, else say why not.

May not read a store, a clock or a setting, and may not decide what is visible: evidence comes in as it may be shown.
"""

from __future__ import annotations

from pipelines.drafting.blanks import is_blank
from pipelines.drafting.flow import Verify, draft, may_ask
from pipelines.drafting.prompting import Budget, ShownBeside, WholeDraft, most
from pipelines.texts.quoting import locate

__all__ = ["Budget", "ShownBeside", "Verify", "WholeDraft", "draft", "is_blank", "locate", "may_ask", "most"]
