"""Work that is like some text."""

from __future__ import annotations

from service.domain.errors import Unavailable
from service.web.calls import Asking
from service.web.docs import v1
from service.web.schemas.operations import SimilarAsked, SimilarList, SimilarShown

router = v1("Search")


@router.post("/search", summary="Find similar work")
def search(call: Asking, body: SimilarAsked) -> SimilarList:
    """For facilitators: passages of others' work that are like a text, or like a submission."""
    if call.services.similar is None:
        raise Unavailable("Search is not set up here: no vector index is connected to this process.")
    found = call.services.similar(call.actor, **body.model_dump(), now=call.now)
    return SimilarList(items=[SimilarShown.of(one) for one in found])
