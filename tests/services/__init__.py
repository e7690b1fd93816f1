"""Local servers that behave like the publishers' services, faults included. Loopback only."""
