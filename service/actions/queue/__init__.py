"""The queue of the desk: what waits, in which order, counted, filtered, and what is nearly the same."""
