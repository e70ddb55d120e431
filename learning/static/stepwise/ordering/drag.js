/** Dragging with mouse and touch, by the handle: within a list, or to another open list of the kind. */

import Sortable, { AutoScroll } from "../vendor/sortable-1.15.7/sortable.core.esm.js";
import { follow } from "./focus.js";
import { beginGesture, endGesture } from "./gestures.js";
import { listOf } from "./list.js";
import { announce } from "./messages.js";
import { idOf, root, rowAbove, rowsOf, titleOf } from "./rows.js";
import { move } from "./saving.js";
import { text } from "./texts.js";
import { transfer } from "./transfer.js";

/** Rows glide out of the way only in lists where measuring all of them costs nothing. */
const GLIDING = 100;

const calm = matchMedia("(prefers-reduced-motion: reduce)");
let isCancelled = false;

Sortable.mount(new AutoScroll());

/** Make the lists of a kind ready for a drag that may be about to begin in one of them. */
export function prepareDrag(handle) {
    const { kind } = handle.closest(".siblings").dataset;
    for (const element of root.querySelectorAll(`.siblings[data-kind="${kind}"][data-orderable="1"]`)) {
        const sortable = Sortable.get(element) ?? new Sortable(element, options(element));
        sortable.option("animation", calm.matches || element.childElementCount > GLIDING ? 0 : 150);
    }
}

/** Put the row that is being dragged back; return whether one was. */
export function cancelDrag() {
    if (!Sortable.active) return false;
    isCancelled = true;
    for (const type of ["pointerup", "mouseup"]) document.dispatchEvent(new Event(type));
    return true;
}

function options(element) {
    return {
        group: group(element),
        draggable: ".sibling",
        handle: ".handle",
        // The browser's own dragging does not begin on buttons everywhere, and not by touch.
        forceFallback: true,
        fallbackOnBody: true,
        fallbackTolerance: 4,
        fallbackClass: "dragged",
        ghostClass: "dragged-from",
        emptyInsertThreshold: 24,
        scrollSensitivity: 80,
        scrollSpeed: 16,
        filter: () => !listOf(element).takesMoves,
        onFilter: () => announce(text("busy")),
        onStart: begin,
        onEnd: end,
    };
}

/** Rows change lists only inside one organization, and categories have no other list to go to. */
function group(element) {
    const outermost = element.closest("#ordering > .sibling-list").querySelector(".siblings");
    const isMovable = element !== outermost;
    const name = `${element.dataset.kind} ${outermost.dataset.parent}`;
    const put = (to, from) => isMovable && from.options.group.name === name && listOf(to.el).isSettled;
    return { name, pull: isMovable, put };
}

function begin({ item }) {
    isCancelled = false;
    beginGesture();
    keepUnderPointer(item, () => (root.dataset.dragged = item.parentElement.dataset.kind));
}

function end({ item, from, to, originalEvent }) {
    const source = listOf(from);
    const position = rowsOf(to).indexOf(item);
    keepUnderPointer(item, () => delete root.dataset.dragged);
    if (isCancelled || originalEvent.type === "pointercancel") {
        source.render();
        announce(text("put_back", { title: titleOf(item) }));
    } else if (from === to) {
        move(source, idOf(item), position);
    } else {
        const goal = { to: to.dataset.parent, place: titleOf(rowAbove(to)), position };
        transfer({ kind: source.kind, id: idOf(item), title: titleOf(item), from: source.parent, ...goal });
    }
    follow(item);
    endGesture();
}

/** Branches close while rows of their level are dragged; the row must not slip away from the pointer. */
function keepUnderPointer(row, act) {
    const before = row.getBoundingClientRect().top;
    act();
    scrollBy({ top: row.getBoundingClientRect().top - before, behavior: "instant" });
}
