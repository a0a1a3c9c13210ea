"""Words: one immutable file a version, listed with its hash in LOCK.toml. Imports nothing."""
