"""A learner's stated need, and the life of what is found for it. Pure."""
