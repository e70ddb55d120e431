/** What happens when an order was not saved, or when nobody knows whether it was. */

import { gestureEnded } from "./gestures.js";
import { lateArrival } from "./late.js";
import { announce, clear, show } from "./messages.js";
import { idsIn, rebased, sameOrder } from "./moves.js";
import { hurry, load, loadUntilAnswered } from "./network.js";
import { showRefused, showUnloaded } from "./refusals.js";
import { findList, idsOf } from "./rows.js";
import { moment, text } from "./texts.js";
import { forget } from "./undo.js";

const CHANGED = ["incomplete_siblings", "not_siblings"];

/** The server said no: the order it confirmed last is back. `make` repeats the moves that were lost. */
export async function refuse(list, answer, make) {
    const lost = list.rollBack();
    if (CHANGED.includes(answer.code)) await refuseChanged(list, lost, make);
    else showRefused({ topic: list.topic, answer, buttons: againOrReload(list, lost, make) });
}

/** Rows were added or taken out, or the whole list is gone: the server says the same of both. */
async function refuseChanged(list, lost, make) {
    list.enter("checking");
    const answer = await load(list.url);
    await gestureEnded();
    list.enter("sending");
    const buttons = [reloadButton(list)];
    if (answer.outcome === "ok" && findList(list.kind, list.parent, answer.data)) {
        const applyAgain = async () => {
            if (await reload(list)) make(list, lost);
        };
        buttons.push({ name: "apply-again", label: "apply_again", act: applyAgain });
        show({ topic: list.topic, level: "error", words: text("list_changed"), buttons });
    } else {
        showUnloaded({ topic: list.topic, answer, buttons });
    }
}

/** Someone else was faster: see their order, or have the same moves made in it. */
export function refuseStale(list, { items, version, changed_by: name, changed_at: at }, make) {
    const lost = list.rollBack();
    const theirs = idsIn(items);
    const adopt = () => (list.hasExactly(theirs) ? takeOrder(list, theirs, version) : reload(list));
    const showTheirs = async () => {
        if (await adopt()) announce(text("their_order"));
    };
    const applyAgain = async () => {
        if (await adopt()) make(list, lost);
    };
    show({
        topic: list.topic,
        level: "warning",
        words: name ? text("stale_by", { name, time: moment(at) }) : text("stale"),
        buttons: [
            { name: "reload", label: "show_theirs", act: showTheirs },
            { name: "apply-again", label: "apply_again", act: applyAgain },
        ],
    });
}

/**
 * Nobody knows whether an order arrived: ask until the server answers, and show what it has.
 *
 * Return whether it has that order.
 */
export async function check(list, ids, reason, make) {
    const lost = list.rollBack();
    let isWantedAgain = false;
    const again = () => {
        isWantedAgain = true;
        hurry();
    };
    list.enter("checking");
    show({
        topic: list.topic,
        level: "error",
        words: text(`unknown_${reason}`),
        buttons: [
            { name: "retry", label: "retry", act: again, stays: true },
            { name: "reload", label: "reload", act: hurry, stays: true },
        ],
    });
    const answer = await loadUntilAnswered(list.url);
    await gestureEnded();
    if (!takeOver(list, answer)) return false;
    list.enter("sending");
    if (sameOrder(list.confirmed, ids)) {
        show({ topic: list.topic, level: "success", words: text("saved_after_all") });
        return true;
    }
    if (isWantedAgain) {
        clear(list.topic);
        list.pending = rebased(lost, list.confirmed);
        list.render();
    } else {
        const words = text(reason === "server" ? "unsaved_server" : "unsaved");
        show({ topic: list.topic, level: "error", words, buttons: againOrReload(list, lost, make) });
        watchForLateArrival(list, ids);
    }
    return false;
}

/** Load a list afresh; return whether that worked. */
async function reload(list) {
    if (!list.isSettled) {
        announce(text("busy"));
        return false;
    }
    list.enter("checking");
    const answer = await load(list.url);
    await gestureEnded();
    const isTaken = takeOver(list, answer);
    list.enter("settled");
    return isTaken;
}

/**
 * Take over what the server answered, or say why that is not possible.
 *
 * An order other than the `expected` one is the work of others.
 */
export function takeOver(list, answer, expected = list.confirmed) {
    if (answer.outcome === "ok" && list.take(answer.data)) {
        if (!sameOrder(expected, list.confirmed)) forget(list);
        return true;
    }
    showUnloaded({ topic: list.topic, answer, buttons: [reloadButton(list)] });
    return false;
}

function takeOrder(list, ids, version) {
    if (!list.isSettled) {
        announce(text("busy"));
        return false;
    }
    forget(list);
    list.adopt(ids, version);
    return true;
}

function againOrReload(list, lost, make) {
    return [{ name: "retry", label: "retry", act: () => make(list, lost) }, reloadButton(list)];
}

function reloadButton(list) {
    const act = async () => {
        if (await reload(list)) announce(text("reloaded"));
    };
    return { name: "reload", label: "reload", act };
}

async function watchForLateArrival(list, ids) {
    const answer = await lateArrival(list, (page) => {
        const fresh = findList(list.kind, list.parent, page);
        return fresh && sameOrder(idsOf(fresh), ids);
    });
    if (!answer || !takeOver(list, answer)) return;
    show({ topic: list.topic, level: "warning", words: text("arrived_late") });
}
