// The menu of the selected cells: by the ⋮ in a heading, the toolbar's button, the right mouse button, Shift+F10.

export class Menu {
  constructor({ selection, model, actions, clipboard, editing, words, writing, guarding }) {
    Object.assign(this, { selection, model, actions, clipboard, editing, words, writing, guarding });
    this.element = document.createElement("div");
    this.element.className = "menu";
    this.element.setAttribute("role", "menu");
    this.element.setAttribute("aria-label", words.menu);
    this.element.hidden = true;
    document.body.append(this.element);
    this.element.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("pointerdown", (event) => {
      if (!this.element.hidden && !this.element.contains(event.target)) this.close(false);
    });
  }

  entries() {
    const { area, whole } = this.selection;
    const { words, actions } = this;
    const counted = (text, count) => text.replace("{count}", count);
    const rows = area.bottom - area.top;
    const columns = area.right - area.left;
    const rowEntries = [
      [counted(words.insert_above, rows), () => actions.insert("ROWS", false)],
      [counted(words.insert_below, rows), () => actions.insert("ROWS", true)],
      [counted(words.delete_rows, rows), () => actions.remove("ROWS")],
      [words.hide_rows, () => actions.hide("ROWS", true)],
      ...(this.hidesSome("rows") ? [[words.show_rows, () => actions.hide("ROWS", false)]] : []),
    ];
    const columnEntries = [
      [words.sort_up, () => actions.sort(this.selection.active.column, "ASCENDING")],
      [words.sort_down, () => actions.sort(this.selection.active.column, "DESCENDING")],
      [counted(words.insert_left, columns), () => actions.insert("COLUMNS", false)],
      [counted(words.insert_right, columns), () => actions.insert("COLUMNS", true)],
      [counted(words.delete_columns, columns), () => actions.remove("COLUMNS")],
      [words.hide_columns, () => actions.hide("COLUMNS", true)],
      ...(this.hidesSome("columns") ? [[words.show_columns, () => actions.hide("COLUMNS", false)]] : []),
    ];
    const clear = [words.clear, () => this.clear()];
    if (whole === "rows") return [rowEntries, [clear]];
    if (whole === "columns") return [columnEntries, [clear]];
    return [rowEntries, columnEntries, [clear]];
  }

  // Whether hidden rows or columns lie in the selection or right beside it.
  hidesSome(kind) {
    const { area } = this.selection;
    const [from, to] = kind === "rows" ? [area.top, area.bottom] : [area.left, area.right];
    const axis = this.model[kind];
    for (let index = Math.max(0, from - 1); index < Math.min(to + 1, axis.count); index += 1) {
      if (!axis.size(index)) return true;
    }
    return false;
  }

  clear() {
    const { area } = this.selection;
    if (!this.guarding.mayWrite(area, () => this.clear())) return;
    const texts = [];
    const bottom = Math.min(area.bottom, this.lastFilled(area));
    for (let row = area.top; row < bottom; row += 1) {
      texts.push(Array.from({ length: area.right - area.left }, (_, at) => (this.model.text(row, area.left + at) ? "" : null)));
    }
    if (texts.flat().some((text) => text !== null)) this.writing.write([this.writing.block(area.top, area.left, texts)]);
  }

  // The end of the rows of an area that are here: nothing is cleared that was never seen.
  lastFilled(area) {
    let row = area.top;
    while (row < area.bottom && this.model.known(row)) row += 1;
    return row;
  }

  open(x, y) {
    this.element.replaceChildren();
    this.entries().forEach((group, index) => {
      if (index) {
        const line = document.createElement("hr");
        line.setAttribute("role", "separator");
        this.element.append(line);
      }
      for (const [label, act] of group) this.element.append(this.item(label, act));
    });
    this.element.hidden = false;
    const { offsetWidth, offsetHeight } = this.element;
    this.element.style.left = `${Math.max(4, Math.min(x, innerWidth - offsetWidth - 4))}px`;
    this.element.style.top = `${Math.max(4, Math.min(y, innerHeight - offsetHeight - 4))}px`;
    this.element.querySelector("[role=menuitem]").focus();
  }

  item(label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.setAttribute("role", "menuitem");
    button.textContent = label;
    button.addEventListener("click", () => {
      this.close(true);
      act();
    });
    return button;
  }

  key(event) {
    const items = [...this.element.querySelectorAll("[role=menuitem]")];
    const at = items.indexOf(document.activeElement);
    const moves = { ArrowDown: (at + 1) % items.length, ArrowUp: (at - 1 + items.length) % items.length, Home: 0, End: items.length - 1 };
    if (event.key in moves) items[moves[event.key]].focus();
    else if (event.key === "Escape" || event.key === "Tab") this.close(true);
    else return;
    event.preventDefault();
  }

  close(giveBack) {
    this.element.hidden = true;
    if (giveBack) this.editing.focus();
  }
}
