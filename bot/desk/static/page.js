// What every page does: times are shown as the reader's clock has them.
const language = document.documentElement.lang;
const sameDay = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const sameYear = new Intl.DateTimeFormat(language, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
const short = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

// The shortest form that is clear: today's times without a day, this year's without a year.
export function clockTime(moment, now = new Date()) {
  if (moment.toDateString() === now.toDateString()) return sameDay.format(moment);
  return (moment.getFullYear() === now.getFullYear() ? sameYear : short).format(moment);
}

export function showTimes(root = document) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    element.textContent = element.dataset.form === "full" ? full.format(moment) : clockTime(moment);
    element.title = full.format(moment);
  }
}

// The texts a page hands to its script, as JSON in its HTML.
export function texts(id = "texts") {
  return JSON.parse(document.getElementById(id).textContent);
}

// A call of the desk's own API, as the person in front of this page.
export async function call(method, path, body, headers = {}) {
  const json = body !== undefined && !(body instanceof Blob) && !(body instanceof URLSearchParams);
  const response = await fetch(path, {
    method,
    headers: { "X-Desk-Page": "1", ...(json ? { "Content-Type": "application/json" } : {}), ...headers },
    body: json ? JSON.stringify(body) : body,
  });
  const type = response.headers.get("content-type") ?? "";
  const answer = type.startsWith("application/json") ? await response.json() : await response.text();
  return { status: response.status, ok: response.ok, answer };
}

showTimes();
