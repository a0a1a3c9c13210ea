"""Learners' work: handed in, revised, taken back, likened, quoted, and what must follow each of these."""
