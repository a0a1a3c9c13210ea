"""Goals with their evidence."""
