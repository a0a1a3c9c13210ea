"""The context library."""
