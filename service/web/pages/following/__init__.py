"""What became of feedback, and reminders."""
