"""Drafts of feedback: made by the machine, read by those who may."""
