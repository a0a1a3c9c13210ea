"""What a decision means for others."""
