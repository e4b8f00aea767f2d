// Draws one cell: its text, link, checkbox, list sign, marks, and its place in a merge.

const WIDEST_LETTER = 14; // pixels, at the usual size of letters

export function make(tag, className, role) {
  const element = document.createElement(tag);
  element.className = className;
  if (role) element.setAttribute("role", role);
  return element;
}

export class Cells {
  constructor(model) {
    this.model = model;
  }

  cell(index, column) {
    const { model } = this;
    const merge = model.merge(index, column);
    const look = model.row(index).styles[column] ?? 0;
    const element = make("div", `cell k${column} s${look}`, "gridcell");
    element.id = `c${index}-${column}`;
    element.dataset.column = column;
    element.setAttribute("aria-colindex", column + 2);
    if (column < this.model.layout.frozenColumns) element.classList.add("stay");
    if (merge) this.mergeInto(element, merge, index, column);
    const text = model.text(index, column);
    this.content(element, index, column, text, model.look(index, column));
    return element;
  }

  // The first cell of a merge covers all of it; the others keep their room and nothing else.
  mergeInto(element, merge, index, column) {
    if (merge.top !== index || merge.left !== column) {
      element.classList.add("covered");
      return;
    }
    const { rows, columns } = this.model;
    element.classList.add("merged");
    element.style.setProperty("--wide", `${columns.offset(merge.right) - columns.offset(merge.left)}px`);
    element.style.setProperty("--tall", `${rows.offset(merge.bottom) - rows.offset(merge.top)}px`);
    element.setAttribute("aria-colspan", merge.right - merge.left);
    element.setAttribute("aria-rowspan", merge.bottom - merge.top);
  }

  content(element, index, column, text, look) {
    const row = this.model.row(index);
    const guard = this.model.guard(index, column);
    if (guard && !guard.warning) element.setAttribute("aria-readonly", "true");
    if (row.notes?.[column]) element.classList.add("noted");
    if (row.wrong?.includes(column)) element.classList.add("wrong");
    if (this.model.pending.has(`${index}:${column}`)) element.classList.add("waiting");
    if (look.rule === "boolean") {
      this.checkbox(element, text, look);
      return;
    }
    const inner = make("span", "text");
    if (look.wrap === "wrap" || text.includes("\n")) element.classList.add("wraps");
    if (look.wrap === "clip") element.classList.add("clips");
    const address = row.links?.[column];
    if (address && text) inner.append(link(address, text));
    else inner.textContent = text;
    element.append(inner);
    if (look.rule === "list") {
      element.classList.add("listed");
      element.append(make("span", "open"));
    }
  }

  checkbox(element, text, look) {
    const box = make("span", "box", "checkbox");
    const ticked = text.toUpperCase() === String(look.marks[0]).toUpperCase();
    box.setAttribute("aria-checked", ticked);
    box.setAttribute("aria-label", text);
    element.append(box);
  }

  // Text that is neither wrapped nor cut runs on over empty cells beside it, as in Sheets.
  letSpill(cells, index) {
    cells.forEach((cell, place) => {
      const inner = cell.querySelector(":scope > .text");
      const column = Number(cell.dataset.column);
      const { kind, css } = this.model.look(index, column);
      const left = kind === "text" && (css["text-align"] ?? "left") === "left";
      if (!inner || !left || !inner.textContent || cell.matches(".wraps, .clips, .merged, .listed, .covered")) return;
      const width = this.model.columns.size(column);
      // Only what fits even in bold and in Chinese is not worth a look at the cells beside it.
      const widest = WIDEST_LETTER * parseFloat(css["font-size"] ?? 1);
      if (inner.textContent.length * widest < width - 8) return;
      let room = width;
      for (let next = place + 1; next < cells.length; next += 1) {
        const beside = Number(cells[next].dataset.column);
        if (this.model.text(index, beside) !== "" || cells[next].matches(".merged, .covered, .stay")) break;
        room += this.model.columns.size(beside);
      }
      if (room === width) return;
      cell.classList.add("spills");
      inner.style.maxWidth = `${room - 8}px`;
    });
  }
}

function link(address, text) {
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.textContent = text;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  anchor.tabIndex = -1;
  return anchor;
}
