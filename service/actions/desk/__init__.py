"""One draft on one screen, with all that a decision on it needs. Only reads."""
