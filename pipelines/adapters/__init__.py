"""One third-party library a file, each behind a port. No adapter knows another."""
