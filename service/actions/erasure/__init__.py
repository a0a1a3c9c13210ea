"""Erasure: hidden at once, gone with the job; and what goes, before it goes."""
