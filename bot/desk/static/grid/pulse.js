// Keeps the page in time with the workbook: fetches anew after a change, follows the row a person is typing in,
// shows softly what others changed, and says when a write was refused.
import { cellName } from "./address.js";

export class Pulse {
  constructor(parts) {
    Object.assign(this, parts); // model, drawing, editing, selection, notices, words, writing
    this.running = null;
    this.again = false;
    this.model.addEventListener("rows", ({ detail }) => this.showChanges(detail));
  }

  async start() {
    await this.model.refresh(0, 60);
    this.drawing.draw();
  }

  // The desk says the workbook has this revision now; it counts from 0 again when the desk was started anew.
  heard(revision) {
    if (revision !== this.last) this.refresh().catch(() => {});
    this.last = revision;
  }

  // Fetch what is on the screen; calls that come meanwhile share one more round after this one.
  refresh() {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.rounds().finally(() => (this.running = null));
    return this.running;
  }

  async rounds() {
    do {
      this.again = false;
      await this.round();
    } while (this.again);
  }

  async round() {
    const { first, last } = this.drawing.span;
    const { place } = this.editing;
    const follow = place?.key ? { key: place.key, index: place.row } : null;
    const found = await this.model.refresh(Math.max(first, 0), Math.max(last + 1, 1), follow);
    if (follow && this.editing.place === place && found !== null) this.editing.moveTo(found);
    await this.model.ensure(this.selection.active.row, this.selection.active.row + 1);
    if (this.editing.place === place) this.editing.follow();
    this.selection.told();
  }

  // Light up the cells of rows known before in which something else stands now.
  showChanges({ top, rows, before }) {
    if (!before || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const known = new Map(before.filter((row) => row.key).map((row) => [row.key, row]));
    rows.forEach((row, offset) => {
      const old = known.get(row.key);
      if (!old) return;
      row.texts.forEach((text, column) => {
        const index = top + offset;
        if (text === (old.texts[column] ?? "") || this.model.pending.has(`${index}:${column}`)) return;
        document.getElementById(`c${index}-${column}`)?.classList.add("changed");
      });
    });
  }

  // A write was refused: say why, and offer to take the text up again where it was meant to go.
  refused({ block, status, error }, takeUp) {
    const place = { row: block.places[0], column: block.left };
    const typed = block.texts.length === 1 && block.texts[0].length === 1 ? block.texts[0][0] : null;
    const actions = typed ? [[this.words.edit_again, () => takeUp(place, typed)]] : [];
    const text = this.reasonFor(error, status).replace("{cell}", cellName(place.row, place.column));
    const shown = typed ? `${text} ${this.words.your_text.replace("{text}", typed.slice(0, 200))}` : text;
    this.notices.show(shown, { name: "refused", actions });
  }

  reasonFor(error, status) {
    const detail = error.details?.[0] ?? {};
    if (detail.reason === "DATA_VALIDATION") {
      const { cell, help } = detail.metadata;
      return `${this.words.invalid.replace("{cell}", cell)}${help ? ` ${help}` : ""}`;
    }
    const known = { ROW_GONE: "row_gone", ROW_TAKEN: "row_taken", COLUMN_GONE: "column_gone" }[detail.reason];
    if (known) return this.words[known];
    return `${this.words.refused} ${error.message ?? status}`;
  }
}
