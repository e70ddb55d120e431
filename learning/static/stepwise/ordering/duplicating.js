/** Duplicating a row with everything below it: the copy is a draft at the end of the list. */

import { focusRow } from "./focus.js";
import { listOf } from "./list.js";
import { announce, clear, show } from "./messages.js";
import { actionUrl, post } from "./network.js";
import { showRefused } from "./refusals.js";
import { idOf, listAround, rowAround, rowWith, titleOf } from "./rows.js";
import { whereabouts } from "./saving.js";
import { text } from "./texts.js";
import { showAfresh } from "./writing.js";

/** Duplicate the row of a button, and go to the copy. */
export async function duplicate(button) {
    const row = rowAround(button);
    const list = listOf(listAround(row));
    const topic = `duplicate ${row.id}`;
    if (!list.isSettled) {
        announce(text("busy"));
        return;
    }
    clear(topic);
    list.enter("transferring");
    announce(text("duplicating", { title: titleOf(row) }));
    const answer = await post(actionUrl("duplicate", list.kind), { id: idOf(row) });
    list.enter("settled");
    if (answer.outcome === "unknown") show({ topic, level: "error", words: text("not_told") });
    else if (answer.outcome === "refused") showRefused({ topic, answer, buttons: [] });
    else await showCopy(list, answer.data);
}

async function showCopy(list, { id, counts }) {
    await showAfresh(list, counts);
    const copy = rowWith(list.kind, id);
    // Somebody may have deleted it meanwhile.
    if (!copy) return;
    focusRow(copy, ".rename");
    show({ topic: "done", level: "success", words: whereabouts(list, id, "duplicated") });
}
