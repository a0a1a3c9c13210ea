"""Thinking: text in, evidence and drafts out. Knows no database, web, queue or setting; imports `prompts` only."""
