/** Rows on the page, put in an order. */

import { keepFocus } from "./focus.js";
import { control, rowsOf, rowWith } from "./rows.js";

/** Put a row before another one, or at the end. */
export function put(list, row, before = null) {
    // Where browsers can, the row moves without leaving the page: a screen reader does not read it again.
    if (list.moveBefore && row.isConnected) list.moveBefore(row, before);
    else list.insertBefore(row, before);
}

/** Put the rows of a list in the order of ids; a single move touches a single row. */
export function arrange(list, ids) {
    keepFocus(() => {
        let next = list.firstElementChild;
        for (const id of ids) {
            const row = rowWith(list.dataset.kind, id);
            // The row that belongs here comes second: the one before it was moved down and waits for its turn.
            if (row !== next && row === next?.nextElementSibling) next = row;
            if (row === next) next = next.nextElementSibling;
            else put(list, row, next);
        }
    });
    tidy(list);
}

/** Bring the numbers of the rows, and the buttons of the first and last one, up to date. */
export function tidy(list) {
    const rows = rowsOf(list);
    rows.forEach((row, index) => {
        const place = control(row, ".place");
        if (place.textContent !== `${index + 1}`) place.textContent = index + 1;
    });
    const ends = ":scope > .sibling > .row :is(.up, .down)[aria-disabled]";
    for (const end of list.querySelectorAll(ends)) end.removeAttribute("aria-disabled");
    if (rows.length) {
        control(rows[0], ".up")?.setAttribute("aria-disabled", "true");
        control(rows.at(-1), ".down")?.setAttribute("aria-disabled", "true");
    }
    list.parentElement.querySelector(":scope > .list-heading > .number").textContent = rows.length;
}
