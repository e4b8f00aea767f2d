"""Data tables in plain text: columns that stand under each other in a font of equal widths, Chinese ones too. Pure."""

from __future__ import annotations

import unicodedata

from bot.mails.report_parts import Table, TableRow

#: Columns a label may take before its row goes on below it; a line of mail has about 78.
_LABEL = 36
_GAP = "  "
_BAR = 10


def width(text: str) -> int:
    """How many columns a line takes: a Chinese character takes two, a mark above a letter none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def aligned(table: Table) -> str:
    """The table as lines: labels to the left, numbers to the right, notes below their rows."""
    rows = [
        TableRow(table.columns[0], table.columns[1:]),
        *table.rows,
        *([table.total] if table.total else []),
    ]
    shown = [row.values for row in rows]
    widths = [
        max(
            (width(line) for values in shown for line in values[i : i + 1] for line in line.split("\n")),
            default=0,
        )
        for i in range(len(table.columns) - 1)
    ]
    label = min(_LABEL, max(width(line) for row in rows for line in row.label.split("\n")))
    rule = "-" * (label + sum(w + len(_GAP) for w in widths))
    head, *body = rows
    lines = [*_row(head, label, widths), rule]
    for row in body:
        if row is table.total:
            lines.append(rule)
        lines += _row(row, label, widths)
    return "\n".join([*lines, *([table.more] if table.more else [])])


def _row(row: TableRow, label: int, widths: list[int]) -> list[str]:
    """A row's lines; a label that is too long for its column stands on a line of its own."""
    labels = row.label.split("\n")
    alone, last = labels[:-1], labels[-1]
    if width(last) > label:
        alone, last = labels, ""
    cells = [value.split("\n") for value in row.values]
    lines = list(alone)
    for i in range(max((len(cell) for cell in cells), default=1)):
        text = last if i == 0 else ""
        line = text + " " * (label - width(text))
        for cell, wide in zip(cells, widths, strict=False):
            value = cell[i] if i < len(cell) else ""
            line += _GAP + " " * (wide - width(value)) + value
        lines.append(line.rstrip())
    if row.bar is not None:
        lines[-1] += _GAP + "#" * round(row.bar * _BAR / 100)
        lines[-1] = lines[-1].rstrip()
    if row.note:
        lines += [f"  {line}" for line in row.note.split("\n")]
    return lines
