"""The outside world, one module a kind: what implements the ports."""
