"""HTTP in, JSON out. Parses, calls one action, renders; no rule, no statement and no model lives here."""
