"""A challenge at a glance: progress, standings, decisions, waiting times, solutions, spot checks."""
