"""Galleries at the desk, and how they are approved."""
