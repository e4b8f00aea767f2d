// The styles of cells and the widths of columns as rules of one style sheet of the page's own.
//
// Rules are made through the CSSOM, which the page's policy allows; no text of a cell ever becomes part of one.

export class Looks {
  constructor() {
    this.cells = new CSSStyleSheet();
    this.columns = new CSSStyleSheet();
    document.adoptedStyleSheets.push(this.cells, this.columns);
  }

  add(number, { css }) {
    this.cells.insertRule(`.s${number} {}`, this.cells.cssRules.length);
    const { style } = this.cells.cssRules[this.cells.cssRules.length - 1];
    for (const [name, value] of Object.entries(css)) {
      if (name === "--fill") style.setProperty("background-color", turned(value));
      else if (name === "--text") style.setProperty("color", turned(value));
      else style.setProperty(name, value);
    }
  }

  // A class a column: its width, and where it stays when it is frozen.
  setColumns(columns, frozen, headWidth) {
    const rules = [];
    for (let index = 0; index < columns.count; index += 1) {
      const stay = index < frozen ? `left: ${headWidth + columns.offset(index)}px;` : "";
      rules.push(`.k${index} { width: ${columns.size(index)}px; ${stay} }`);
    }
    this.columns.replaceSync(rules.join("\n"));
  }
}

// A colour meant for a light sheet: on a dark page its lightness is turned around and its hue stays.
const turned = (colour) => `light-dark(${colour}, oklch(from ${colour} calc(1.25 - l) calc(c * 1.1) h))`;
