// What people do to rows, columns and areas: each is one batchUpdate of the desk's own API.
import { call } from "/static/page.js";
import { gridRange } from "./address.js";

export class Actions {
  constructor({ model, selection, history, guarding, notices, words, known, refresh }) {
    Object.assign(this, { model, selection, history, guarding, notices, words, known, refresh });
    this.pasting = Promise.resolve();
  }

  // Send requests as one; true if they were carried out. What the server refuses is told as it says it.
  async send(...requests) {
    const path = `/v4/spreadsheets/${encodeURIComponent(this.known.book)}:batchUpdate`;
    const { ok, answer } = await call("POST", path, { requests }).catch(() => ({ ok: false }));
    if (!ok) {
      this.notices.show(answer?.error?.message ?? this.words.no_connection, { name: "action" });
      return false;
    }
    await this.refresh();
    return true;
  }

  span(dimension, start, end) {
    return { sheetId: this.known.sheet, dimension, startIndex: start, endIndex: end };
  }

  // Insert as many rows or columns as are selected, before or after them.
  insert(dimension, after) {
    const { top, left, bottom, right } = this.selection.area;
    const [start, end] = dimension === "ROWS" ? [top, bottom] : [left, right];
    const at = after ? end : start;
    return this.send({
      insertDimension: { range: this.span(dimension, at, at + end - start), inheritFromBefore: after && at > 0 },
    });
  }

  remove(dimension) {
    const { top, left, bottom, right } = this.selection.area;
    const [start, end] = dimension === "ROWS" ? [top, bottom] : [left, right];
    return this.send({ deleteDimension: { range: this.span(dimension, start, end) } });
  }

  hide(dimension, hidden) {
    const { top, left, bottom, right } = this.selection.area;
    const [start, end] = dimension === "ROWS" ? [top, bottom] : [left, right];
    const [from, to] = hidden ? [start, end] : this.around(dimension, start, end);
    return this.send({
      updateDimensionProperties: {
        range: this.span(dimension, from, to),
        properties: { hiddenByUser: hidden },
        fields: "hiddenByUser",
      },
    });
  }

  // The selected rows or columns and the hidden ones beside them.
  around(dimension, start, end) {
    const axis = dimension === "ROWS" ? this.model.rows : this.model.columns;
    let [from, to] = [start, end];
    while (from > 0 && !axis.size(from - 1)) from -= 1;
    while (to < axis.count && !axis.size(to)) to += 1;
    return [from, to];
  }

  resize(column, pixels) {
    return this.send({
      updateDimensionProperties: {
        range: this.span("COLUMNS", column, column + 1),
        properties: { pixelSize: Math.round(pixels) },
        fields: "pixelSize",
      },
    });
  }

  // Sort every row below the frozen ones, with all its cells.
  sort(column, order) {
    const area = { top: this.model.layout.frozenRows, left: 0, bottom: this.model.rows.count, right: this.model.columns.count };
    return this.send({
      sortRange: { range: gridRange(this.known.sheet, area), sortSpecs: [{ dimensionIndex: column, sortOrder: order }] },
    });
  }

  grow(rows, columns) {
    const requests = [];
    if (rows) requests.push({ appendDimension: { sheetId: this.known.sheet, dimension: "ROWS", length: rows } });
    if (columns) requests.push({ appendDimension: { sheetId: this.known.sheet, dimension: "COLUMNS", length: columns } });
    return this.send(...requests);
  }

  // Copy or move whole cells: formulas follow, formats come along. Values can be taken back, formats cannot.
  paste(source, target, cut) {
    this.pasting = this.pasted(source, target, cut);
    return this.pasting;
  }

  async pasted(source, target, cut) {
    const range = gridRange(this.known.sheet, source);
    const before = [this.snapshot(target), ...(cut ? [this.snapshot(source)] : [])];
    const destination = { sheetId: this.known.sheet, rowIndex: target.top, columnIndex: target.left };
    const request = cut
      ? { cutPaste: { source: range, destination, pasteType: "PASTE_NORMAL" } }
      : { copyPaste: { source: range, destination: gridRange(this.known.sheet, target), pasteType: "PASTE_NORMAL" } };
    if (!(await this.send(request))) return false;
    this.history.push(before.map((block) => this.present(block)));
    return true;
  }

  // The texts that would bring an area's values back.
  snapshot({ top, left, bottom, right }) {
    const [places, texts] = [[], []];
    for (let row = top; row < bottom; row += 1) {
      places.push(row);
      texts.push(Array.from({ length: right - left }, (_, column) => this.model.typed(row, left + column)));
    }
    return { places, left, texts, head: this.model.headingTyped(left) };
  }

  // The same block with the keys its rows have now.
  present(block) {
    return { ...block, keys: block.places.map((place) => this.model.row(place).key) };
  }
}
