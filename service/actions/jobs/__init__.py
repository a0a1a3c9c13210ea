"""Jobs as people look after them: what was given up or waits for something outside, and taking it up again."""
