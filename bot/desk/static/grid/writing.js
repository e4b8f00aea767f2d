// Sends what was typed to the server, one write after the other, and loses none of it.
//
// A write names its rows by key; the server finds them. Without a connection writes wait and are tried again,
// and the page says so. A refused write is told with the server's reason and can be taken up again.
import { call } from "/static/page.js";

const PAUSES = [1, 2, 4, 8]; // seconds between tries while the connection is gone

export class Writing extends EventTarget {
  constructor(model, history, notices, words) {
    super();
    Object.assign(this, { model, history, notices, words });
    this.queue = [];
    this.busy = false;
    this.failures = 0;
    addEventListener("beforeunload", (event) => {
      if (this.queue.length) event.preventDefault();
    });
    addEventListener("online", () => this.tryNow());
  }

  // A block of texts from a cell on, null for cells to be left alone. Rows beside each other in the sheet.
  block(top, left, texts) {
    const places = texts.map((_, offset) => top + offset);
    const keys = places.map((place) => this.model.row(place).key);
    return { places, left, keys, texts, head: this.model.headingTyped(left) };
  }

  // Write blocks; resolves to the step that takes them back, or null if they were refused.
  write(blocks, { remember = true } = {}) {
    for (const block of blocks) this.showPending(block);
    return new Promise((resolve) => {
      this.queue.push({ blocks, back: [], remember, resolve });
      this.run();
    });
  }

  showPending({ places, left, texts }, waiting = true) {
    texts.forEach((row, offset) =>
      row.forEach((text, column) => {
        if (text === null) return;
        const cell = `${places[offset]}:${left + column}`;
        if (waiting) this.model.pending.set(cell, text);
        else this.model.pending.delete(cell);
      }),
    );
    this.dispatchEvent(new CustomEvent("pending", { detail: places }));
  }

  async run() {
    if (this.busy) return;
    this.busy = true;
    while (this.queue.length) {
      const job = this.queue[0];
      const outcome = await this.send(job).catch(() => "gone");
      if (outcome === "gone") {
        this.wait();
        break;
      }
      this.queue.shift();
      if (this.failures) this.connected();
      if (outcome === "written" && job.remember) this.history.push(job.back);
      job.resolve(outcome === "written" ? job.back : null);
      this.dispatchEvent(new CustomEvent("written", { detail: job.blocks }));
    }
    this.busy = false;
    if (!this.queue.length) this.dispatchEvent(new Event("idle"));
  }

  // Resolves when nothing is on its way any more.
  settled() {
    if (!this.queue.length) return Promise.resolve();
    return new Promise((resolve) => this.addEventListener("idle", resolve, { once: true }));
  }

  async send(job) {
    while (job.blocks.length) {
      const block = job.blocks[0];
      const { ok, status, answer } = await call("POST", `${this.model.address}/type`, this.message(block));
      if (!ok && status >= 500) return "gone";
      if (!ok) {
        job.blocks.forEach((one) => this.showPending(one, false));
        this.dispatchEvent(new CustomEvent("refused", { detail: { block, status, error: answer?.error ?? {} } }));
        return "refused";
      }
      job.blocks.shift();
      this.take(block, answer, job);
      await this.dispatchWritten(block, answer);
    }
    return "written";
  }

  message({ places, left, keys, texts, head }) {
    // The rows need not lie together any more, but the server only takes one first place.
    return { places, left, keys, texts, head };
  }

  take(block, answer, job) {
    answer.rows.forEach(({ index, key }, offset) => {
      const old = block.keys[offset];
      const place = old ? index : block.places[offset];
      if (old !== key) this.renamed(old, place, key);
      block.keys[offset] = key;
    });
    job.back.unshift({
      places: answer.rows.map((row) => row.index),
      keys: answer.rows.map((row) => row.key),
      left: answer.left,
      texts: answer.before,
      head: block.head,
    });
  }

  renamed(old, place, key) {
    this.history.renamed(old, place, key);
    for (const { blocks } of this.queue) {
      for (const block of blocks) {
        block.keys.forEach((known, offset) => {
          if (old ? known === old : known === 0 && block.places[offset] === place) block.keys[offset] = key;
        });
      }
    }
  }

  // Let the page show what the server has now before the text on its way disappears.
  async dispatchWritten(block, answer) {
    await this.refreshed?.(answer);
    this.showPending(block, false);
  }

  wait() {
    const pause = PAUSES[Math.min(this.failures, PAUSES.length - 1)];
    this.failures += 1;
    const text = this.words.not_saved.replace("{count}", this.queue.length);
    this.notices.show(text, { name: "connection", actions: [[this.words.try_now, () => this.tryNow()]] });
    this.timer = setTimeout(() => this.run(), pause * 1000);
    this.busy = false;
  }

  tryNow() {
    clearTimeout(this.timer);
    this.run();
  }

  connected() {
    this.failures = 0;
    this.notices.remove("connection");
    this.notices.say(this.words.saved_again);
  }
}
