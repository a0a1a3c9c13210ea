"""People, permission and memory. Calls `pipelines`; nothing calls it but a platform, a browser or a shell."""
