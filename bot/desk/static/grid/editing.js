// The editor: one textarea that always lies over the active cell and has the focus, so that input methods
// (Chinese, Japanese, Korean) can begin composing in it. Until something is typed it cannot be seen.
import { cellName } from "./address.js";

export class Editing {
  constructor({ stage, bar, model, selection, drawing, guarding, words, commit }) {
    Object.assign(this, { bar, model, selection, drawing, guarding, words, commit });
    this.place = null; // { row, column, key } while something is edited
    this.mode = "ready"; // ready | typing (arrows leave the cell) | inside (arrows move the caret)
    this.area = document.createElement("textarea");
    this.area.className = "editor";
    this.area.rows = 1;
    for (const [name, value] of Object.entries({ autocomplete: "off", autocapitalize: "off", spellcheck: "false" })) {
      this.area.setAttribute(name, value);
      bar.setAttribute(name, value);
    }
    stage.append(this.area);
    this.area.addEventListener("input", () => this.wasTyped());
    this.area.addEventListener("compositionstart", () => this.begin("typing"));
    this.area.addEventListener("beforeinput", (event) => this.refuseLocked(event));
    bar.addEventListener("focus", () => this.begin("inside", { text: this.typed(), inBar: true }));
    bar.addEventListener("input", () => this.barTyped());
    selection.addEventListener("change", () => this.follow());
    drawing.scroller.addEventListener("drawn", () => this.lay());
    this.touch = matchMedia("(pointer: coarse)").matches;
  }

  get editing() {
    return this.place !== null;
  }

  get text() {
    return this.area.value;
  }

  typed() {
    return this.model.typed(this.selection.active.row, this.selection.active.column);
  }

  // Give the focus back to the grid. On touch screens no keyboard comes up before something is edited.
  focus() {
    if (this.touch) this.area.inputMode = this.editing ? "text" : "none";
    this.area.focus({ preventScroll: true });
  }

  // Start editing the active cell; false if it may not be edited (yet).
  begin(mode, { text = null, inBar = false } = {}) {
    if (this.editing) {
      if (mode === "inside") this.mode = "inside";
      return true;
    }
    const { row, column } = this.selection.active;
    if (!this.guarding.mayType(row, column, () => this.begin("inside", { text: this.typed() }))) {
      if (inBar) this.focus();
      return false;
    }
    this.place = { row, column, key: this.model.row(row).key };
    this.before = this.typed();
    this.mode = mode;
    if (text !== null) this.area.value = text;
    this.area.classList.add("open");
    this.drawing.reveal(this.place);
    if (!inBar) this.focus();
    this.lay();
    if (text !== null && !inBar) this.area.setSelectionRange(text.length, text.length);
    this.told();
    return true;
  }

  refuseLocked(event) {
    if (this.editing) return;
    const { row, column } = this.selection.active;
    const begins = event.inputType.startsWith("insert") && event.inputType !== "insertFromPaste";
    if (begins && !this.guarding.mayType(row, column, () => this.begin("typing", { text: event.data ?? "" }))) {
      event.preventDefault();
      this.area.value = "";
    }
  }

  wasTyped() {
    if (!this.editing && !this.begin("typing")) {
      this.area.value = "";
      return;
    }
    this.bar.value = this.area.value;
    this.lay();
    this.told();
  }

  barTyped() {
    if (!this.editing && !this.begin("inside", { text: this.bar.value, inBar: true })) return;
    this.area.value = this.bar.value;
    this.lay();
    this.told();
  }

  // End editing and hand the text over; nothing is written if it stayed the same.
  end() {
    if (!this.editing) return;
    const { place, before } = this;
    const text = this.area.value;
    this.close();
    if (text !== before) this.commit(place, text);
  }

  cancel() {
    if (!this.editing) return;
    this.close();
  }

  close() {
    this.place = null;
    this.mode = "ready";
    this.area.value = "";
    this.area.classList.remove("open");
    this.focus();
    this.follow();
    this.told();
  }

  told() {
    this.area.dispatchEvent(new Event("state"));
  }

  // The row being edited is somewhere else now: the editor goes with it and stays where it is on the screen.
  moveTo(row) {
    const { row: old, column } = this.place;
    if (row === old) return;
    const { rows } = this.model;
    this.place.row = row;
    this.drawing.scroller.scrollTop += rows.offset(row) - rows.offset(old);
    this.selection.go(row, column);
    this.lay();
  }

  // After a change of selection: the formula bar and the label say where the person is.
  follow() {
    const { row, column } = this.selection.active;
    if (!this.editing) {
      this.bar.value = this.model.layout ? this.typed() : "";
      this.bar.readOnly = Boolean(this.model.layout && this.guarding.locked(row, column));
    }
    this.area.setAttribute("aria-label", `${cellName(row, column)} ${this.model.heading?.(column) ?? ""}`);
    this.area.setAttribute("aria-activedescendant", `c${row}-${column}`);
    this.lay();
  }

  // Lay the textarea over its cell; while editing it grows with the text, to the right and down.
  lay() {
    if (!this.model.layout) return;
    const { row, column } = this.place ?? this.selection.active;
    const { x, y, width, height } = this.drawing.rect(row, column);
    const { style } = this.area;
    style.left = `${x}px`;
    style.top = `${y}px`;
    style.minWidth = `${width + 1}px`;
    style.minHeight = `${height + 1}px`;
    style.width = `${width + 1}px`;
    style.height = `${height + 1}px`;
    if (!this.editing) return;
    const { clientWidth, clientHeight } = this.drawing.scroller;
    const room = Math.max(width + 1, clientWidth - x - 8);
    style.width = `${Math.min(room, Math.max(width + 1, Math.min(480, longestLine(this.area.value) * 9 + 24)))}px`;
    style.height = `${Math.max(height + 1, Math.min(this.area.scrollHeight + 2, clientHeight - y - 8))}px`;
  }
}

// The longest line in characters of usual width; a Chinese one counts for two.
const longestLine = (text) =>
  Math.max(...text.split("\n").map((line) => [...line].reduce((sum, char) => sum + (char > "\u2e80" ? 2 : 1), 0)));
