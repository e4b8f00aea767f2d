// The list under a cell whose rule is a list: fetched when it opens, narrowed by what is typed.
import { call } from "/static/page.js";

export class Choices {
  constructor({ stage, editing, model, drawing, words, pick }) {
    Object.assign(this, { editing, model, drawing, words, pick });
    this.list = document.createElement("ul");
    this.list.className = "choices";
    this.list.id = "choices";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", words.choices);
    stage.append(this.list);
    this.all = [];
    this.at = -1;
    editing.area.addEventListener("state", () => this.sync());
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the focus stays in the editor
      const option = event.target.closest("[role=option]");
      if (option) this.take(option.textContent);
    });
    drawing.scroller.addEventListener("scroll", () => this.lay());
  }

  get isOpen() {
    return !this.list.hidden;
  }

  async sync() {
    const { place } = this.editing;
    const wanted = place && this.model.look(place.row, place.column).rule === "list";
    if (!wanted) {
      this.close();
      return;
    }
    if (this.place !== place) {
      this.place = place;
      const answer = await this.fetchFor(place);
      if (this.editing.place !== place) return;
      this.all = answer.choices ?? [];
      this.strict = answer.strict;
    }
    this.show();
  }

  async fetchFor({ row, column }) {
    const { ok, answer } = await call("GET", `${this.model.address}/choices?row=${row}&column=${column}`).catch(() => ({}));
    return ok ? answer : {};
  }

  show() {
    const { text, before } = this.editing;
    const asked = text === before ? "" : text.trim().toLowerCase();
    const fitting = this.all.filter((one) => one.toLowerCase().includes(asked));
    fitting.sort((one, other) => other.toLowerCase().startsWith(asked) - one.toLowerCase().startsWith(asked));
    this.list.replaceChildren(...fitting.slice(0, 200).map((one, index) => this.option(one, index)));
    this.list.hidden = fitting.length === 0;
    const now = asked ? (this.strict ? 0 : -1) : fitting.indexOf(before);
    this.lay();
    this.highlight(now);
  }

  option(text, index) {
    const item = document.createElement("li");
    item.id = `choice-${index}`;
    item.setAttribute("role", "option");
    item.textContent = text;
    return item;
  }

  highlight(index) {
    this.at = Math.max(-1, Math.min(index, this.list.children.length - 1));
    [...this.list.children].forEach((item, place) => item.setAttribute("aria-selected", place === this.at));
    const current = this.list.children[this.at];
    current?.scrollIntoView({ block: "nearest" });
    const { area } = this.editing;
    if (current) area.setAttribute("aria-activedescendant", current.id);
    area.setAttribute("aria-controls", "choices");
    area.setAttribute("aria-expanded", this.isOpen);
  }

  step(by) {
    this.highlight(this.at + by < 0 ? this.list.children.length - 1 : (this.at + by) % this.list.children.length);
  }

  // The option Enter and Tab take; null to keep what was typed.
  get chosen() {
    return this.isOpen ? (this.list.children[this.at]?.textContent ?? null) : null;
  }

  take(text) {
    this.editing.area.value = text;
    this.close();
    this.pick();
  }

  close() {
    this.list.hidden = true;
    this.place = null;
    this.editing.area.removeAttribute("aria-expanded");
  }

  lay() {
    if (!this.isOpen || !this.place) return;
    const { x, y, width, height } = this.drawing.rect(this.place.row, this.place.column);
    const { clientHeight, clientWidth } = this.drawing.scroller;
    const below = clientHeight - y - height;
    const { style } = this.list;
    style.left = `${Math.max(4, Math.min(x, clientWidth - Math.max(width, 180) - 4))}px`;
    style.minWidth = `${Math.max(width, 180)}px`;
    style.maxHeight = `${Math.max(120, Math.min(280, Math.max(below, y) - 8))}px`;
    style.top = below > 140 || below > y ? `${y + height + 2}px` : "";
    style.bottom = below > 140 || below > y ? "" : `${this.list.parentElement.clientHeight - y + 2}px`;
  }
}
