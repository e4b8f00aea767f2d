// Mouse and touch: selecting, editing by a second tap, column widths, headings, lists and checkboxes.

const NARROWEST = 24; // pixels of a column

export class Pointer {
  constructor(parts) {
    Object.assign(this, parts); // drawing, selection, editing, model, actions, menu, toggle
    const { scroller } = this.drawing;
    scroller.addEventListener("pointerdown", (event) => this.down(event));
    scroller.addEventListener("dblclick", (event) => this.twice(event));
    scroller.addEventListener("click", (event) => this.click(event));
    scroller.addEventListener("contextmenu", (event) => this.context(event));
    // A mouse drags over cells; a finger scrolls and selects with a tap.
    this.editing.area.addEventListener("click", () => this.tapAgain());
  }

  down(event) {
    if (event.target.closest(".more, a")) return;
    if (event.target.closest(".grip")) {
      this.dragWidth(event);
      return;
    }
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    const place = this.drawing.placeOf(event.target);
    if (!place) return; // the scrollbars
    event.preventDefault();
    this.editing.end();
    this.select(place, event.shiftKey);
    this.editing.focus();
    this.drag(event, place.kind);
  }

  select(place, extend) {
    const { selection } = this;
    if (place.kind === "all") selection.selectWhole("all", 0);
    else if (place.kind === "rows") selection.selectWhole("rows", place.row, extend);
    else if (place.kind === "columns") selection.selectWhole("columns", place.column, extend);
    else if (extend) selection.extend(place.row, place.column);
    else selection.go(place.row, place.column);
  }

  drag(event, kind) {
    const { scroller } = this.drawing;
    const moved = (move) => {
      const under = document.elementFromPoint(move.clientX, move.clientY);
      const place = under && scroller.contains(under) ? this.drawing.placeOf(under) : null;
      if (!place) return;
      if (kind === "cell" && place.kind === "cell") this.selection.extend(place.row, place.column);
      else if (kind === "rows" || kind === "columns") this.select({ ...place, kind }, true);
      if (place.kind === "cell") this.drawing.reveal(place);
    };
    const ended = () => {
      removeEventListener("pointermove", moved);
      removeEventListener("pointerup", ended);
    };
    addEventListener("pointermove", moved);
    addEventListener("pointerup", ended);
  }

  click(event) {
    const { target } = event;
    if (target.closest("a")) return;
    const more = target.closest(".more");
    const place = this.drawing.placeOf(target);
    if (!place) return;
    if (more) {
      this.select(place, false);
      const { left, bottom } = more.getBoundingClientRect();
      this.menu.open(left, bottom);
      return;
    }
    if (target.closest(".box")) {
      this.selection.go(place.row, place.column);
      this.toggle(this.selection.area);
      this.editing.focus();
      return;
    }
    if (target.closest(".open")) {
      this.selection.go(place.row, place.column);
      this.editing.begin("inside", { text: this.editing.typed() });
      return;
    }
    if (event.pointerType !== "mouse" && !target.closest(".grip")) this.tap(place);
  }

  // The first tap selects. The second lands on the editor, which lies over the cell by then.
  tap(place) {
    this.editing.end();
    this.select(place, false);
    this.editing.focus();
  }

  tapAgain() {
    if (!this.editing.editing && this.editing.touch) this.editing.begin("inside", { text: this.editing.typed() });
  }

  twice(event) {
    const place = this.drawing.placeOf(event.target);
    if (place?.kind !== "cell" || event.target.closest("a, .box, .open")) return;
    this.editing.begin("inside", { text: this.editing.typed() });
  }

  context(event) {
    const place = this.drawing.placeOf(event.target);
    if (!place || event.target.closest("a")) return;
    event.preventDefault();
    const { area } = this.selection;
    const inside = place.row >= area.top && place.row < area.bottom && place.column >= area.left && place.column < area.right;
    if (!inside) this.select(place, false);
    this.menu.open(event.clientX, event.clientY);
  }

  dragWidth(event) {
    event.preventDefault();
    const letter = event.target.closest(".letter");
    const column = Number(letter.dataset.column);
    const { columns } = this.model;
    const from = event.clientX;
    const width = columns.size(column);
    let wanted = width;
    event.target.setPointerCapture(event.pointerId);
    const moved = (move) => {
      wanted = Math.max(NARROWEST, width + move.clientX - from);
      letter.style.width = `${wanted}px`;
    };
    const ended = () => {
      event.target.removeEventListener("pointermove", moved);
      if (wanted !== width) this.actions.resize(column, wanted);
    };
    event.target.addEventListener("pointermove", moved);
    event.target.addEventListener("pointerup", ended, { once: true });
  }
}
