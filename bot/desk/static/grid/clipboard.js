// Copy, cut and paste of areas: texts for other programs, and whole cells within the workbook.
import { areaName, isOneCell } from "./address.js";
import { fromHtml, fromTsv, toHtml, toTsv } from "./tsv.js";

const MOST_AT_ONCE = 200_000; // cells of one paste

export class Clipboard {
  constructor({ model, selection, editing, writing, actions, guarding, notices, words, sheet }) {
    Object.assign(this, { model, selection, editing, writing, actions, guarding, notices, words, sheet });
    this.own = null; // the last copy made here: { mark, area, keys, cut }
    const { area } = editing;
    area.addEventListener("copy", (event) => this.copy(event, false));
    area.addEventListener("cut", (event) => this.copy(event, true));
    area.addEventListener("paste", (event) => this.paste(event));
  }

  copy(event, cut) {
    if (this.editing.editing) return;
    event.preventDefault();
    const { area } = this.selection;
    if (cut && !this.guarding.mayWrite(area, () => {})) return;
    this.own = null;
    if (!this.loaded(area)) {
      if (cut) this.notices.show(this.words.too_much);
      else this.copyLong(area);
      return;
    }
    const texts = this.texts(area);
    const mark = crypto.randomUUID();
    this.own = { mark, area, keys: this.keys(area), cut };
    event.clipboardData.setData("text/plain", toTsv(texts));
    event.clipboardData.setData("text/html", toHtml(texts, mark));
    this.notices.say((cut ? this.words.was_cut : this.words.was_copied).replace("{area}", areaName(area)));
    this.showSource(area);
  }

  // Rows that were never on the screen are fetched first, which takes longer than the event lasts.
  async copyLong(area) {
    const fetched = (async () => {
      const texts = [];
      for (let top = area.top; top < area.bottom; top += 100) {
        await this.model.ensure(top, Math.min(top + 100, area.bottom));
        texts.push(...this.texts({ ...area, top, bottom: Math.min(top + 100, area.bottom) }));
      }
      return new Blob([toTsv(texts)], { type: "text/plain" });
    })();
    try {
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": fetched })]);
      this.notices.say(this.words.was_copied.replace("{area}", areaName(area)));
    } catch {
      this.notices.show(this.words.not_copied);
    }
  }

  texts({ top, left, bottom, right }) {
    const rows = [];
    for (let row = top; row < bottom; row += 1) {
      if (!this.model.rows.size(row)) continue;
      const line = [];
      for (let column = left; column < right; column += 1) line.push(this.model.text(row, column));
      rows.push(line);
    }
    return rows;
  }

  keys({ top, bottom }) {
    const keys = [];
    for (let row = top; row < bottom; row += 1) keys.push(this.model.row(row).key);
    return keys;
  }

  loaded({ top, bottom }) {
    for (let row = top; row < bottom; row += 100) if (!this.model.known(row)) return false;
    return this.model.known(bottom - 1);
  }

  showSource(area) {
    this.sheet.dispatchEvent(new CustomEvent("source", { detail: area }));
  }

  // Forget what was cut or copied, as Esc does.
  forget() {
    this.own = null;
    this.showSource(null);
  }

  async paste(event) {
    if (this.editing.editing) return;
    event.preventDefault();
    const html = event.clipboardData.getData("text/html");
    const plain = event.clipboardData.getData("text/plain");
    const table = html ? fromHtml(html) : null;
    const mine = this.own && table && table.mark === this.own.mark && this.stillThere();
    if (mine && !event.shiftKey) {
      await this.pasteOwn();
      return;
    }
    const rows = plain ? fromTsv(plain) : (table?.rows ?? []);
    if (rows.length) await this.pasteTexts(rows);
  }

  // Whether the copied rows are still where they were; if not, their texts are pasted instead.
  stillThere() {
    const { area, keys } = this.own;
    return keys.every((key, offset) => this.model.row(area.top + offset).key === key);
  }

  async pasteOwn() {
    const { area, cut } = this.own;
    const target = this.target(area.bottom - area.top, area.right - area.left);
    if (!this.guarding.mayWrite(target, () => this.pasteOwn())) return;
    if (!(await this.makeRoom(target))) return;
    if (await this.actions.paste(area, target, cut)) this.selection.selectArea(cut ? this.sized(target, area) : target);
    if (cut) this.forget();
  }

  sized(target, area) {
    return { ...target, bottom: target.top + area.bottom - area.top, right: target.left + area.right - area.left };
  }

  // The area a block of a size fills: the selection where that is a multiple of it, else from its first cell on.
  target(height, width) {
    const { top, left, bottom, right } = this.selection.area;
    const tall = (bottom - top) % height === 0 ? bottom - top : height;
    const wide = (right - left) % width === 0 ? right - left : width;
    const fits = tall * wide <= MOST_AT_ONCE;
    return { top, left, bottom: top + (fits ? tall : height), right: left + (fits ? wide : width) };
  }

  async pasteTexts(rows) {
    const width = Math.max(...rows.map((row) => row.length));
    if (rows.length * width > MOST_AT_ONCE) {
      this.notices.show(this.words.too_much);
      return;
    }
    const target = this.target(rows.length, width);
    if (!this.guarding.mayWrite(target, () => this.pasteTexts(rows))) return;
    if (!(await this.makeRoom(target))) return;
    await this.model.ensure(target.top, target.bottom);
    const texts = [];
    for (let row = target.top; row < target.bottom; row += 1) {
      const source = rows[(row - target.top) % rows.length];
      const line = [];
      for (let column = target.left; column < target.right; column += 1) line.push(source[(column - target.left) % width] ?? "");
      texts.push(line);
    }
    if (!isOneCell(target)) this.selection.selectArea(target);
    this.writing.write([this.writing.block(target.top, target.left, texts)]);
  }

  // Add the rows and columns a paste needs beyond the end of the sheet.
  async makeRoom({ bottom, right }) {
    const rows = bottom - this.model.rows.count;
    const columns = right - this.model.columns.count;
    return rows > 0 || columns > 0 ? this.actions.grow(Math.max(rows, 0), Math.max(columns, 0)) : true;
  }
}
