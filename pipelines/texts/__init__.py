"""What can be said of words without understanding them: passages, sentences, terms, names, shapes. Pure."""
