"""A meeting brief, to read, print and take along."""
