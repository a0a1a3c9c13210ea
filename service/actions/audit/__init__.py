"""The trail of who did what, for those who answer for the organization: to read, to take along and to check."""
