"""The network of people, drawn and listed."""
