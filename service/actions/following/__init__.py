"""Following through: what was taken up, commitments, reminders, and work that waits too long."""
