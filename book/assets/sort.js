/* Tables whose rows can be put in order: a heading becomes a button. Without this script the
   headings are words, and the rows stand in the order of the page. */
(() => {
  const letters = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const OTHER = { ascending: "descending", descending: "ascending" };

  function valueIn(row, column) {
    const cell = row.cells[column];
    return cell.dataset.value ?? cell.textContent.trim();
  }

  function put(table, heading, direction) {
    const column = heading.cellIndex;
    const numbers = heading.dataset.sort === "number";
    const sign = direction === "ascending" ? 1 : -1;
    const difference = (a, b) => (numbers ? a - b : letters.compare(a, b));
    const rows = [...table.tBodies[0].rows].map((row) => [valueIn(row, column), row]);
    const known = rows.filter(([value]) => value !== "");
    known.sort(([a], [b]) => sign * difference(a, b));
    // What is not known is neither little nor much: it stands last either way.
    const unknown = rows.filter(([value]) => value === "");
    table.tBodies[0].append(...[...known, ...unknown].map(([, row]) => row));
    for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", direction);
  }

  for (const table of document.querySelectorAll("table[data-sortable]")) {
    for (const heading of table.tHead.rows[0].querySelectorAll("th[data-sort]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      const first = heading.dataset.sort === "number" ? "descending" : "ascending";
      button.addEventListener("click", () => {
        put(table, heading, OTHER[heading.getAttribute("aria-sort")] || first);
      });
    }
    table.classList.add("sortable");
  }
})();
