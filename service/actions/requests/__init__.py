"""Needs that learners state: what speaks to them, and what those who review see of them."""
