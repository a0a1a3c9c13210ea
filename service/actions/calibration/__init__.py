"""A few pieces of a challenge's work are judged by people before the rest is drafted."""
