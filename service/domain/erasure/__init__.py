"""What is erased, by whom asked or by the clock. Pure."""
