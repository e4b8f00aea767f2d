// What may not be edited here, and why. The server refuses too; this only says so before anything is typed.
import { overlap } from "./address.js";

export class Guarding {
  constructor(model, notices, words) {
    Object.assign(this, { model, notices, words });
  }

  locked(row, column) {
    const guard = this.model.guard(row, column);
    return !this.model.layout.canEdit || Boolean(guard && !guard.warning);
  }

  reason(guard) {
    if (!this.model.layout.canEdit) return this.words.viewer;
    return guard?.description ? this.words.locked_for.replace("{what}", guard.description) : this.words.locked;
  }

  // Whether a cell may be typed into now. If a question is asked first, `then` is called after a yes.
  mayType(row, column, then) {
    return this.mayWrite({ top: row, left: column, bottom: row + 1, right: column + 1 }, then);
  }

  mayWrite(area, then) {
    const { layout } = this.model;
    const touched = layout ? layout.protected.filter((one) => this.touches(one, area)) : [];
    const hard = touched.find((one) => !one.warning);
    if (!layout?.canEdit || hard) {
      this.notices.show(this.reason(hard), { name: "locked", kind: "quiet" });
      return false;
    }
    const soft = touched.find((one) => !this.wasAsked(one));
    if (!soft) return true;
    this.askOnce(soft, then);
    return false;
  }

  touches({ box, holes }, area) {
    const inHole = holes.some(
      (hole) => area.top >= hole.top && area.left >= hole.left && area.bottom <= hole.bottom && area.right <= hole.right,
    );
    return overlap(box, area) && !inHole;
  }

  wasAsked({ id }) {
    return sessionStorage.getItem(`desk-asked-${id}`) !== null;
  }

  async askOnce(guard, then) {
    const text = guard.description ? this.words.warn_for.replace("{what}", guard.description) : this.words.warn;
    if (!(await this.notices.ask(text, this.words.edit_anyway, this.words.leave_it))) return;
    sessionStorage.setItem(`desk-asked-${guard.id}`, "1");
    then();
  }
}
