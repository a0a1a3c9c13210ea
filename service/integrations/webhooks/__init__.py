"""Events are sent to a platform's own address, signed, at least once, in order for each subject (Standard Webhooks)."""
