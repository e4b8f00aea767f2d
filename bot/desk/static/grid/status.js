// The line below the grid and the name of the cell above it: where the person is, and what is selected.
import { areaName, cellName } from "./address.js";

const MOST_ROWS = 5000; // summed up; more take too long while a selection grows

export class Status {
  constructor(parts) {
    Object.assign(this, parts); // model, selection, guarding, words, notices, name, status, lock
    this.language = document.documentElement.lang;
    this.selection.addEventListener("change", () => this.show());
  }

  show() {
    const { selection, model } = this;
    if (!model.layout) return;
    const { row, column } = selection.active;
    // A change by somebody else must not overwrite the name a person is typing.
    if (document.activeElement !== this.name) this.name.value = selection.isOne ? cellName(row, column) : areaName(selection.area);
    const locked = this.guarding.locked(row, column);
    this.lock.hidden = !locked;
    this.lock.title = locked ? this.guarding.reason(model.guard(row, column)) : "";
    this.status.textContent = selection.isOne ? (locked ? this.lock.title : this.filtered()) : this.summary();
    this.announce(row, column, locked);
  }

  filtered() {
    const { filter } = this.model.layout;
    return filter?.hiddenRows ? this.words.filtered.replace("{count}", filter.hiddenRows) : "";
  }

  announce(row, column, locked) {
    const { model } = this;
    const parts = [cellName(row, column), model.heading(column), model.text(row, column) || this.words.blank];
    if (locked) parts.push(this.words.is_locked);
    if (model.row(row).notes?.[column]) parts.push(`${this.words.note}: ${model.row(row).notes[column]}`);
    const said = parts.filter(Boolean).join(", ");
    if (said !== this.said) this.notices.say(said);
    this.said = said;
  }

  summary() {
    const { top, left, bottom, right } = this.selection.area;
    const { rows, columns } = this.model;
    let [filled, numbers, sum] = [0, 0, 0];
    for (let row = top; row < Math.min(bottom, top + MOST_ROWS); row += 1) {
      if (!rows.size(row)) continue;
      for (let column = left; column < right; column += 1) {
        if (!columns.size(column)) continue;
        const text = this.model.text(row, column);
        if (!text) continue;
        filled += 1;
        const number = this.number(row, column);
        if (number !== null) [numbers, sum] = [numbers + 1, sum + number];
      }
    }
    if (!filled) return "";
    const format = new Intl.NumberFormat(this.language, { maximumFractionDigits: 4 });
    const counted = this.words.counted.replace("{count}", format.format(filled));
    return numbers ? `${this.words.sum.replace("{sum}", format.format(sum))}  ·  ${counted}` : counted;
  }

  // A cell's number; none for text, and for dates, which nobody adds up.
  number(row, column) {
    const data = this.model.row(row);
    if (this.model.looks[data.styles[column] ?? 0]?.kind !== "number") return null;
    return data.numbers?.[column] ?? toNumber(data.typed?.[column] ?? data.texts[column]);
  }
}

function toNumber(text) {
  const number = Number(text.replaceAll(",", ""));
  return Number.isFinite(number) ? number : null;
}
