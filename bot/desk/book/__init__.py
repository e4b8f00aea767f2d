"""A workbook and its cells: what is typed, kept, shown and found, whoever asks and in whatever protocol."""
