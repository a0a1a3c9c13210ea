"""What a key may be used for, and what an organization decides for itself. Pure."""
