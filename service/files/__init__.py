"""Reading files that people send, in a process of its own that can be killed. Nothing here keeps anything."""
