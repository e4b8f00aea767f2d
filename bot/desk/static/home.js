// The first page keeps its lists up to date, and takes workbooks in as files.
import { call, showTimes, texts } from "./page.js";
import { watch } from "./live.js";

const words = texts();
const said = document.getElementById("said");
let waiting = null;
let known = null; // what the page showed when it was loaded

async function refresh() {
  waiting = null;
  const { ok, answer } = await call("GET", location.pathname + location.search);
  if (!ok) return;
  const fresh = new DOMParser().parseFromString(answer, "text/html");
  for (const id of ["counters", "latest", "list"]) {
    const old = document.getElementById(id);
    if (!old || !fresh.getElementById(id)) continue; // the guide comes and goes with the first workbook
    const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    old.replaceWith(document.adoptNode(fresh.getElementById(id)));
    showTimes(document.getElementById(id));
    if (focused) document.querySelector(`#${id} a[href="${CSS.escape(focused)}"]`)?.focus();
  }
}

// Workbooks tell of every change; twice a second is enough for a list of them.
function soon() {
  waiting ??= setTimeout(refresh, known ? 500 : 0);
  known = true;
}
watch({ change: soon, mail: soon });

document.getElementById("file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  said.textContent = words.importing.replace("{name}", file.name);
  const title = encodeURIComponent(file.name.replace(/\.xlsx$/i, ""));
  const type = { "Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" };
  try {
    const { ok, answer } = await call("POST", "/_desk/import?title=" + title, file, type);
    if (!ok) throw new Error(answer?.error?.message ?? "");
    location.assign("/book/" + encodeURIComponent(answer.id));
  } catch (error) {
    said.textContent = words.failed.replace("{message}", error.message);
    event.target.value = "";
  }
});
