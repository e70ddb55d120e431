// Names for what Django's scripts and Select2 leave without one, and lists on a telephone.
"use strict";

function nameCombobox(select) {
    const selection = select.nextElementSibling?.querySelector(".select2-selection");
    const [label] = select.labels;
    if (!selection || !label) return;
    label.id ||= `${select.id}-label`;
    const shown = selection.querySelector(".select2-selection__rendered");
    shown.setAttribute("aria-labelledby", label.id);
    selection.setAttribute("aria-labelledby", `${label.id} ${shown.id}`);
}

function nameSearch({ target }) {
    if (!target.matches?.(".select2-search__field") || target.ariaLabel) return;
    const select = document.querySelector(".select2-container--open")?.previousElementSibling;
    if (select?.labels?.length) target.ariaLabel = select.labels[0].textContent;
}

function nameCells(table) {
    const names = [...table.tHead.rows[0].cells].map((cell) => {
        const sortable = table.id === "result_list";
        return (sortable ? cell.querySelector(".text") : cell)?.textContent.trim();
    });
    for (const row of table.tBodies[0].rows) {
        [...row.cells].forEach((cell, n) => { cell.dataset.label = names[n] ?? ""; });
    }
}

// A heading without words is none.
function emptyCell(heading) {
    if (heading.textContent.trim()) return;
    const cell = document.createElement("td");
    cell.className = heading.className;
    heading.replaceWith(cell);
}

function nameAll() {
    document.querySelectorAll("select.admin-autocomplete").forEach(nameCombobox);
    document.querySelectorAll("span.help-tooltip[aria-label]").forEach((icon) => { icon.role = "img"; });
    document.querySelectorAll(".tabular thead th").forEach(emptyCell);
    const search = document.getElementById("searchbar");
    if (search) search.ariaLabel = search.labels[0].querySelector("img").alt;
    document.querySelectorAll("#result_list, .sw-cards").forEach(nameCells);
}

// On a telephone what was filtered for would stand a whole screen above what was found.
function closeFilters() {
    const drawer = document.querySelector(".filter-drawer");
    if (drawer && matchMedia("(max-width: 640px)").matches) drawer.open = false;
}

closeFilters();
document.addEventListener("focusin", nameSearch);
// The scripts that make these begin when the page is there, some of them a moment later.
addEventListener("load", () => setTimeout(nameAll));
