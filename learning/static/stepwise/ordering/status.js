/** Publishing and unpublishing a row. */

import { postAsking } from "./asking.js";
import { bookmark } from "./focus.js";
import { lateArrival } from "./late.js";
import { holdUnsettled, listOf } from "./list.js";
import { announce, clear, show } from "./messages.js";
import { actionUrl, hurry, loadUntilAnswered } from "./network.js";
import { showRefused, showUnloaded } from "./refusals.js";
import { control, idOf, listAround, rowAbove, rowAround, rowWith, titleOf } from "./rows.js";
import { text } from "./texts.js";
import { remember, undo } from "./undo.js";

/** Publish the row of a publish button, unpublish the row of an unpublish button. */
export function pressStatus(button) {
    if (button.getAttribute("aria-disabled") === "true") return;
    const row = rowAround(button);
    const { kind } = listAround(row).dataset;
    change({ kind, id: idOf(row), title: titleOf(row), published: button.matches(".publish") });
}

async function change(wish) {
    const { kind, id, published, isConfirmed = false } = wish;
    const release = holdUnsettled();
    clear(topicOf(wish));
    mark(wish, true);
    announce(text("status_saving", wish));
    const answer = await postAsking(actionUrl("status", kind), { id, published, confirmed: isConfirmed });
    if (answer.outcome === "ok") finish(wish, answer.data);
    else if (answer.outcome === "unknown") await check(wish, answer.reason);
    else if (answer.outcome === "cancelled") announce(text("status_cancelled", wish));
    else showRefused({ topic: topicOf(wish), answer, buttons: again(wish) });
    mark(wish, false);
    release();
}

const topicOf = ({ kind, id }) => `status ${kind} ${id}`;
const listWith = ({ kind, id }) => listOf(listAround(rowWith(kind, id)));
const isPublished = (row) => control(row, ".status").matches(".is-published");

function mark({ kind, id }, isBusy) {
    const row = rowWith(kind, id);
    if (!row) return;
    row.classList.toggle("waiting", isBusy);
    control(row, ".publish, .unpublish")?.setAttribute("aria-disabled", String(isBusy));
}

function finish(wish, { status_label: label, is_published: published, counts }) {
    const row = rowWith(wish.kind, wish.id);
    // Loaded afresh meanwhile, the list may not have it any more.
    if (!row) return;
    const above = rowAbove(listAround(row));
    if (above) control(above, ".counts").textContent = counts;
    const badge = control(row, ".status");
    badge.textContent = label;
    badge.classList.toggle("is-published", published);
    const button = control(row, ".publish, .unpublish");
    const name = published ? "unpublish" : "publish";
    button.className = name;
    button.textContent = text(name);
    button.setAttribute("aria-label", text(published ? "unpublish_title" : "publish_title", wish));
    const back = { ...wish, published: !published, isConfirmed: true, isUndo: true };
    if (!wish.isUndo) remember([listWith(wish)], () => change(back));
    show({
        topic: "done",
        level: "success",
        words: text(published ? "is_published" : "is_unpublished", wish),
        buttons: wish.isUndo ? [] : [{ name: "undo", label: "undo", act: undo }],
    });
}

const again = (wish) => [{ name: "retry", label: "retry", act: () => change(wish) }];

/** Nobody knows whether the change arrived: ask until the server answers, and show what it has. */
async function check(wish, reason) {
    const list = listWith(wish);
    show({
        topic: topicOf(wish),
        level: "error",
        words: text(`unknown_${reason}`),
        buttons: [{ name: "reload", label: "reload", act: hurry, stays: true }],
    });
    const answer = await loadUntilAnswered(list.url);
    const fresh = freshRow(wish, answer);
    if (!fresh) {
        showUnloaded({ topic: topicOf(wish), answer });
        return;
    }
    const isSaved = isPublished(fresh) === wish.published;
    renew(wish, fresh);
    if (isSaved) {
        show({ topic: topicOf(wish), level: "success", words: text("saved_after_all") });
        return;
    }
    const words = text(reason === "server" ? "unsaved_server" : "unsaved");
    show({ topic: topicOf(wish), level: "error", words, buttons: again(wish) });
    watchForLateArrival(wish, list);
}

const freshRow = ({ kind, id }, answer) => answer.data?.querySelector(`#${kind}-${id}`);

/** Take over what a fresh copy of the row says about its status. */
function renew({ kind, id }, fresh) {
    const row = rowWith(kind, id);
    if (!row) return;
    const returnFocus = bookmark();
    for (const selector of [".status", ".publish, .unpublish"]) {
        control(row, selector)?.replaceWith(control(fresh, selector) ?? "");
    }
    returnFocus();
}

async function watchForLateArrival(wish, list) {
    const isThere = (row) => row && isPublished(row) === wish.published;
    const answer = await lateArrival(list, (page) => isThere(freshRow(wish, { data: page })));
    if (!answer || isThere(rowWith(wish.kind, wish.id))) return;
    renew(wish, freshRow(wish, answer));
    show({ topic: topicOf(wish), level: "warning", words: text("arrived_late") });
}
