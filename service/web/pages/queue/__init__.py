"""What waits, and the way through it."""
