"""Pages for jobs that were given up, or wait for something outside."""
