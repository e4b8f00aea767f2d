// The receipt follows its row: as soon as the bot has written a number or a problem, it stands here.
import { call, texts } from "./page.js";
import { watch } from "./live.js";

const words = texts();
const at = (id) => document.getElementById(id);
const LOOK = { waiting: "sign waiting breathing", numbered: "sign good", problem: "sign bad", gone: "sign bad" };

// Only what changed is touched, so that a screen reader says only that.
function put(element, text, shown) {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = !shown;
}

function link(element, address) {
  element.hidden = !address;
  if (address) element.setAttribute("href", address);
}

async function refresh() {
  const { ok, answer: state } = await call("GET", location.pathname + "/state");
  if (!ok) return;
  at("status").className = LOOK[state.status];
  put(at("status"), words[state.status], true);
  put(at("order_no"), state.order_no, state.order_no);
  put(at("result"), state.result, state.result);
  link(at("row"), state.row);
  link(at("order"), state.order);
  link(at("mails"), state.mails ? state.mailbox : "");
  at("mails").querySelector(".count").textContent = state.mails || "";
}

watch({ book: at("receipt").dataset.book, change: refresh, mail: refresh });
