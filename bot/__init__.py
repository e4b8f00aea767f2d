"""Order Desk: the worker behind a sales team's order spreadsheet."""

__version__ = "0.1.0"
