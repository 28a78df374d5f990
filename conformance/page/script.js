"use strict";
// The table of the worst cases: sorted by a click on a column's head, filtered by the form above it.
{
  const table = document.querySelector("table.worst");
  const form = document.querySelector("form.filter");
  const rows = [...table.tBodies[0].rows];
  const heads = [...table.tHead.rows[0].cells];

  const key = (row, column) => {
    const cell = row.cells[column];
    return "number" in cell.dataset ? Number(cell.dataset.number) : cell.textContent;
  };
  const compare = (a, b) => (typeof a === "number" ? a - b || 0 : a.localeCompare(b, "en", { numeric: true }));

  heads.find((head) => head.textContent === "of the bound").setAttribute("aria-sort", "descending"); // as written
  heads.forEach((head, column) =>
    head.firstChild.addEventListener("click", () => {
      const first = "number" in (rows[0]?.cells[column].dataset ?? {}) ? "descending" : "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      rows.sort((a, b) => sign * compare(key(a, column), key(b, column)));
      table.tBodies[0].append(...rows);
    }),
  );

  const selects = [...form.querySelectorAll("select")];
  const filter = () => {
    const words = form.elements.text.value.toLowerCase().split(/\s+/);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !(
        words.every((word) => text.includes(word)) &&
        selects.every(({ name, value }) => !value || row.querySelector(`[data-name="${name}"]`).textContent === value) &&
        (!form.elements.failed.checked || row.classList.contains("failed"))
      );
    }
    form.querySelector("output").value = `${rows.filter((row) => !row.hidden).length} of ${rows.length} shown`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
}
