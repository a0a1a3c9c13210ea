"""Passages of documents that work contradicts or that are asked about."""
