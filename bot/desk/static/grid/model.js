// What the page knows of its sheet: the layout, and windows of rows fetched as they are needed.
import { call } from "/static/page.js";
import { holds } from "./address.js";
import { Axis } from "./axis.js";

const CHUNK = 100; // rows in one request; the server's windows are no larger than 1000
const ROW_HEIGHT = 26;
const KEPT_CHUNKS = 60;
export const EMPTY = { key: 0, texts: [], styles: [] };

export class Model extends EventTarget {
  constructor(address) {
    super();
    this.address = address; // "/book/{id}/{sheetId}"
    this.revision = -1;
    this.layout = null;
    this.filled = [0, 0];
    this.rows = new Axis(ROW_HEIGHT);
    this.columns = new Axis(100);
    this.pending = new Map(); // texts on their way to the server, by cell
    this.fitted = new Map(); // heights rows took for their wrapped texts, by row key
    this.looks = []; // every style met, each once
    this.lookOf = new Map();
    this.chunks = new Map(); // number -> { revision, rows }
    this.asked = new Map(); // number -> promise
  }

  row(index) {
    return this.chunks.get(Math.floor(index / CHUNK))?.rows[index % CHUNK] ?? EMPTY;
  }

  known(index) {
    return this.chunks.has(Math.floor(index / CHUNK));
  }

  text(index, column) {
    return this.pending.get(`${index}:${column}`) ?? this.row(index).texts[column] ?? "";
  }

  // What an editor opens with.
  typed(index, column) {
    const waiting = this.pending.get(`${index}:${column}`);
    return waiting ?? this.row(index).typed?.[column] ?? this.row(index).texts[column] ?? "";
  }

  look(index, column) {
    return this.looks[this.row(index).styles[column] ?? 0] ?? this.looks[0];
  }

  // The heading a column has in the last frozen row; empty without frozen rows.
  heading(column) {
    const { frozenRows } = this.layout;
    return frozenRows ? this.text(frozenRows - 1, column) : "";
  }

  headingTyped(column) {
    const { frozenRows } = this.layout;
    return frozenRows ? { row: frozenRows - 1, text: this.typed(frozenRows - 1, column) } : null;
  }

  // The protected range a cell lies in; one that refuses comes before one that only asks.
  guard(row, column) {
    const found = this.layout.protected.filter(
      (one) => holds(one.box, row, column) && !one.holes.some((hole) => holds(hole, row, column)),
    );
    return found.find((one) => !one.warning) ?? found[0] ?? null;
  }

  merge(row, column) {
    return this.layout.merges.find((one) => holds(one, row, column)) ?? null;
  }

  // Ask for the rows of an area that are missing or out of date; resolves when they are all here.
  async ensure(top, bottom) {
    const last = Math.floor(Math.max(top, Math.min(bottom, this.rows.count) - 1) / CHUNK);
    const wanted = [];
    for (let number = Math.floor(top / CHUNK); number <= last; number += 1) {
      if (this.chunks.get(number)?.revision !== this.revision) wanted.push(this.fetchChunk(number));
    }
    await Promise.all(wanted);
  }

  async fetchChunk(number, more = "") {
    if (this.asked.has(number) && !more) return this.asked.get(number);
    const promise = this.fetched(number, more).finally(() => {
      if (this.asked.get(number) === promise) this.asked.delete(number);
    });
    this.asked.set(number, promise);
    return promise;
  }

  async fetched(number, more) {
    const from = number * CHUNK;
    const known = this.layout ? `&known=${this.revision}` : "";
    const query = `top=${from}&bottom=${from + CHUNK}${known}${more}`;
    const { ok, status, answer } = await call("GET", `${this.address}/view?${query}`);
    if (!ok) throw Object.assign(new Error(answer?.error?.message ?? String(status)), { status });
    if (answer.revision < this.revision) return answer; // overtaken by a later answer
    if (answer.layout) this.takeLayout(answer.layout);
    this.filled = answer.filled ?? this.filled; // rows and columns that hold every value
    const isNews = answer.revision !== this.revision;
    this.revision = answer.revision;
    if (isNews) this.dispatchEvent(new Event("revision"));
    this.takeRows(number, answer);
    return answer;
  }

  takeLayout(layout) {
    const written = JSON.stringify(layout);
    if (written === this.written) return; // most changes are of cells alone
    this.written = written;
    this.layout = layout;
    this.columns.usual = layout.columnWidth;
    const widths = new Map();
    const hidden = [];
    for (const [index, one] of Object.entries(layout.columns)) {
      widths.set(Number(index), one.width);
      if (one.hidden) hidden.push([Number(index), 1]);
    }
    this.columns.set(layout.columnCount, widths, hidden);
    this.measureRows();
    this.dispatchEvent(new Event("layout"));
  }

  measureRows() {
    const { rowCount, heights, hidden } = this.layout;
    const sizes = new Map();
    for (const [number, chunk] of this.chunks) {
      chunk.rows.forEach((row, offset) => {
        if (row.key && this.fitted.has(row.key)) sizes.set(number * CHUNK + offset, this.fitted.get(row.key));
      });
    }
    for (const [index, height] of Object.entries(heights)) sizes.set(Number(index), height);
    this.rows.set(rowCount, sizes, hidden);
  }

  takeRows(number, answer) {
    const numbers = answer.styles.map((style) => this.numberOf(style));
    for (const row of answer.rows) {
      row.texts ??= [];
      row.styles = (row.styles ?? []).map((index) => numbers[index]);
    }
    const before = this.chunks.get(number);
    this.chunks.delete(number); // put last: the first ones are the longest unused
    this.chunks.set(number, { revision: answer.revision, rows: answer.rows });
    while (this.chunks.size > KEPT_CHUNKS) this.chunks.delete(this.chunks.keys().next().value);
    const detail = { top: number * CHUNK, rows: answer.rows, before: before?.rows ?? null };
    this.dispatchEvent(new CustomEvent("rows", { detail }));
  }

  numberOf(style) {
    const name = JSON.stringify(style);
    if (!this.lookOf.has(name)) {
      this.lookOf.set(name, this.looks.length);
      this.looks.push(style);
      this.dispatchEvent(new CustomEvent("look", { detail: this.looks.length - 1 }));
    }
    return this.lookOf.get(name);
  }

  // The row to which a leap up (-1) or down (1) from a cell leads.
  async edge({ row, column }, step) {
    const { answer } = await call("GET", `${this.address}/edge?row=${row}&column=${column}&down=${step > 0 ? 1 : 0}`);
    return answer.row;
  }

  // Fetch anew what is on the screen. `follow` is a row to be found again: { key, index }; answers its place now.
  async refresh(top, bottom, follow = null) {
    const first = Math.floor(top / CHUNK);
    const more = follow?.key ? `&find=${follow.key}&near=${follow.index}` : "";
    const answer = await this.fetchChunk(first, more || "&again=1");
    await this.ensure(top, bottom);
    if (this.layout.frozenRows) await this.ensure(0, this.layout.frozenRows);
    return follow?.key ? (answer.found ?? null) : (follow?.index ?? null);
  }
}
