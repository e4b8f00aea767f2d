// The tab stands behind the # of a workbook's address, which no server ever sees: go on to its own page.
const page = document.getElementById("book").getAttribute("href");
const tab = /gid=(\d+)/.exec(location.hash);
const range = /range=([A-Z]{1,3}\d{0,8}(?::[A-Z]{1,3}\d{0,8})?)/i.exec(location.hash);
location.replace(page + (tab ? "/" + tab[1] : "") + (range ? "#range=" + range[1] : ""));
