"""Context documents as they are shown, taken in and compared. Pure."""
