/** While a row is dragged or carried, or a button is pressed, answers wait: they would move it away. */

/** Milliseconds; longer than a click takes, and not for ever should the end of a press go unseen. */
const LONGEST_PRESS = 1_000;

let finish = null;
let finished = Promise.resolve();

/** A row was lifted. */
export function beginGesture() {
    finished = new Promise((resolve) => (finish = resolve));
}

/** The row was dropped, or put back. */
export function endGesture() {
    finish?.();
    finish = null;
}

/** Wait until no row is lifted. */
export async function gestureEnded() {
    while (finish) await finished;
}

let release = () => {};
let released = Promise.resolve();

addEventListener("pointerdown", () => {
    release();
    released = new Promise((resolve) => (release = resolve));
    setTimeout(release, LONGEST_PRESS);
}, true);

for (const end of ["pointerup", "pointercancel"]) {
    // The click comes first.
    addEventListener(end, () => setTimeout(release), true);
}

/** Wait until nothing is pressed: no click comes of what moves away between its two halves. */
export const pressEnded = () => released;
