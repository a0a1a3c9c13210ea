"""Decisions on drafts, as forms."""
