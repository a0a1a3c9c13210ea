"""Speaking to machines of others at addresses that somebody typed, without becoming a hand that reaches inside."""
