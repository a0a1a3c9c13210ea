"""Telling people: who is told of what, on the page and by mail, as each of them wishes."""
