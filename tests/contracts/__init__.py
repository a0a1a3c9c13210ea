"""One suite a port, run on every implementation that ships. What holds here is all that a caller may rely on."""
