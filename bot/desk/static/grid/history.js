// What can be taken back: the values this window wrote, newest last. Rows are remembered by key, so that a sort
// or an insertion in between does not send an old text into another row.

const LONGEST = 200;

export class History {
  constructor() {
    this.done = [];
    this.undone = [];
  }

  // `step` is a list of blocks { top, left, keys, texts, head } that would bring back what was there.
  push(step) {
    this.done.push(step);
    if (this.done.length > LONGEST) this.done.shift();
    this.undone = [];
  }

  // A row got another key: it was blank and was filled, or was emptied and forgot its own.
  renamed(old, place, key) {
    for (const block of [...this.done, ...this.undone].flat()) {
      block.keys.forEach((known, offset) => {
        const meant = old ? known === old : known === 0 && block.places[offset] === place;
        if (!meant) return;
        block.keys[offset] = key;
        block.places[offset] = place;
      });
    }
  }

  // Take one step from a list; `write` puts its blocks back and resolves to the step that would undo that.
  async move(from, to, write) {
    const step = from.pop();
    if (!step) return false;
    const back = await write(step);
    if (back) to.push(back);
    return Boolean(back);
  }

  undo(write) {
    return this.move(this.done, this.undone, write);
  }

  redo(write) {
    return this.move(this.undone, this.done, write);
  }
}
