"""Galleries of peers' work: wanted, chosen, changed, approved, and shared as consent stands now."""
