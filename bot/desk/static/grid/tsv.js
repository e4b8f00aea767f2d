// Blocks of texts as they stand on a clipboard: tab-separated, with quotes where a cell has lines of its own.

const SPECIAL = /[\t\n\r"]/;

export function toTsv(rows) {
  const cell = (text) => (SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map(cell).join("\t")).join("\n");
}

// Excel, Sheets and this page end with or without a line break; a quoted cell may hold tabs and line breaks.
export function fromTsv(text) {
  const rows = [[]];
  let at = 0;
  while (at <= text.length) {
    const [cell, end] = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at);
    rows.at(-1).push(cell);
    if (end >= text.length) break;
    at = end + 1;
    if (text[end] === "\r" && text[at] === "\n") at += 1;
    if (text[end] !== "\t") {
      if (at >= text.length) break;
      rows.push([]);
    }
  }
  return rows;
}

function plainCell(text, start) {
  let end = start;
  while (end < text.length && text[end] !== "\t" && text[end] !== "\n" && text[end] !== "\r") end += 1;
  return [text.slice(start, end), end];
}

// A quote that does not close, or is followed by more text, was only a quotation mark.
function quotedCell(text, start) {
  let cell = "";
  let at = start + 1;
  while (at < text.length) {
    if (text[at] !== '"') cell += text[at];
    else if (text[at + 1] === '"') cell += text[(at += 1)];
    else break;
    at += 1;
  }
  const end = at + 1;
  const closed = text[at] === '"' && (end >= text.length || "\t\n\r".includes(text[end]));
  return closed ? [cell.replaceAll("\r\n", "\n"), end] : plainCell(text, start);
}

// The same block as a table for programs that take HTML. `mark` lets this page know its own copies again.
export function toHtml(rows, mark) {
  const table = document.createElement("table");
  table.dataset.desk = mark;
  for (const row of rows) {
    const line = table.insertRow();
    for (const text of row) {
      const cell = line.insertCell();
      text.split("\n").forEach((part, index) => {
        if (index) cell.append(document.createElement("br"));
        cell.append(part);
      });
    }
  }
  return table.outerHTML;
}

// A table on the clipboard as texts, and the mark if it is one of this page's own; null without a table.
export function fromHtml(html) {
  const table = new DOMParser().parseFromString(html, "text/html").querySelector("table");
  if (!table) return null;
  for (const end of table.querySelectorAll("br")) end.replaceWith("\n");
  const rows = [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
  return { rows, mark: table.dataset.desk ?? "" };
}
