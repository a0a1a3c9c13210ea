"""What decisions say together: alike, opposed, and what is to be asked about them. Pure."""
