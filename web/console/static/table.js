// Tables that are sorted by a press on a column's head, and matrices that say
// what the pointer is on.

// valueOf reads a cell as a number where it is one: its own value, or what it
// shows, without thousands and signs.
function valueOf(cell) {
  if (!cell) return "";
  const text = cell.dataset.value ?? cell.querySelector("time")?.dateTime ?? cell.textContent.trim();
  const number = Number(text.replace(/,(?=\d{3})/g, "").replace(/ ?%$/, ""));
  return text !== "" && Number.isFinite(number) ? number : text;
}

function compareValues(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number") return 1;
  if (typeof b === "number") return -1;
  return a.localeCompare(b, document.documentElement.lang);
}

function sortBy(table, head, index) {
  const down = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : head.classList.contains("n");
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => ({ row, value: valueOf(row.cells[index]) }));
  rows.sort((a, b) => (down ? -1 : 1) * compareValues(a.value, b.value));
  body.append(...rows.map((r) => r.row));
}

export function sortTables(root) {
  for (const table of root.querySelectorAll("table[data-sortable]")) {
    [...table.tHead.rows[0].cells].forEach((head, index) => {
      if ("fixed" in head.dataset) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sortBy(table, head, index));
    });
  }
}

export function lightMatrices(root) {
  for (const section of root.querySelectorAll("[data-matrix]")) {
    const says = section.querySelector("output");
    let lit = [];
    section.addEventListener("pointerover", (event) => {
      for (const head of lit) head.classList.remove("lit");
      lit = [];
      const cell = event.target.closest("td[title], rect");
      const title = cell?.getAttribute("title") ?? cell?.querySelector("title")?.textContent;
      says.textContent = title ?? "";
      if (cell?.tagName !== "TD") return;
      lit = [cell.parentElement.cells[0], cell.closest("table").tHead.rows[0].cells[cell.cellIndex]];
      for (const head of lit) head.classList.add("lit");
    });
  }
}
