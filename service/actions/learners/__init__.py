"""What learners see, say and do: work and feedback, galleries, next steps, questions, their own data."""
