"""The rules, pure: no I/O, no ORM, no clock. `now` is always passed in."""
