// What the page says to a person: short notices with things to do about them, and questions.

export class Notices {
  constructor(place, spoken, words) {
    Object.assign(this, { place, spoken, words });
    this.byName = new Map();
  }

  // A notice stays until it is dismissed, answered or replaced by one of the same name.
  // `actions` is a list of [label, function].
  show(text, { name = text, kind = "bad", actions = [], dismiss = () => {} } = {}) {
    this.remove(name);
    const note = document.createElement("div");
    note.className = `notice ${kind}`;
    note.setAttribute("role", kind === "bad" ? "alert" : "status");
    const words = document.createElement("p");
    words.textContent = text;
    note.append(words);
    for (const [label, act] of [...actions, [this.words.dismiss, dismiss]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => {
        this.remove(name);
        act();
      });
      note.append(button);
    }
    this.byName.set(name, note);
    this.place.append(note);
  }

  remove(name) {
    this.byName.get(name)?.remove();
    this.byName.delete(name);
  }

  // Say something to screen readers only.
  say(text) {
    this.spoken.textContent = text;
  }

  // Ask yes or no in a dialog; resolves to the answer, no if it is closed.
  ask(text, yes, no) {
    const dialog = document.createElement("dialog");
    dialog.className = "question";
    const words = document.createElement("p");
    words.textContent = text;
    const form = document.createElement("form");
    form.method = "dialog";
    for (const [label, value] of [[yes, "yes"], [no, "no"]]) {
      const button = document.createElement("button");
      button.textContent = label;
      button.value = value;
      button.className = value === "yes" ? "button first" : "button";
      form.append(button);
    }
    dialog.append(words, form);
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue === "yes");
      });
    });
  }
}
