"""Finding work, released feedback and people by words."""
