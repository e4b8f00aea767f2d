// Draws the rows and columns that are on the screen, and only those.
import { cellName, holds, letters } from "./address.js";
import { Cells, make } from "./cells.js";
import { Looks } from "./looks.js";

export const HEAD_HEIGHT = 26;
const OVERSCAN_ROWS = 8;
const FEW_COLUMNS = 45; // as many are always drawn; more only where they are seen
const TALLEST = 320; // pixels a wrapped text may take by itself

export class Drawing {
  constructor(scroller, model, selection, words) {
    Object.assign(this, { scroller, model, selection, words });
    this.looks = new Looks();
    this.cells = new Cells(model);
    this.headWidth = 46;
    this.canvas = make("div", "canvas", "presentation");
    this.head = make("div", "head", "rowgroup");
    this.body = make("div", "rows", "rowgroup");
    this.over = make("div", "over", "presentation");
    this.canvas.append(this.head, this.body, this.over);
    scroller.append(this.canvas);
    this.drawn = new Map(); // index -> element of a row that is drawn
    this.span = { first: 0, last: -1 };
    model.addEventListener("look", ({ detail }) => this.looks.add(detail, model.looks[detail]));
    model.addEventListener("layout", () => this.arrange());
    model.addEventListener("rows", ({ detail }) => this.rowsCame(detail));
    selection.addEventListener("change", () => this.showSelection());
    scroller.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.model.layout && this.draw()).observe(scroller);
  }

  get frozen() {
    return { rows: this.model.layout.frozenRows, columns: this.model.layout.frozenColumns };
  }

  // Take over a new layout: sizes, frozen parts, everything drawn anew.
  arrange() {
    const { model, frozen } = this;
    this.headWidth = Math.max(46, 18 + 8 * String(model.rows.count).length);
    this.canvas.style.setProperty("--head-width", `${this.headWidth}px`);
    this.canvas.style.width = `${this.headWidth + model.columns.length}px`;
    this.canvas.style.height = `${HEAD_HEIGHT + model.rows.length}px`;
    this.canvas.classList.toggle("plain", !model.layout.gridlines);
    this.looks.setColumns(model.columns, frozen.columns, this.headWidth);
    this.scroller.setAttribute("aria-rowcount", model.rows.count + 1);
    this.scroller.setAttribute("aria-colcount", model.columns.count + 1);
    this.columnsDrawn = "";
    for (const row of this.drawn.values()) row.remove();
    this.drawn.clear();
    this.dispatchDraw();
  }

  dispatchDraw() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  // The rows to be seen below the frozen ones.
  visibleRows() {
    const { rows } = this.model;
    const top = this.scroller.scrollTop + rows.offset(this.frozen.rows);
    const bottom = this.scroller.scrollTop + this.scroller.clientHeight - HEAD_HEIGHT;
    return { first: Math.max(rows.at(top), this.frozen.rows), last: rows.at(Math.max(bottom, top)) };
  }

  visibleColumns() {
    const { columns } = this.model;
    if (columns.count <= FEW_COLUMNS) return { first: this.frozen.columns, last: columns.count - 1 };
    const left = this.scroller.scrollLeft + columns.offset(this.frozen.columns);
    const right = this.scroller.scrollLeft + this.scroller.clientWidth - this.headWidth;
    const first = Math.max(columns.at(left) - 3, this.frozen.columns);
    return { first: first - (first - this.frozen.columns) % 4, last: Math.min(columns.at(right) + 6, columns.count - 1) };
  }

  draw() {
    const { rows } = this.model;
    const across = this.visibleColumns();
    const columnsDrawn = `${across.first}-${across.last}`;
    if (columnsDrawn !== this.columnsDrawn) {
      this.columnsDrawn = columnsDrawn;
      this.across = across;
      this.drawHead();
      for (const [index, element] of this.drawn) this.fill(element, index);
    }
    const { first, last } = this.visibleRows();
    this.span = { first: Math.max(first - OVERSCAN_ROWS, this.frozen.rows), last: Math.min(last + OVERSCAN_ROWS, rows.count - 1) };
    for (const [index, element] of this.drawn) {
      if (index >= this.frozen.rows && (index < this.span.first || index > this.span.last)) {
        element.remove();
        this.drawn.delete(index);
      }
    }
    const fresh = [];
    for (let index = this.span.first; index <= this.span.last; index += 1) {
      if (!this.drawn.has(index) && rows.size(index)) fresh.push(this.place(index));
    }
    this.body.append(...fresh);
    this.model.ensure(this.span.first, this.span.last + 1).catch(() => {}); // the page's pulse tells of lost connections
    this.fitSoon();
    this.dispatchDrawn();
  }

  dispatchDrawn() {
    this.scroller.dispatchEvent(new Event("drawn"));
  }

  place(index) {
    const element = make("div", "row", "row");
    element.setAttribute("aria-rowindex", index + 2);
    element.style.top = `${HEAD_HEIGHT + this.model.rows.offset(index)}px`;
    this.fill(element, index);
    this.drawn.set(index, element);
    return element;
  }

  drawHead() {
    const line = make("div", "row letters", "row");
    line.setAttribute("aria-rowindex", 1);
    const corner = make("div", "corner-cell", "presentation");
    line.append(corner, ...this.columnsAcross().map((column) => this.letter(column)));
    const frozen = [];
    for (let index = 0; index < this.frozen.rows; index += 1) {
      if (!this.model.rows.size(index)) continue;
      const element = this.place(index);
      element.classList.add("frozen");
      element.style.top = "";
      frozen.push(element);
    }
    this.head.replaceChildren(line, ...frozen);
    this.spread(line);
  }

  columnsAcross() {
    const list = [];
    for (let column = 0; column < this.frozen.columns; column += 1) list.push(column);
    for (let column = this.across.first; column <= this.across.last; column += 1) list.push(column);
    return list.filter((column) => this.model.columns.size(column));
  }

  // The room of the columns left of those that are drawn.
  spread(element) {
    const { columns } = this.model;
    const gap = columns.offset(this.across.first) - columns.offset(this.frozen.columns);
    if (gap <= 0) return;
    const spacer = make("div", "spacer", "presentation");
    spacer.style.width = `${gap}px`;
    const after = element.querySelector(`:scope > .k${this.across.first}`) ?? null;
    element.insertBefore(spacer, after);
  }

  letter(column) {
    const element = make("div", `letter k${column}`, "columnheader");
    element.setAttribute("aria-colindex", column + 2);
    element.dataset.column = column;
    element.classList.toggle("stay", column < this.frozen.columns);
    element.classList.toggle("beside-hidden", column > 0 && !this.model.columns.size(column - 1));
    const name = make("span", "name");
    name.textContent = letters(column);
    const more = make("button", "more");
    more.type = "button";
    more.tabIndex = -1;
    more.textContent = "⋮";
    more.setAttribute("aria-label", this.words.column_menu.replace("{column}", letters(column)));
    element.append(name, more, make("span", "grip"));
    return element;
  }

  fill(element, index) {
    element.style.height = `${this.model.rows.size(index)}px`;
    const number = make("div", "row-number", "rowheader");
    number.textContent = index + 1;
    number.dataset.row = index;
    const cells = this.columnsAcross().map((column) => this.cells.cell(index, column));
    element.replaceChildren(number, ...cells);
    this.spread(element);
    this.cells.letSpill(cells, index);
    this.markRow(element, index);
  }

  rowsCame({ top, rows, before }) {
    rows.forEach((row, offset) => {
      const element = this.drawn.get(top + offset);
      if (element && (!before || JSON.stringify(row) !== JSON.stringify(before[offset]))) this.fill(element, top + offset);
    });
    this.fitSoon();
    this.dispatchDrawn();
  }

  redraw(index) {
    const element = this.drawn.get(index);
    if (element) this.fill(element, index);
  }

  showSelection() {
    for (const [index, element] of this.drawn) this.markRow(element, index);
    const { area, whole } = this.selection;
    for (const letter of this.head.querySelectorAll(".letter")) {
      const column = Number(letter.dataset.column);
      const inside = column >= area.left && column < area.right;
      letter.classList.toggle("in", inside);
      letter.classList.toggle("whole", inside && (whole === "columns" || whole === "all"));
    }
  }

  markRow(element, index) {
    const { area, active, isOne, whole } = this.selection;
    const inside = index >= area.top && index < area.bottom;
    element.firstChild.classList.toggle("in", inside);
    element.firstChild.classList.toggle("whole", inside && (whole === "rows" || whole === "all"));
    for (const cell of element.querySelectorAll(":scope > .cell")) {
      const column = Number(cell.dataset.column);
      const isActive = index === active.row && column === active.column;
      const isIn = inside && holds(area, index, column);
      cell.classList.toggle("active", isActive);
      cell.classList.toggle("in", isIn && !isOne);
      cell.setAttribute("aria-selected", isIn);
    }
  }

  // Rows grow with their wrapped texts, once these are on the screen and can be measured.
  fitSoon() {
    cancelAnimationFrame(this.fitting);
    this.fitting = requestAnimationFrame(() => this.fit());
  }

  fit() {
    const { model } = this;
    let changed = false;
    for (const [index, element] of this.drawn) {
      const { key } = model.row(index);
      if (!key || model.layout.heights[index] || !element.querySelector(":scope > .wraps")) continue;
      const texts = [...element.querySelectorAll(":scope > .wraps:not(.merged) > .text")];
      const needed = Math.min(Math.max(model.rows.usual, ...texts.map((text) => text.offsetHeight + 7)), TALLEST);
      if (needed === (model.fitted.get(key) ?? model.rows.usual)) continue;
      model.fitted.set(key, needed);
      changed = true;
    }
    if (!changed) return;
    model.measureRows();
    this.arrange();
  }

  // Where a cell lies within the scroller's frame, whether it is on the screen or not.
  rect(row, column) {
    const { rows, columns } = this.model;
    const merge = this.model.merge(row, column);
    const end = merge ? { row: merge.bottom, column: merge.right } : { row: row + 1, column: column + 1 };
    const x = this.headWidth + columns.offset(column) - (column < this.frozen.columns ? 0 : this.scroller.scrollLeft);
    const y = HEAD_HEIGHT + rows.offset(row) - (row < this.frozen.rows ? 0 : this.scroller.scrollTop);
    return { x, y, width: columns.offset(end.column) - columns.offset(column), height: rows.offset(end.row) - rows.offset(row) };
  }

  // Scroll no further than needed to show a cell.
  reveal({ row, column }) {
    const { scroller, model, frozen } = this;
    const { x, y, width, height } = this.rect(row, column);
    if (row >= frozen.rows) {
      const top = HEAD_HEIGHT + model.rows.offset(frozen.rows);
      if (y < top) scroller.scrollTop -= top - y;
      else if (y + height > scroller.clientHeight) scroller.scrollTop += Math.min(y + height - scroller.clientHeight, y - top);
    }
    if (column >= frozen.columns) {
      const left = this.headWidth + model.columns.offset(frozen.columns);
      if (x < left) scroller.scrollLeft -= left - x;
      else if (x + width > scroller.clientWidth) scroller.scrollLeft += Math.min(x + width - scroller.clientWidth, x - left);
    }
  }

  // The cell, header or nothing at an element of the grid.
  placeOf(target) {
    const cell = target.closest?.(".cell");
    if (cell) {
      const [row, column] = cell.id.slice(1).split("-").map(Number);
      return { kind: "cell", row, column, name: cellName(row, column) };
    }
    const number = target.closest?.(".row-number");
    if (number) return { kind: "rows", row: Number(number.dataset.row), column: 0 };
    const letter = target.closest?.(".letter");
    if (letter) return { kind: "columns", row: 0, column: Number(letter.dataset.column) };
    return target.closest?.(".corner-cell") ? { kind: "all", row: 0, column: 0 } : null;
  }
}
