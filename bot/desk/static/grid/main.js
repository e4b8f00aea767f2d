// The workbook page: puts its parts together and keeps the cells up to date with the workbook.
import { texts } from "/static/page.js";
import { watch } from "/static/live.js";
import { Actions } from "./actions.js";
import { parsePlace } from "./address.js";
import { Choices } from "./choices.js";
import { Clipboard } from "./clipboard.js";
import { Drawing } from "./drawing.js";
import { Editing } from "./editing.js";
import { Guarding } from "./guarding.js";
import { History } from "./history.js";
import { Keys } from "./keys.js";
import { Menu } from "./menu.js";
import { Model } from "./model.js";
import { Notices } from "./notices.js";
import { Overlay } from "./overlay.js";
import { Pointer } from "./pointer.js";
import { Pulse } from "./pulse.js";
import { Selection } from "./selection.js";
import { Status } from "./status.js";
import { Writing } from "./writing.js";

const at = (id) => document.getElementById(id);

const known = texts("known");
const words = known.texts;
const stage = at("stage");
const scroller = at("grid");
const notices = new Notices(at("notices"), at("spoken"), words);
const model = new Model(`/book/${encodeURIComponent(known.book)}/${known.sheet}`);
const selection = new Selection(model);
const drawing = new Drawing(scroller, model, selection, words);
const guarding = new Guarding(model, notices, words);
const history = new History();
const writing = new Writing(model, history, notices, words);
const editing = new Editing({ stage, bar: at("formula"), model, selection, drawing, guarding, words, commit });
const pulse = new Pulse({ model, drawing, editing, selection, notices, words, writing });
const refresh = () => pulse.refresh().catch(() => {}); // the page hears of the next change again
const actions = new Actions({ model, selection, history, guarding, notices, words, known, refresh });
const clipboard = new Clipboard({ model, selection, editing, writing, actions, guarding, notices, words, sheet: scroller });
const menu = new Menu({ selection, model, actions, clipboard, editing, words, writing, guarding });
const choices = new Choices({ stage, editing, model, drawing, words, pick: () => editing.end() });
new Overlay({ drawing, model, selection, stage, known, words });
new Keys({ selection, model, drawing, editing, choices, writing, history, menu, clipboard, toggle, takeBack });
new Pointer({ drawing, selection, editing, model, actions, menu, toggle });
new Status({ model, selection, guarding, words, notices, name: at("name"), status: at("status"), lock: at("lock") });

// What was typed into a cell, on its way to the row it was typed into.
function commit(place, text) {
  const block = writing.block(place.row, place.column, [[text]]);
  if (place.key) block.keys = [place.key];
  writing.write([block]);
}

// Tick or untick every checkbox in an area, all like the first.
function toggle(area) {
  if (!guarding.mayWrite(area, () => toggle(area))) return true;
  const boxes = [];
  for (let row = area.top; row < Math.min(area.bottom, area.top + 1000); row += 1) {
    const line = [];
    for (let column = area.left; column < area.right; column += 1) line.push(model.look(row, column).rule === "boolean");
    boxes.push(line);
  }
  const { row, column } = selection.active;
  const { marks } = model.look(row, column);
  const wanted = model.text(row, column).toUpperCase() === marks[0].toUpperCase() ? marks[1] : marks[0];
  const block = boxes.map((line) => line.map((isBox) => (isBox ? wanted : null)));
  writing.write([writing.block(area.top, area.left, block)]);
  return true;
}

// Undo or redo the last of this window's own writes, once those before it have arrived.
let turn = Promise.resolve();
function takeBack(direction) {
  const write = (step) => writing.write(step, { remember: false });
  turn = turn
    .then(() => actions.pasting)
    .then(() => writing.settled())
    .then(() => history[direction](write))
    .then((done) => notices.say(done ? words[direction] : words.nothing_to_undo));
  return true;
}

function goTo(text) {
  const place = parsePlace(text);
  if (!place) return;
  selection.go(place.row, place.column);
  drawing.reveal(selection.active);
}

at("name").addEventListener("keydown", (event) => {
  if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
  event.preventDefault();
  if (event.key === "Enter") goTo(event.target.value);
  selection.told(); // the box says again where the selection is
  editing.focus();
});
at("undo").addEventListener("click", () => takeBack("undo") && editing.focus());
at("redo").addEventListener("click", () => takeBack("redo") && editing.focus());
at("more").addEventListener("click", (event) => {
  const { right, bottom } = event.currentTarget.getBoundingClientRect();
  menu.open(right - 240, bottom + 4);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "F6") return;
  event.preventDefault();
  if (at("stage").contains(document.activeElement)) document.querySelector("#tabs a[aria-current]").focus();
  else editing.focus();
});
scroller.addEventListener("focus", () => editing.focus());

writing.addEventListener("pending", ({ detail }) => detail.forEach((row) => drawing.redraw(row)));
writing.addEventListener("refused", ({ detail }) => pulse.refused(detail, (place, text) => {
  selection.go(place.row, place.column);
  drawing.reveal(selection.active);
  editing.begin("inside", { text });
}));
writing.refreshed = refresh;
editing.area.addEventListener("state", () => stage.classList.toggle("editing", editing.editing));

await pulse.start();
const asked = parsePlace(new URLSearchParams(location.search).get("cell") ?? "");
const first = asked ?? { row: Math.min(model.layout.frozenRows, model.rows.count - 1), column: 0 };
selection.go(first.row, first.column);
drawing.reveal(selection.active);
// A row somebody was led to stands among its neighbours, not at the edge; rows below it may still grow when they load.
if (asked && scroller.scrollTop) scroller.scrollTop += scroller.clientHeight / 3;
if (!editing.touch) editing.focus();
watch({ book: known.book, change: ({ revision }) => pulse.heard(revision) });
stage.dataset.ready = "true";
