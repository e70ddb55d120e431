/** Moving a row to another parent, whose list need not be on the page. */

import { put, tidy } from "./arranging.js";
import { postAsking } from "./asking.js";
import { openBranch } from "./branches.js";
import { takeOver } from "./failures.js";
import { follow } from "./focus.js";
import { gestureEnded } from "./gestures.js";
import { lateArrival } from "./late.js";
import { listOf } from "./list.js";
import { announce, clear, show } from "./messages.js";
import { applied } from "./moves.js";
import { actionUrl, hurry, loadUntilAnswered } from "./network.js";
import { showRefused } from "./refusals.js";
import { control, findList, idsOf, markMoved, parentOf, rowsOf, rowWith, titleOf } from "./rows.js";
import { text } from "./texts.js";
import { forget, remember, undo } from "./undo.js";

/**
 * Move a row to the list of another parent.
 *
 * The wish says which row (`kind`, `id`, `title`), the ids of both parents (`from`, `to`), the title of the
 * new one (`place`), and the `position` from 0, null for the end. Both lists take no moves until the server
 * has answered, and show what it has then.
 */
export async function transfer(wish) {
    const lists = [wish.to, wish.from].map((parent) => findList(wish.kind, parent)).filter(Boolean).map(listOf);
    if (!lists.every((list) => list.isSettled)) {
        putBack(lists);
        announce(text("busy"));
        return;
    }
    for (const list of lists) {
        clear(list.topic);
        list.enter("transferring");
    }
    place(wish);
    announce(text("moving", wish));
    const { kind, id, to, position, isConfirmed = false, isUndo } = wish;
    // A position is meant among the rows that are seen.
    const version = position === null ? undefined : findList(kind, to)?.dataset.version;
    const body = { id, parent_id: Number(to), position, version, confirmed: isConfirmed };
    const answer = await postAsking(actionUrl("move", kind), body);
    await gestureEnded();
    if (answer.outcome === "ok") await finish(wish, lists, answer.data);
    else if (answer.outcome === "unknown") await check(wish, lists, answer.reason);
    else if (answer.code === "stale_order") await refuseStale(wish, lists);
    else putBack(lists);
    if (isUndo && answer.outcome !== "ok") forget(...lists);
    for (const list of lists) list.enter("settled");
    if (answer.outcome === "cancelled") announce(text("move_cancelled", wish));
    if (answer.outcome === "refused" && answer.code !== "stale_order") {
        showRefused({ topic: topicOf(wish), answer, buttons: again(wish) });
    }
}

const topicOf = ({ kind, from }) => `${kind}:${from}`;
const again = (wish) => [{ name: "retry", label: "retry", act: () => transfer(wish) }];

/** Show the row where it is to go, if that is on the page. */
function place({ kind, id, from, to, position }) {
    const row = rowWith(kind, id);
    const target = findList(kind, to);
    if (!row || !target) return;
    put(target, row, rowsOf(target).filter((other) => other !== row)[position ?? Infinity]);
    row.classList.add("waiting");
    for (const list of [target, findList(kind, from)]) if (list) tidy(list);
}

function putBack(lists) {
    for (const list of lists) list.render();
    // The first list still had the other's row when its own were counted.
    for (const list of lists) tidy(list.element);
}

async function finish(wish, lists, { lists: parents }) {
    const { kind, id, from, to, isUndo } = wish;
    const old = parentOf(kind, from);
    const origin = lists.find((list) => list.parent === from)?.confirmed.indexOf(id) ?? null;
    await loadAfresh(lists, wish);
    for (const { parent, counts } of parents) {
        const above = parentOf(kind, parent);
        if (above) control(above, ".counts").textContent = counts;
    }
    if (!isUndo) {
        const home = { from: to, to: from, place: old && titleOf(old), position: origin };
        remember(lists, () => transfer({ ...wish, ...home, isConfirmed: true, isUndo: true }));
    }
    show({
        topic: "done",
        level: "success",
        words: text(isUndo ? "undone_move" : "moved", wish),
        buttons: isUndo ? [] : [{ name: "undo", label: "undo", act: undo }],
    });
    await bringIntoView(wish);
}

async function bringIntoView({ kind, id, to }) {
    const above = parentOf(kind, to);
    if (above) await openBranch(control(above, ".toggle"));
    const row = rowWith(kind, id);
    markMoved(row);
    if (row) follow(row);
}

async function check(wish, lists, reason) {
    putBack(lists);
    for (const list of lists) list.enter("checking");
    const [{ topic }] = lists;
    show({
        topic,
        level: "error",
        words: text(`unknown_${reason}`),
        buttons: [{ name: "reload", label: "reload", act: hurry, stays: true }],
    });
    if (!(await loadAfresh(lists))) return;
    clear(topic);
    const [row, target] = [rowWith(wish.kind, wish.id), findList(wish.kind, wish.to)];
    if (target ? target.contains(row) : !row) {
        show({ topic, level: "success", words: text("saved_after_all") });
        return;
    }
    const words = text(reason === "server" ? "unsaved_server" : "unsaved");
    show({ topic: topicOf(wish), level: "error", words, buttons: again(wish) });
    watchForLateArrival(wish, lists);
}

/** Others have changed the list that the row was to go to: a position means another place in it by now. */
async function refuseStale(wish, lists) {
    putBack(lists);
    const target = lists.find((list) => list.parent === wish.to);
    target.enter("checking");
    if (!(await loadAfresh([target]))) return;
    const words = text("target_changed", wish);
    show({ topic: topicOf(wish), level: "warning", words, buttons: again(wish) });
}

/** Load lists afresh, after the move of a wish if there was one; return whether that worked. */
async function loadAfresh(lists, wish) {
    for (const list of lists) {
        const answer = await loadUntilAnswered(list.url);
        await gestureEnded();
        if (!takeOver(list, answer, wish && orderAfter(wish, list))) return false;
    }
    return true;
}

function orderAfter({ id, to, position }, { parent, confirmed }) {
    if (parent === to) return applied(confirmed, { id, to: position ?? Infinity });
    return confirmed.filter((other) => other !== id);
}

async function watchForLateArrival({ kind, id, to }, lists) {
    const [list] = lists;
    const belongs = list.parent === `${to}`;
    const answer = await lateArrival(list, (page) => {
        const fresh = findList(kind, list.parent, page);
        return fresh && idsOf(fresh).includes(id) === belongs;
    });
    if (!answer || !lists.every((each) => each.isSettled)) return;
    for (const each of lists) each.enter("checking");
    const isShown = await loadAfresh(lists);
    for (const each of lists) each.enter("settled");
    if (isShown) show({ topic: list.topic, level: "warning", words: text("arrived_late") });
}
