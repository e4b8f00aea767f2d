// The form while a person fills it in. Whether an answer is right is asked of the desk, which has the only rules.
import { call, texts } from "./page.js";

const words = texts();
const form = document.getElementById("form");
const summary = document.getElementById("summary");
const said = document.getElementById("said");
const send = document.getElementById("send");
const touched = new Set();
let asked = 0; // so that a late answer to an early question changes nothing

const fields = () => new URLSearchParams(new FormData(form));
const control = (key) => document.getElementById(key);
const fieldOf = (key) => form.querySelector(`[data-key="${key}"]`);

function show(key, sentence) {
  const field = fieldOf(key);
  document.getElementById(key + "-wrong").textContent = sentence ?? "";
  const marked = field.tagName === "FIELDSET" ? field : control(key);
  if (sentence) marked.setAttribute("aria-invalid", "true");
  else marked.removeAttribute("aria-invalid");
}

function showAll(wrong) {
  for (const field of form.querySelectorAll("[data-key]")) show(field.dataset.key, wrong[field.dataset.key]);
  const list = summary.querySelector("ul");
  list.replaceChildren();
  for (const field of form.querySelectorAll("[data-key]")) {
    const key = field.dataset.key;
    if (!wrong[key]) continue;
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = "#" + key;
    link.textContent = field.querySelector("label, legend").firstChild.textContent.trim();
    item.append(link, words.colon + wrong[key]);
    list.append(item);
  }
  summary.hidden = list.children.length === 0;
}

// A link to a question leads into it, not only to it.
summary.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  event.preventDefault();
  const target = control(link.hash.slice(1));
  target.focus();
  target.scrollIntoView({ block: "center" });
});

form.addEventListener("change", async (event) => {
  const key = event.target.closest("[data-key]")?.dataset.key;
  if (!key) return;
  touched.add(key);
  const mine = ++asked;
  const { ok, answer } = await call("POST", form.getAttribute("action") + "/check", fields());
  if (!ok || mine !== asked) return;
  const wrong = Object.fromEntries(Object.entries(answer).filter(([one]) => touched.has(one)));
  if (summary.hidden) for (const one of touched) show(one, wrong[one]);
  else showAll(wrong);
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (send.getAttribute("aria-disabled") === "true") return;
  send.setAttribute("aria-disabled", "true");
  said.textContent = words.sending;
  asked += 1;
  try {
    const accept = { Accept: "application/json" };
    const { ok, status, answer } = await call("POST", form.getAttribute("action"), fields(), accept);
    if (!ok) throw new Error(String(status));
    if (answer.receipt) {
      location.assign(answer.receipt);
      return;
    }
    for (const field of form.querySelectorAll("[data-key]")) touched.add(field.dataset.key);
    showAll(answer.wrong);
    said.textContent = "";
    summary.focus();
    summary.scrollIntoView({ block: "start" });
  } catch {
    summary.querySelector("ul").replaceChildren();
    summary.querySelector("strong").textContent = words.failed;
    summary.hidden = false;
    said.textContent = "";
    summary.focus();
  }
  send.removeAttribute("aria-disabled");
});

// A form that comes back from the browser's memory can be sent again.
addEventListener("pageshow", () => send.removeAttribute("aria-disabled"));

// The specifications are those of the product; its list price and the total stand beside the numbers.
const products = JSON.parse(document.getElementById("products").textContent);
const [product, specification, quantity, price] = ["product", "specification", "quantity", "unit_price"].map(control);
const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function showSpecifications() {
  const known = (products[product.value] ?? []).map((row) => row.specification).filter(Boolean);
  const before = specification.value;
  const first = new Option(!product.value ? words.first_product : known.length ? words.choose : words.no_specification, "");
  specification.replaceChildren(first, ...known.map((name) => new Option(name, name)));
  specification.value = known.includes(before) ? before : known.length === 1 ? known[0] : "";
}

function showPrice() {
  const rows = products[product.value] ?? [];
  const row = rows.find((one) => one.specification === (specification?.value ?? "")) ?? (rows.length === 1 ? rows[0] : null);
  const help = document.getElementById("unit_price-help");
  if (!help || !price) return;
  help.dataset.plain ??= help.textContent;
  const each = price.value.trim() === "" ? row?.price : Number(price.value.replaceAll(",", ""));
  const many = Number(quantity.value.replaceAll(",", ""));
  const parts = [];
  if (row?.price != null && price.value.trim() === "") parts.push(filled(words.list_price, { price: number.format(row.price) }));
  if (each > 0 && many > 0) {
    parts.push(`${number.format(many)} × ${number.format(each)} = ${number.format(each * many)}`);
  }
  help.textContent = parts.join("\n") || help.dataset.plain;
}

if (product?.tagName === "SELECT" && specification) {
  product.addEventListener("change", showSpecifications);
  showSpecifications();
}
if (product && quantity) {
  for (const one of [product, specification, quantity, price]) one?.addEventListener("input", showPrice);
  showPrice();
}
