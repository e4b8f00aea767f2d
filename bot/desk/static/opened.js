// The tab stands behind the # of a workbook's address, which no server ever sees: go on to its own page.
const page = document.getElementById("book").getAttribute("href");
const tab = /gid=(\d+)/.exec(location.hash);
const cell = /range=([A-Z]{1,3}\d{1,8})/i.exec(location.hash);
location.replace(page + (tab ? "/" + tab[1] : "") + (cell ? "?cell=" + cell[1] : ""));
