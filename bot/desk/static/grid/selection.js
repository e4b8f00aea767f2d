// Which cells are selected: one active cell, and an area spanned from it. Pure places, no elements.
import { areaOf, isOneCell, overlap } from "./address.js";

export class Selection extends EventTarget {
  constructor(model) {
    super();
    this.model = model;
    this.active = { row: 0, column: 0 }; // where typing goes
    this.far = { row: 0, column: 0 }; // the corner opposite to where the area began
    this.start = { row: 0, column: 0 };
    this.whole = ""; // "rows" or "columns" while headers are selected
    this.tabFrom = null; // the column in which a run of Tabs began, to which Enter returns
  }

  get area() {
    const area = grown(areaOf(this.start, this.far), this.model);
    if (this.whole !== "columns" && this.whole !== "all") {
      return this.whole === "rows" ? { ...area, left: 0, right: this.model.columns.count } : area;
    }
    const all = { ...area, top: 0, bottom: this.model.rows.count };
    return this.whole === "all" ? { ...all, left: 0, right: this.model.columns.count } : all;
  }

  get isOne() {
    const merge = this.model.merge(this.active.row, this.active.column);
    return merge ? sameArea(merge, this.area) : isOneCell(this.area);
  }

  // Make one cell active; it is the first of its merge.
  go(row, column, { keepTab = false } = {}) {
    const place = this.inside({ row, column });
    const merge = this.model.merge(place.row, place.column);
    this.active = merge ? { row: merge.top, column: merge.left } : place;
    this.start = { ...this.active };
    this.far = { ...this.active };
    this.whole = "";
    if (!keepTab) this.tabFrom = null;
    this.told();
  }

  // Span the area to another cell; the active cell stays.
  extend(row, column) {
    this.far = this.inside({ row, column });
    this.told();
  }

  selectArea(area) {
    this.active = { row: area.top, column: area.left };
    this.start = { ...this.active };
    this.far = { row: area.bottom - 1, column: area.right - 1 };
    this.whole = "";
    this.told();
  }

  selectWhole(kind, index, extend = false) {
    const place = kind === "rows" ? { row: index, column: 0 } : { row: 0, column: index };
    if (!extend || this.whole !== kind) {
      this.active = place;
      this.start = place;
    }
    this.far = place;
    this.whole = kind;
    this.told();
  }

  inside({ row, column }) {
    return {
      row: Math.max(0, Math.min(row, this.model.rows.count - 1)),
      column: Math.max(0, Math.min(column, this.model.columns.count - 1)),
    };
  }

  // The cell one or more steps from another, over hidden rows and columns and out of merges.
  step(from, rows, columns) {
    const merge = this.model.merge(from.row, from.column);
    const edge = {
      row: merge && rows > 0 ? merge.bottom - 1 : from.row,
      column: merge && columns > 0 ? merge.right - 1 : from.column,
    };
    return {
      row: rows ? this.model.rows.walk(edge.row, rows) : from.row,
      column: columns ? this.model.columns.walk(edge.column, columns) : from.column,
    };
  }

  // Where Ctrl and an arrow lead: to the end of the filled cells, or over a gap to the next ones. It ends at the
  // first row that is not known here.
  leap(from, rows, columns) {
    const filled = (place) => this.model.text(place.row, place.column) !== "";
    let at = this.step(from, rows, columns);
    if (same(at, from)) return at;
    const through = filled(from) && filled(at);
    for (;;) {
      const next = this.step(at, rows, columns);
      if (!this.model.known(next.row)) return next;
      if (same(next, at) || (!through && filled(at)) || (through && !filled(next))) return at;
      at = next;
    }
  }

  // The next cell of a selected area for Tab and Enter, round and round; null if only one cell is selected.
  within(rows, columns) {
    if (this.isOne) return null;
    const { top, left, bottom, right } = this.area;
    const height = bottom - top;
    const width = right - left;
    const inColumns = columns !== 0;
    const major = inColumns ? this.active.row - top : this.active.column - left;
    const minor = inColumns ? this.active.column - left : this.active.row - top;
    const length = inColumns ? width : height;
    const place = (major * length + minor + rows + columns + width * height) % (width * height);
    const [one, two] = [Math.floor(place / length), place % length];
    return inColumns ? { row: top + one, column: left + two } : { row: top + two, column: left + one };
  }

  // Move the active cell and leave the area as it is.
  activate(place) {
    this.active = place;
    this.told();
  }

  told() {
    this.dispatchEvent(new Event("change"));
  }
}

const same = (one, other) => one.row === other.row && one.column === other.column;

const sameArea = (one, other) =>
  one.top === other.top && one.left === other.left && one.bottom === other.bottom && one.right === other.right;

// An area with every merge it touches wholly inside.
function grown(area, model) {
  const touched = (model.layout?.merges ?? []).filter((one) => overlap(one, area));
  const result = touched.reduce(
    (sum, one) => ({
      top: Math.min(sum.top, one.top),
      left: Math.min(sum.left, one.left),
      bottom: Math.max(sum.bottom, one.bottom),
      right: Math.max(sum.right, one.right),
    }),
    area,
  );
  return sameArea(result, area) ? area : grown(result, model);
}
