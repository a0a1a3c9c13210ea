"""Words that facilitators keep to say again."""
