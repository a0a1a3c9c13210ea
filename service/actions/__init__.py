"""One file an intent: `act(session, actor, …, now)`. No commit, no network, no HTTP types; errors are the domain's."""
