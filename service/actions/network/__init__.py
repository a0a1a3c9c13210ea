"""The network of people: its facts, its map, and its graph to take along."""
