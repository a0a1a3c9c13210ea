"""Introductions and requests at the desk."""
