"""What was decided, and what follows: where else it fits, what contradicts it, the one question to ask."""
