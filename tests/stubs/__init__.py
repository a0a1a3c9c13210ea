"""Loopback servers that speak the wire of what Peerloom calls. Never mocks: real sockets, real bytes."""
