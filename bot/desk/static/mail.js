// The mailbox keeps up by itself: what arrives is put on top and marked until it was opened.
import { call, showTimes, texts } from "./page.js";
import { watch } from "./live.js";

const words = texts();
const SEEN = "desk-mail-seen"; // the newest mail there was when this window first looked
const OPENED = "desk-mail-opened"; // the ones opened since, as JSON
const opened = new Set(JSON.parse(sessionStorage.getItem(OPENED) ?? "[]"));

const open = /^\/mail\/(\d+)$/.exec(location.pathname);
if (open) {
  opened.add(Number(open[1]));
  sessionStorage.setItem(OPENED, JSON.stringify([...opened].slice(-500)));
}

function mark() {
  const seen = Number(sessionStorage.getItem(SEEN));
  for (const item of document.querySelectorAll("#letters li")) {
    const id = Number(item.dataset.id);
    const isNew = id > seen && !opened.has(id);
    item.classList.toggle("new", isNew);
    const who = item.querySelector(".who");
    if (isNew && !who.querySelector(".spoken")) {
      who.insertAdjacentHTML("afterbegin", '<span class="spoken"></span>');
      who.firstChild.textContent = words.new + " ";
    }
  }
}

async function refresh() {
  const { ok, answer } = await call("GET", location.pathname + location.search);
  if (!ok) return;
  const fresh = new DOMParser().parseFromString(answer, "text/html");
  const before = new Set([...document.querySelectorAll("#letters li")].map((item) => item.dataset.id));
  const focused = document.activeElement?.closest("#letters li")?.dataset.id;
  for (const id of ["letters", "people", "total"]) {
    document.getElementById(id).replaceWith(document.adoptNode(fresh.getElementById(id)));
  }
  showTimes(document.getElementById("letters"));
  mark();
  let came = 0;
  for (const item of document.querySelectorAll("#letters li")) {
    if (before.has(item.dataset.id)) continue;
    item.classList.add("arriving");
    came += 1;
  }
  if (focused) document.querySelector(`#letters li[data-id="${focused}"] a`)?.focus();
  if (came) {
    const newest = document.querySelector("#letters li .what").textContent.trim();
    document.getElementById("news").textContent = words.arrived.replace("{count}", came).replace("{subject}", newest);
  }
}

const state = () => document.getElementById("letters").dataset.state;
if (sessionStorage.getItem(SEEN) === null) sessionStorage.setItem(SEEN, state().split("/")[0]);
watch({
  mail: ({ newest, count }) => {
    if (newest + "/" + count !== state()) refresh();
  },
});
mark();
