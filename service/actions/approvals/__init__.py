"""What every approval shares: a decision on what was seen, and the one way from approval to release."""
