/** What was done on this page, newest last, and how to take it back. */

import { isEverythingSettled } from "./list.js";
import { announce } from "./messages.js";
import { text } from "./texts.js";

const done = [];

/** Remember a change: the lists it concerns, and the function that takes it back. */
export function remember(lists, takeBack) {
    done.push({ lists, takeBack });
}

/** Forget the changes of a list that others have changed: taking them back would undo theirs. */
export function forget(list) {
    for (let index = done.length - 1; index >= 0; index--) {
        if (done[index].lists.includes(list)) done.splice(index, 1);
    }
}

/** Take back the newest change. */
export function undo() {
    if (!isEverythingSettled()) announce(text("undo_later"));
    else if (!done.length) announce(text("nothing_to_undo"));
    else done.pop().takeBack();
}
