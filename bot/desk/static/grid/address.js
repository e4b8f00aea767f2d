// Names of cells and areas. An area is { top, left, bottom, right }, half open, all counted from 0.

export function letters(column) {
  let name = "";
  for (let left = column + 1; left > 0; left = Math.floor((left - 1) / 26)) {
    name = String.fromCharCode(65 + ((left - 1) % 26)) + name;
  }
  return name;
}

export const cellName = (row, column) => letters(column) + (row + 1);

export function areaName(area) {
  const first = cellName(area.top, area.left);
  const last = cellName(area.bottom - 1, area.right - 1);
  return first === last ? first : `${first}:${last}`;
}

// The place a person means by "c12" or "B"; null if it is no such name.
export function parsePlace(text) {
  const match = /^\s*([a-z]{1,3})(\d{1,7})?\s*$/i.exec(text);
  if (!match) return null;
  let column = 0;
  for (const char of match[1].toUpperCase()) column = column * 26 + char.charCodeAt(0) - 64;
  return { row: Math.max(0, Number(match[2] ?? 1) - 1), column: column - 1 };
}

export const areaOf = (one, other) => ({
  top: Math.min(one.row, other.row),
  left: Math.min(one.column, other.column),
  bottom: Math.max(one.row, other.row) + 1,
  right: Math.max(one.column, other.column) + 1,
});

export const holds = (area, row, column) =>
  row >= area.top && row < area.bottom && column >= area.left && column < area.right;

export const overlap = (one, other) =>
  one.top < other.bottom && other.top < one.bottom && one.left < other.right && other.left < one.right;

export const isOneCell = (area) => area.bottom - area.top === 1 && area.right - area.left === 1;

// An area as the API's GridRange.
export const gridRange = (sheetId, area) => ({
  sheetId,
  startRowIndex: area.top,
  endRowIndex: area.bottom,
  startColumnIndex: area.left,
  endColumnIndex: area.right,
});
