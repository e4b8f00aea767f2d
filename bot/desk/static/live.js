// Hears from the desk when a workbook or the mailbox changes; silent, and without a connection, while hidden.

// watch({ book, change, mail }): `change({ book, revision })` for the workbook (any workbook without an id),
// `mail({ newest, count })` for the mailbox. Each is also called once with the present state whenever the page
// comes into view or the connection comes back, so nothing is missed in between. Returns a function that ends it.
export function watch({ book = "", change = null, mail = null }) {
  let source = null;

  function open() {
    if (source || document.hidden) return;
    source = new EventSource("/_desk/events" + (book ? "?book=" + encodeURIComponent(book) : ""));
    if (change) source.addEventListener("change", (event) => change(JSON.parse(event.data)));
    if (mail) source.addEventListener("mail", (event) => mail(JSON.parse(event.data)));
  }

  function close() {
    source?.close();
    source = null;
  }

  const turn = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", turn);
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
  return () => {
    document.removeEventListener("visibilitychange", turn);
    removeEventListener("pagehide", close);
    removeEventListener("pageshow", open);
    close();
  };
}
