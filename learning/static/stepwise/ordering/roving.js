/**
 * One stop of the Tab key for each row; the arrow keys go on inside it, and to the rows above and below.
 *
 * Every row is a toolbar: of what can be pressed in it, only one control is a stop, the one that had focus last.
 */

import { control, root, rowAround } from "./rows.js";

const ALONG = { ArrowRight: 1, ArrowLeft: -1 };
const ACROSS = { ArrowDown: 1, ArrowUp: -1 };

/** Make every row of the page a toolbar, those that come later too. */
export function makeToolbars() {
    for (const row of root.querySelectorAll(".sibling")) makeToolbar(row);
    new MutationObserver((changes) => {
        for (const { addedNodes } of changes) for (const added of addedNodes) settle(added);
    }).observe(root, { childList: true, subtree: true });
}

/** Go where a key leads from a control of a row; return whether it leads anywhere. */
export function rove(from, key) {
    const row = rowAround(from);
    const target = key in ACROSS ? across(row, from, ACROSS[key]) : along(row, from, key);
    target?.focus();
    return Boolean(target);
}

/** Call the toolbar of a row by the row's title. */
export function nameToolbar(row) {
    row.querySelector(":scope > .row").setAttribute("aria-label", row.dataset.title);
}

const controlsOf = (row) => [...row.querySelectorAll(":scope > .row :is(a[href], button)")];
const isShown = (element) => element.checkVisibility();

function settle(added) {
    if (added.nodeType !== Node.ELEMENT_NODE) return;
    if (added.matches(".sibling")) makeToolbar(added);
    for (const row of added.querySelectorAll(".sibling")) makeToolbar(row);
    // A control that was replaced or has come to a row.
    const row = !added.matches(".sibling") && rowAround(added);
    if (row) makeToolbar(row);
}

function makeToolbar(row) {
    const controls = controlsOf(row);
    row.querySelector(":scope > .row").setAttribute("role", "toolbar");
    nameToolbar(row);
    const stop = controls.find((each) => each === document.activeElement) ?? controls.find((each) => each.dataset.stop);
    setStop(controls, stop ?? controls[0]);
}

function setStop(controls, stop) {
    for (const each of controls) {
        each.tabIndex = each === stop ? 0 : -1;
        if (each === stop) each.dataset.stop = "1";
        else delete each.dataset.stop;
    }
}

function along(row, from, key) {
    const shown = controlsOf(row).filter(isShown);
    if (key === "Home") return shown[0];
    if (key === "End") return shown.at(-1);
    const forwards = getComputedStyle(root).direction === "rtl" ? -1 : 1;
    return key in ALONG ? shown[shown.indexOf(from) + forwards * ALONG[key]] : undefined;
}

/** The same control of the next row that is on the page, or the first that it has. */
function across(row, from, step) {
    const rows = [...root.querySelectorAll(".sibling")];
    let index = rows.indexOf(row) + step;
    while (rows[index] && !isShown(rows[index])) index += step;
    if (!rows[index]) return undefined;
    const same = [...from.classList].map((name) => control(rows[index], `.${name}`)).find(Boolean);
    return same ?? controlsOf(rows[index]).find(isShown);
}

root.addEventListener("focusin", ({ target }) => {
    const row = target.matches("a, button") && rowAround(target);
    const controls = row ? controlsOf(row) : [];
    // What stands in the branch of a row, as the link that adds to it, is a stop of its own.
    if (controls.includes(target)) setStop(controls, target);
});
