"""Pages on how long what is kept, and on erasing."""
