"""How a submission stands, learned from what people judged before; or that nobody can tell. Needs no language model.

`assess` reads one submission, `fit` learns an organization's shared model. May not fetch: histories are passed in.
"""

from pipelines.assessment.assessing import UNTAUGHT, Desks, assess, fit
from pipelines.assessment.model import MOST_JUDGED

__all__ = ["MOST_JUDGED", "UNTAUGHT", "Desks", "assess", "fit"]
