"""Rules of telling people: what of, whom, and when. Pure."""
