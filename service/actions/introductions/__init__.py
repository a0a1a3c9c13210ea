"""Introductions: looked for, decided on, answered by both, ended. Never tells one what the other said."""
