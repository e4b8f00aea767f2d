"""Order Desk: the worker behind a sales team's order spreadsheet."""
