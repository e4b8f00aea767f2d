"""The pure middle: what is seen and what is remembered go in, a plan comes out. Nothing here does I/O."""
