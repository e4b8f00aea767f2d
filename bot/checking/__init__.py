"""What `check` and `form` find out about a workplace: facts are probed in one place and judged, pure, in the others."""
