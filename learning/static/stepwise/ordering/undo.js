/** What was done on this page, newest last, and how to take it back. */

import { isEverythingSettled } from "./list.js";
import { announce } from "./messages.js";
import { text } from "./texts.js";

const done = [];

/** Remember a change: the lists it concerns, and the function that takes it back. */
export function remember(lists, takeBack) {
    done.push({ lists, takeBack });
}

/**
 * Forget the changes of lists that others have changed: taking them back would undo theirs.
 *
 * A move between two lists that cannot be taken back leaves both other than earlier changes found them.
 */
export function forget(...lists) {
    const changed = new Set(lists);
    for (let index = done.length - 1; index >= 0; index--) {
        if (!done[index].lists.some((list) => changed.has(list))) continue;
        for (const list of done[index].lists) changed.add(list);
        done.splice(index, 1);
    }
}

/** Take back the newest change. */
export function undo() {
    if (!isEverythingSettled()) announce(text("undo_later"));
    else if (!done.length) announce(text("nothing_to_undo"));
    else done.pop().takeBack();
}
