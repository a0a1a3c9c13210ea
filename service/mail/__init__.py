"""Mail: how letters are made and given to a server. Knows nothing of who is told of what, and keeps nothing."""
