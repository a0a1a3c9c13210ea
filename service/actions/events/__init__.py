"""What happened, for whoever is told of it in order. Nobody’s words are in it."""
