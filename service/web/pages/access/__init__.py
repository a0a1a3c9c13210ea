"""Getting in and out, and the organization's own settings."""
