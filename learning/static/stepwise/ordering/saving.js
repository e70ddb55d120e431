/** How the order of a list is saved: shown at once, one request at a time, never a guess about the server. */

import { confirmed } from "./dialogs.js";
import { check, refuse, refuseStale } from "./failures.js";
import { follow } from "./focus.js";
import { gestureEnded } from "./gestures.js";
import { announce, clear, show } from "./messages.js";
import { idsIn, inverse, itemsOf, rebased, sameOrder } from "./moves.js";
import { actionUrl, post } from "./network.js";
import { markMoved, rowWith, titleOf } from "./rows.js";
import { text } from "./texts.js";
import { remember, undo } from "./undo.js";

/** Move an item of a list to a position from 0: at once on the page, then on the server. */
export function move(list, id, to) {
    if (!list.takesMoves) {
        list.render();
        announce(text("busy"));
        return;
    }
    clear(list.topic);
    make(list, [{ id, to }]);
}

/** Return the named sentence about an item: its title, its position, how many there are. */
export function whereabouts(list, id, name) {
    const title = titleOf(rowWith(list.kind, id));
    return text(name, { title, position: list.desired.indexOf(id) + 1, total: list.confirmed.length });
}

function make(list, moves) {
    const possible = rebased(moves, list.desired);
    if (!possible.length) return;
    list.pending.push(...possible);
    list.render();
    announce(whereabouts(list, possible.at(-1).id, "saving"));
    if (list.isSettled) save(list);
}

async function save(list) {
    list.enter("sending");
    while (list.pending.length) {
        const sent = [...list.pending];
        const ids = list.desired;
        const answer = await post(actionUrl("reorder", list.kind), {
            items: itemsOf(ids),
            version: list.version,
            confirmed: list.asksNoMore || sent.every(({ isConfirmed }) => isConfirmed),
        });
        await gestureEnded();
        if (answer.outcome === "ok") accept(list, sent, answer.data);
        else if (answer.outcome === "unknown") await checked(list, sent, ids, answer.reason);
        else if (answer.code === "confirmation_required") await ask(list, sent, answer.meta.message);
        else if (answer.code !== "stale_order") await refuse(list, answer, make);
        else if (isTheirs(answer.meta, ids)) refuseStale(list, answer.meta, make);
        else accept(list, sent, answer.meta);
    }
    list.enter("settled");
}

/** A browser repeats a request on a broken connection: then the order of "someone else" is this one. */
const isTheirs = ({ items }, ids) => !sameOrder(idsIn(items), ids);

function accept(list, sent, { items, version }) {
    list.pending.splice(0, sent.length);
    list.adopt(idsIn(items), version);
    const isUndo = sent.every((each) => each.isUndo);
    if (!isUndo) remember([list], () => takeBack(list, sent));
    if (!list.pending.length) tellSaved(list, sent.at(-1).id, isUndo);
}

async function checked(list, sent, ids, reason) {
    const isSaved = await check(list, ids, reason, make);
    if (isSaved) remember([list], () => takeBack(list, sent));
}

function tellSaved(list, id, isUndo) {
    markMoved(rowWith(list.kind, id));
    show({
        topic: "done",
        level: "success",
        words: whereabouts(list, id, isUndo ? "undone" : "saved"),
        buttons: isUndo ? [] : [{ name: "undo", label: "undo", act: undo }],
    });
}

function takeBack(list, moves) {
    clear(list.topic);
    make(list, inverse(moves).map((each) => ({ ...each, isConfirmed: true, isUndo: true })));
    follow(rowWith(list.kind, moves[0].id));
}

/** Nothing was written. An order made meanwhile goes first: it may need no question, or another one. */
async function ask(list, sent, message) {
    if (list.pending.length > sent.length) return;
    const answer = await confirmed(message, { mayStopAsking: true });
    if (answer.isConfirmed) {
        list.asksNoMore ||= answer.asksNoMore;
        for (const each of list.pending) each.isConfirmed = true;
    } else {
        const { id } = list.rollBack().at(-1);
        announce(whereabouts(list, id, "cancelled"));
        follow(rowWith(list.kind, id));
    }
}
