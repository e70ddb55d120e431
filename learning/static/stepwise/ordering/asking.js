/** Changes that the server makes only when somebody has read what they mean for learners. */

import { confirmed } from "./dialogs.js";
import { gestureEnded } from "./gestures.js";
import { post } from "./network.js";

/** Send a change; if the server asks back, ask the person and send it once more, or call it "cancelled". */
export async function postAsking(url, body) {
    const answer = await post(url, body);
    if (answer.code !== "confirmation_required") return answer;
    await gestureEnded();
    const { isConfirmed } = await confirmed(answer.meta.message);
    return isConfirmed ? post(url, { ...body, confirmed: true }) : { outcome: "cancelled" };
}
