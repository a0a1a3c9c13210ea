"""Pages on which people read what they were told, and say how they want to be told."""
