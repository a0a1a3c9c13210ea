"""People, groups, roles and consents: the register, the directory, and what guards a change of roles."""
