"""The API's routes, a file a subject: parse, one action, render."""
