"""Calibrating a challenge."""
