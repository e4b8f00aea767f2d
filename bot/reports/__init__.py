"""Figures of weeks and months. Imported by the process that works them out, and not by an idle worker."""
