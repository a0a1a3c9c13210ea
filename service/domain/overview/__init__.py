"""Figures of an overview: shares, agreement, and the time that reading takes. Pure."""
