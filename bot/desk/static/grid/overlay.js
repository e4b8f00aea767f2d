// What lies over the cells: charts at their anchors, the note of a cell, the frame of what was copied.
import { HEAD_HEIGHT } from "./drawing.js";

export class Overlay {
  constructor({ drawing, model, selection, stage, known, words }) {
    Object.assign(this, { drawing, model, selection, stage, known, words });
    this.charts = new Map();
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.addEventListener("change", () => this.drawCharts());
    this.note = document.createElement("div");
    this.note.className = "note-bubble";
    this.note.setAttribute("role", "note");
    this.note.hidden = true;
    stage.append(this.note);
    const { scroller } = drawing;
    scroller.addEventListener("pointerover", (event) => this.hover(event));
    scroller.addEventListener("pointerleave", () => this.showNote(selection.active));
    scroller.addEventListener("scroll", () => this.showNote(selection.active));
    scroller.addEventListener("source", ({ detail }) => this.frame(detail));
    model.addEventListener("layout", () => this.drawCharts());
    model.addEventListener("revision", () => this.drawCharts());
    selection.addEventListener("change", () => this.showNote(selection.active));
  }

  // A chart is drawn anew when its address changes: with the workbook and with the page's theme.
  drawCharts() {
    const { rows, columns, layout, revision } = this.model;
    const theme = this.dark.matches ? "dark" : "light";
    const gone = new Set(this.charts.keys());
    for (const chart of layout.charts) {
      gone.delete(chart.id);
      const image = this.charts.get(chart.id) ?? this.newChart(chart);
      image.alt = chart.title || this.words.chart;
      image.style.left = `${this.drawing.headWidth + columns.offset(chart.column) + chart.x}px`;
      image.style.top = `${HEAD_HEIGHT + rows.offset(chart.row) + chart.y}px`;
      image.width = chart.width;
      image.height = chart.height;
      image.src = `/book/${encodeURIComponent(this.known.book)}/chart/${chart.id}.svg?theme=${theme}&revision=${revision}`;
    }
    for (const id of gone) {
      this.charts.get(id).remove();
      this.charts.delete(id);
    }
  }

  newChart({ id }) {
    const image = document.createElement("img");
    image.className = "chart";
    image.addEventListener("error", () => (image.hidden = true));
    image.addEventListener("load", () => (image.hidden = false));
    this.charts.set(id, image);
    this.drawing.over.append(image);
    return image;
  }

  hover(event) {
    const place = this.drawing.placeOf(event.target);
    this.showNote(place?.kind === "cell" && this.noteAt(place) ? place : this.selection.active);
  }

  noteAt({ row, column }) {
    return this.model.row(row).notes?.[column] ?? "";
  }

  showNote(place) {
    const text = this.model.layout ? this.noteAt(place) : "";
    this.note.hidden = !text;
    if (!text) return;
    this.note.textContent = text;
    const { x, y, width } = this.drawing.rect(place.row, place.column);
    const { clientWidth, clientHeight } = this.drawing.scroller;
    const beside = x + width + 4;
    const left = beside + this.note.offsetWidth > clientWidth ? x - this.note.offsetWidth - 4 : beside;
    this.note.style.left = `${Math.max(4, Math.min(left, clientWidth - this.note.offsetWidth - 4))}px`;
    this.note.style.top = `${Math.max(4, Math.min(y, clientHeight - this.note.offsetHeight - 4))}px`;
  }

  // A dashed frame around what was copied or cut.
  frame(area) {
    this.source?.remove();
    this.source = null;
    if (!area) return;
    const { rows, columns } = this.model;
    this.source = document.createElement("div");
    this.source.className = "source";
    const { style } = this.source;
    style.left = `${this.drawing.headWidth + columns.offset(area.left)}px`;
    style.top = `${HEAD_HEIGHT + rows.offset(area.top)}px`;
    style.width = `${columns.offset(area.right) - columns.offset(area.left)}px`;
    style.height = `${rows.offset(area.bottom) - rows.offset(area.top)}px`;
    this.drawing.over.append(this.source);
  }
}
