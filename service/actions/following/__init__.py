"""Following through: what was taken up, commitments, reminders, and what happens by the clock."""
