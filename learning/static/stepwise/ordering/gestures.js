/** A row that is being dragged or carried with the keyboard: answers wait, else they would move it away. */

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
