/** Focus stays with the item it is on, whatever becomes of the element. */

import { control, listAround, root, rowAround, rowsOf } from "./rows.js";

const CONTROLS = [".handle", ".toggle", ".title", ".up", ".down", ".move-to", ".rename", ".duplicate", ".as-learner", ".remove", ".publish-below", ".publish, .unpublish"];

let returnToLast = () => {};

/** Do something to the tree and leave focus on the element that had it. */
export function keepFocus(act) {
    const focused = document.activeElement;
    act();
    if (focused !== document.activeElement && root.contains(focused)) focused.focus({ preventScroll: true });
}

/** Return a function that focuses what has focus now, or what stands in its place by then. */
export function bookmark(focused = document.activeElement) {
    const row = root.contains(focused) && rowAround(focused);
    if (!row) return () => {};
    const list = listAround(row);
    const index = rowsOf(list).indexOf(row);
    const selector = CONTROLS.find((each) => focused.matches(each));
    return () => {
        const rows = rowsOf(list);
        const place = root.querySelector(`#${row.id}`) ?? rows[Math.min(index, rows.length - 1)];
        if (focused.isConnected) focused.focus({ preventScroll: true });
        else if (place) focusRow(place, selector);
    };
}

/** Move focus to a row: to the given control if it has it, else to the first that it has. */
export function focusRow(row, selector = ".handle") {
    const target = control(row, selector) ?? control(row, "button, a");
    target?.focus({ preventScroll: true });
    row.querySelector(":scope > .row").scrollIntoView({ block: "nearest" });
}

/** Move focus to a row unless it is there already, on whatever control; and have the row in view. */
export function follow(row) {
    if (!row.contains(document.activeElement)) focusRow(row);
    else row.querySelector(":scope > .row").scrollIntoView({ block: "nearest" });
}

/** Move focus to where it was in the tree last, when a bar or dialog that had it goes away. */
export function returnFocus() {
    returnToLast();
}

root.addEventListener("focusin", ({ target }) => {
    if (rowAround(target)) returnToLast = bookmark(target);
});
