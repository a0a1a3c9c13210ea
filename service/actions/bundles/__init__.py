"""Bundles: many things that come in at once, line by line."""
