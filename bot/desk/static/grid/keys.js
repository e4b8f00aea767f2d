// The keyboard, as in Sheets.

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class Keys {
  constructor(parts) {
    Object.assign(this, parts); // selection, model, drawing, editing, choices, writing, history, menu, clipboard, toggle
    this.editing.area.addEventListener("keydown", (event) => this.key(event));
    this.editing.bar.addEventListener("keydown", (event) => this.barKey(event));
  }

  key(event) {
    // While an input method composes, Enter and the arrows belong to it. 229 is how older ones say so.
    if (event.isComposing || event.keyCode === 229) return;
    const handled = this.editing.editing ? this.keyInside(event) : this.keyOnGrid(event);
    if (handled) event.preventDefault();
  }

  barKey(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (["Enter", "Tab", "Escape"].includes(event.key) && !event.altKey && this.keyInside(event)) event.preventDefault();
  }

  keyInside(event) {
    const { editing, choices } = this;
    const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (key === "Escape") {
      editing.cancel();
      return true;
    }
    if (key === "Enter" && (altKey || ctrlKey || metaKey) && event.target === editing.area) {
      this.insert("\n");
      return true;
    }
    if (key === "Enter" || key === "Tab") {
      if (choices.chosen !== null) editing.area.value = choices.chosen;
      editing.end();
      return this.onward(key, shiftKey) || true;
    }
    if (choices.isOpen && (key === "ArrowDown" || key === "ArrowUp")) {
      choices.step(key === "ArrowDown" ? 1 : -1);
      return true;
    }
    if (key === "F2") {
      editing.mode = editing.mode === "typing" ? "inside" : "typing";
      return true;
    }
    if (key in ARROWS && editing.mode === "typing" && !altKey) {
      editing.end();
      return this.keyOnGrid(event);
    }
    return false;
  }

  insert(text) {
    const { area } = this.editing;
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input"));
  }

  // Enter goes down and Tab to the right, back with Shift, and round inside a selected area.
  onward(key, back) {
    const { selection } = this;
    const by = back ? -1 : 1;
    const [rows, columns] = key === "Enter" ? [by, 0] : [0, by];
    const inside = selection.within(rows, columns);
    if (inside) {
      selection.activate(inside);
      this.drawing.reveal(inside);
      return true;
    }
    const from = selection.active;
    const next = selection.step(from, rows, columns);
    if (key === "Tab" && next.column === from.column) return false; // out of the grid at its edge
    const begun = selection.tabFrom ?? from.column;
    if (key === "Enter" && selection.tabFrom !== null) next.column = selection.tabFrom;
    selection.go(next.row, next.column, { keepTab: key === "Tab" });
    selection.tabFrom = key === "Tab" ? begun : null;
    this.drawing.reveal(selection.active);
    return true;
  }

  keyOnGrid(event) {
    const { key, shiftKey, altKey } = event;
    const control = event.ctrlKey || event.metaKey;
    if (key === "Enter" && altKey) return this.openLink();
    if (key === "ArrowDown" && altKey) return this.openChoices();
    if (key in ARROWS && control) return this.leap(ARROWS[key], shiftKey);
    if (key in ARROWS) return this.move(this.selection.step(this.from(shiftKey), ...ARROWS[key]), shiftKey);
    if (control) return this.command(event);
    if (key === "Enter" && !this.selection.isOne) return this.onward(key, shiftKey);
    if (key === "Enter" && shiftKey) return this.onward(key, true);
    if (key === "Enter" || key === "F2") return this.edit();
    if (key === "Tab") return this.onward(key, shiftKey);
    if (key === " " && this.isCheckbox()) return this.toggle(this.selection.area);
    if (key === " " && shiftKey) return this.selection.selectWhole("rows", this.selection.active.row) || true;
    if (key === "Delete" || key === "Backspace") return this.menu.clear() || true;
    if (key === "Escape") return this.clipboard.forget() || true;
    if ((key === "F10" && shiftKey) || key === "ContextMenu") return this.openMenu();
    return this.jump(key, control, shiftKey);
  }

  jump(key, control, shiftKey) {
    const { rows, columns } = this.model;
    const from = this.from(shiftKey);
    const page = Math.max(1, Math.floor(this.drawing.scroller.clientHeight / rows.usual) - 2 - this.drawing.frozen.rows);
    const first = columns.visible(0, 1, 0);
    const places = {
      Home: () => ({ row: control ? rows.visible(0, 1, 0) : from.row, column: first }),
      End: () => (control ? this.lastCell() : { row: from.row, column: this.lastFilledColumn(from.row) }),
      PageDown: () => ({ row: rows.walk(from.row, page), column: from.column }),
      PageUp: () => ({ row: rows.walk(from.row, -page), column: from.column }),
    };
    if (!(key in places)) return false;
    this.move(places[key](), shiftKey);
    // Frozen cells are always on the screen, so going there has nothing to reveal; Home still means the beginning.
    if (key === "Home") this.drawing.scroller.scrollTo({ left: 0, ...(control && { top: 0 }) });
    return true;
  }

  command(event) {
    const { shiftKey } = event;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const { history, selection } = this;
    if (key === "a") return this.selectAll();
    if (key === "z") return this.takeBack(shiftKey ? "redo" : "undo");
    if (key === "y") return this.takeBack("redo");
    if (key === " ") return selection.selectWhole("columns", selection.active.column) || true;
    if (key === "Backspace") return this.drawing.reveal(selection.active) || true;
    if (["c", "x", "v"].includes(key)) return false; // the clipboard's own events follow
    return history ? this.jump(event.key, true, shiftKey) : false;
  }

  selectAll() {
    const { selection } = this;
    selection.selectWhole("all", 0);
    return true;
  }

  // Where a movement starts: the far corner while a selection is extended.
  from(extending) {
    return extending ? this.selection.far : this.selection.active;
  }

  move(place, extending) {
    if (extending) this.selection.extend(place.row, place.column);
    else this.selection.go(place.row, place.column);
    this.drawing.reveal(extending ? this.selection.far : this.selection.active);
    return true;
  }

  // Rows that were never on the screen are unknown here; then the desk says where the leap ends.
  leap([rows, columns], extending) {
    const from = this.from(extending);
    const place = this.selection.leap(from, rows, columns);
    if (!rows || this.model.known(place.row)) return this.move(place, extending);
    this.model.edge(from, rows).then((row) => this.move({ row, column: from.column }, extending), () => {});
    return true;
  }

  edit() {
    if (this.isCheckbox()) return this.toggle(this.selection.area);
    this.editing.begin("inside", { text: this.editing.typed() });
    return true;
  }

  isCheckbox() {
    const { row, column } = this.selection.active;
    return this.model.look(row, column).rule === "boolean";
  }

  openChoices() {
    const { row, column } = this.selection.active;
    return this.model.look(row, column).rule === "list" ? this.edit() : false;
  }

  openLink() {
    const { row, column } = this.selection.active;
    const anchor = document.getElementById(`c${row}-${column}`)?.querySelector("a");
    anchor?.click();
    return Boolean(anchor);
  }

  openMenu() {
    const { row, column } = this.selection.active;
    const { x, y, height } = this.drawing.rect(row, column);
    const frame = this.drawing.scroller.getBoundingClientRect();
    this.menu.open(frame.left + x, frame.top + y + height);
    return true;
  }

  lastFilledColumn(row) {
    const { texts } = this.model.row(row);
    const last = texts.findLastIndex((text) => text !== "");
    return this.model.columns.visible(Math.max(last, 0), -1, 0);
  }

  lastCell() {
    const { rows, columns, filled } = this.model;
    const last = (count) => Math.max(count - 1, 0);
    return { row: rows.visible(last(filled[0]), -1, 0), column: columns.visible(last(filled[1]), -1, 0) };
  }
}
