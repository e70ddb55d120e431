/** Moving without a pointer: Space lifts, arrow keys move, Space drops, Escape cancels. */

import { put, tidy } from "./arranging.js";
import { focusRow, keepFocus } from "./focus.js";
import { beginGesture, endGesture } from "./gestures.js";
import { listOf } from "./list.js";
import { announce } from "./messages.js";
import { idOf, listAround, rowAround, rowsOf, titleOf } from "./rows.js";
import { move } from "./saving.js";
import { text } from "./texts.js";

/** The row that is lifted: `{row, handle, list, origin, index}`. */
let lifted = null;

/** Lift the row of a handle, or drop it. */
export function press(handle) {
    if (lifted?.handle === handle) return drop();
    cancelLift();
    return lift(handle);
}

/** Do what a key means on a handle; return whether it means anything. */
export function steer(handle, key) {
    if (lifted) return steerLifted(key);
    const rows = rowsOf(listAround(handle));
    const to = target(key, rows.indexOf(rowAround(handle)), rows.length);
    if (to === null) return false;
    focusRow(rows[to]);
    return true;
}

/** Tell whether a row is lifted: then the keys are its own. */
export const isLifted = () => lifted !== null;

/** Put a lifted row back when focus has gone elsewhere on the page. */
export function cancelLiftWithoutFocus() {
    if (lifted && document.activeElement !== lifted.handle) cancelLift();
}

/** Put a lifted row back where it was. */
export function cancelLift() {
    if (!lifted) return;
    const { list, row, origin } = lifted;
    keepFocus(() => list.render());
    settle();
    announceAt("cancelled", list, row, origin);
}

function lift(handle) {
    const row = rowAround(handle);
    const list = listOf(listAround(row));
    if (!list.takesMoves) {
        announce(text("busy"));
        return;
    }
    const index = rowsOf(list.element).indexOf(row);
    lifted = { row, handle, list, origin: index, index };
    row.classList.add("lifted");
    handle.setAttribute("aria-pressed", "true");
    beginGesture();
    announceAt("lifted", list, row, index);
}

function drop() {
    const { list, row, origin, index } = lifted;
    if (index === origin) announceAt("dropped_in_place", list, row, index);
    else move(list, idOf(row), index);
    settle();
}

/** End the gesture; last, so that answers that waited for it find the list as it was left. */
function settle() {
    lifted.row.classList.remove("lifted");
    lifted.handle.setAttribute("aria-pressed", "false");
    lifted = null;
    endGesture();
}

function steerLifted(key) {
    if (key === "Tab" || key === "Escape") {
        cancelLift();
        // Tab goes on to where it leads.
        return key === "Escape";
    }
    const { row, list, index } = lifted;
    const rows = rowsOf(list.element);
    const to = target(key, index, rows.length);
    if (to === null) return false;
    const next = to > index ? rows[to].nextElementSibling : rows[to];
    if (to !== index) keepFocus(() => put(list.element, row, next));
    tidy(list.element);
    lifted.index = to;
    row.querySelector(":scope > .row").scrollIntoView({ block: "nearest" });
    announceAt("position", list, row, to);
    return true;
}

/** Return the position that a key leads to, as far as the list goes; null for other keys. */
function target(key, index, total) {
    const to = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: total - 1 }[key] ?? null;
    return to === null ? null : Math.max(0, Math.min(to, total - 1));
}

function announceAt(name, list, row, index) {
    announce(text(name, { title: titleOf(row), position: index + 1, total: list.confirmed.length }));
}
