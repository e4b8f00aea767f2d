// Where the rows or columns of a sheet lie, in pixels: sizes of their own, and hidden ones of size 0.

export class Axis {
  constructor(size) {
    this.usual = size;
    this.set(0, new Map(), []);
  }

  // `sizes` maps an index to pixels; `hidden` is a list of [first, count] runs.
  set(count, sizes, hidden) {
    this.count = count;
    const each = new Float64Array(count + 1);
    each.fill(this.usual, 1);
    for (const [index, size] of sizes) if (index < count) each[index + 1] = size;
    for (const [first, many] of hidden) each.fill(0, first + 1, Math.min(first + many, count) + 1);
    for (let index = 1; index <= count; index += 1) each[index] += each[index - 1];
    this.ends = each;
  }

  get length() {
    return this.ends[this.count];
  }

  offset(index) {
    return this.ends[Math.max(0, Math.min(index, this.count))];
  }

  size(index) {
    return index < this.count ? this.ends[index + 1] - this.ends[index] : 0;
  }

  // The row or column at a distance from the start; the last one beyond the end.
  at(pixels) {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle + 1] > pixels) high = middle;
      else low = middle + 1;
    }
    return Math.max(0, low);
  }

  // The nearest visible index from `index` on in a direction, itself included; `otherwise` if there is none.
  visible(index, step, otherwise) {
    for (let at = index; at >= 0 && at < this.count; at += step) if (this.size(at) > 0) return at;
    return otherwise;
  }

  // The visible index `count` steps away, or the last on the way there.
  walk(index, count) {
    const step = Math.sign(count);
    let at = index;
    for (let left = Math.abs(count); left > 0; left -= 1) {
      const next = this.visible(at + step, step, at);
      if (next === at) break;
      at = next;
    }
    return at;
  }
}
