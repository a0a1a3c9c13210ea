"""What a page says on top after something was done, by name, so that no address can put words into our mouth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NOTICES: Final[Mapping[str, str]] = {
    "signed-out": "You are signed out.",
    "saved": "Saved.",
    "choosing": "Pieces are chosen anew. Load the page in a moment.",
    "drafting-now": "What waited is being drafted.",
    "settled": "Settled. It stays quiet until one of the two is decided on anew.",
    "answered": "Thank you. Later drafts follow your answer.",
    "answered-learner": "Answered. The learner finds it beside the feedback.",
    "removed": "Removed.",
    "phrase-kept": "Kept. Alt and P insert it while you write.",
    "reminded": "Sent. They find it on their own page.",
    "reminded-some": "Sent to those who could be reminded; the others had moved on, or were reminded lately.",
    "reminder-gone": "Set aside.",
    "job-again": "It is tried again. Load the page in a moment to see what came of it.",
    "jobs-again": "They are tried again. Load the page in a moment to see what came of it.",
    "erasing": "Nobody sees it from now on. What is left of it goes within the hour.",
    "key-ended": "The key has ended.",
    "signed-out-there": "Signed out everywhere.",
    "factor-reset": "The second factor is taken away. A new sign-in link asks for no code.",
    "factor-off": "Your second factor is off. You are signed out everywhere else.",
    "session-ended": "That session has ended.",
    "others-ended": "You are signed out everywhere else.",
    "handed-in": "Handed in. A person reads it, and the feedback appears here.",
    "same-text": "That is the text that you handed in before, so nothing was changed.",
    "reaction-kept": "Thank you. You can change it whenever you like.",
    "reaction-gone": "Taken back.",
    "asked": "Asked. A facilitator of your group answers here.",
    "replied": "Said. The facilitators of your group read it.",
    "step-kept": "Kept. It shows here, and when the day has come you are asked what happened.",
    "step-told": "Thank you, that is kept.",
    "taken-back": "Taken back.",
    "consents-kept": "Saved. It holds from now on, also for what was shown before.",
    "said-yes": "Thank you. If the other says yes as well, you find each other here.",
    "said-no": "That is fine. Nobody is told, and you are not asked about this person again.",
    "reported": "Thank you, that helps to suggest better.",
    "need-stated": "Asked. What is found appears here, and your facilitators see it.",
    "need-settled": "Thank you, that is kept.",
    "need-answered": "Sent. It is read at once.",
    "found-approved": "It is shown to whoever asked in a moment. You can undo it until then.",
    "found-undone": "Undone. It waits for you again.",
    "found-kept-back": "It is not shown.",
    "brief-asked": "Asked. The lines that hold stand here in a model’s words in a moment; load the page again then.",
    "looking": "It is being looked for. What is found appears here in a moment.",
    "goal-looking": "Work is being looked for. What is found appears here in a moment; load the page again.",
    "goal-confirmed": "Kept: it counts as progress on this goal. You can take it back below.",
    "goal-dismissed": "Kept: it is not offered for this goal again. You can take it back below.",
    "goal-undone": "Taken back. The piece waits for a decision again.",
    "none-waits": "Nothing else waits for you here.",
    "introduction-undone": "Taken back. Nobody was asked.",
    "introduction-dismissed": "They are not introduced, and not suggested to each other again.",
    "gallery-approved": "Approved. You can undo it for a moment.",
    "gallery-undone": "Undone. It waits for you again.",
    "gallery-changed": "Changed. Read the comparison again: it may have been drafted anew.",
    "gallery-dismissed": "Nothing of it is shown.",
    "gallery-wanted": "Works are being chosen. They appear here in a moment.",
    "gallery-policy": "Saved. The rule holds from now on.",
    "others-asked": "Asked. A facilitator looks at what is chosen first.",
    "thanked": "Thank you: the author is told.",
    "thanked-back": "Thanked back.",
    "taken-away": "Kept.",
}


def notice(name: str) -> str:
    """The notice; empty for a name that is none."""
    return NOTICES.get(name, "")
