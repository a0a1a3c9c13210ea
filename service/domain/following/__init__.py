"""What became of feedback, and who may be reminded. Pure."""
