"""The context documents."""
