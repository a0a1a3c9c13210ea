"""Meeting briefs: their facts, the brief, and its lines in a model's words."""
