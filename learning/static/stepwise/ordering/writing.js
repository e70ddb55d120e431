/** Writing in a list: a title and Enter make a draft, and the next title can be typed at once. */

import { takeOver } from "./failures.js";
import { listOf } from "./list.js";
import { announce, clear, show } from "./messages.js";
import { actionUrl, loadUntilAnswered, post } from "./network.js";
import { showRefused } from "./refusals.js";
import { control, rowAbove } from "./rows.js";
import { whereabouts } from "./saving.js";
import { text } from "./texts.js";

/** Lists in which something is being written, each with what comes next: one request at a time. */
const queues = new WeakMap();

/** Make a draft of the title that stands in the row for new ones. */
export function writeTitle(input) {
    const title = input.value.trim();
    input.focus();
    if (!title) return;
    input.value = "";
    const list = listOf(input.closest(".sibling-list").querySelector(":scope > .siblings"));
    const earlier = queues.get(list) ?? Promise.resolve();
    queues.set(list, earlier.then(() => write(list, title, input)));
}

/** Lines that are pasted are written one after the other, as if Enter had been pressed behind each. */
export function pasteTitles(input, event) {
    const lines = event.clipboardData.getData("text").split(/[\r\n]+/).filter((line) => line.trim());
    if (lines.length < 2) return;
    event.preventDefault();
    for (const line of lines) {
        input.value = line;
        writeTitle(input);
    }
}

async function write(list, title, input) {
    const topic = `write ${list.topic}`;
    clear(topic);
    announce(text("adding", { title }));
    const answer = await post(actionUrl("write", list.kind), { parent_id: list.parent, title });
    if (answer.outcome === "unknown") {
        show({ topic, level: "error", words: text("not_told"), buttons: [] });
        return;
    }
    if (answer.outcome === "refused") {
        // What was typed is not lost.
        if (!input.value) input.value = title;
        showRefused({ topic, answer, buttons: [] });
        return;
    }
    await showAfresh(list, answer.data.counts);
    announce(whereabouts(list, answer.data.id, "added"));
}

/** Show a list as the server has it, and how much there is below the row that it stands in. */
export async function showAfresh(list, counts) {
    list.enter("checking");
    takeOver(list, await loadUntilAnswered(list.url));
    list.enter("settled");
    const above = rowAbove(list.element);
    if (above) control(above, ".counts").textContent = counts;
}
