"""The pages in a real browser, on a real service with the demonstration's organization in it."""
