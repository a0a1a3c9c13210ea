"""One draft on one screen."""
