"""Who gets in: organizations, keys, sign-in links and sessions, and the frame around every page."""
