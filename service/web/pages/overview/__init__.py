"""A challenge at a glance, and spot checks."""
