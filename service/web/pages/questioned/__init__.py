"""Questioned passages."""
