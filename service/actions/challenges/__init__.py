"""What learners are asked: set, edited, and made clearer by what facilitators answered."""
