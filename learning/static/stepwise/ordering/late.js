/** A change that seemed lost may still be on its way: a network can deliver it after the page asked. */

import { gestureEnded } from "./gestures.js";
import { load } from "./network.js";

/** After how many seconds, each counted from the one before, the page looks again. */
const PAUSES = [3, 10, 30, 60];

/**
 * Look at a list again for a while; return the answer in which the change has arrived, or null.
 *
 * Ends early when the list changes here: a request that arrives after that is refused as stale.
 */
export async function lateArrival(list, hasArrived) {
    const { version } = list;
    for (const seconds of PAUSES) {
        await new Promise((resume) => setTimeout(resume, 1000 * seconds));
        const answer = await load(list.url);
        await gestureEnded();
        if (!list.isSettled || list.version !== version) return null;
        if (answer.outcome === "ok" && hasArrived(answer.data)) return answer;
    }
    return null;
}
