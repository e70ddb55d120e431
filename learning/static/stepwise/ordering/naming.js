/** Renaming a row in place, and deleting it. */

import { postAsking } from "./asking.js";
import { focusRow } from "./focus.js";
import { holdUnsettled, listOf } from "./list.js";
import { announce, clear, show } from "./messages.js";
import { actionUrl, post } from "./network.js";
import { showRefused } from "./refusals.js";
import { nameToolbar } from "./roving.js";
import { control, idOf, listAround, rowAround, rowsOf, rowWith, titleOf } from "./rows.js";
import { text } from "./texts.js";
import { showAfresh } from "./writing.js";

/** Put a field in the place of the title: Enter saves, Escape and leaving it unchanged do not. */
export function rename(button) {
    const row = rowAround(button);
    const title = control(row, ".title");
    if (title.hidden) return;
    const input = document.createElement("input");
    const was = titleOf(row);
    input.className = "title-field";
    input.maxLength = 200;
    input.value = was;
    input.setAttribute("aria-label", text("rename_title", { title: was }));
    title.hidden = true;
    title.after(input);
    input.select();
    let isOver = false;
    const end = (isMeant) => {
        if (isOver) return;
        isOver = true;
        const wanted = input.value.trim();
        const hadFocus = document.activeElement === input;
        input.remove();
        title.hidden = false;
        if (hadFocus) focusRow(row, ".rename");
        if (isMeant && wanted && wanted !== was) save(row, was, wanted);
        else announce(text("rename_cancelled", { title: was }));
    };
    input.addEventListener("keydown", (event) => {
        event.stopPropagation();
        if (event.key === "Enter") event.preventDefault();
        if (event.key === "Enter" || event.key === "Escape") end(event.key === "Enter");
    });
    input.addEventListener("blur", () => end(true));
}

async function save(row, was, title) {
    const { kind } = listAround(row).dataset;
    const topic = `rename ${row.id}`;
    const release = holdUnsettled();
    clear(topic);
    row.classList.add("waiting");
    announce(text("renaming", { title: was }));
    const answer = await post(actionUrl("rename", kind), { id: idOf(row), title, was });
    rowWith(kind, idOf(row))?.classList.remove("waiting");
    release();
    if (answer.outcome === "unknown") show({ topic, level: "error", words: text("not_told") });
    else if (answer.outcome === "refused") showRefused({ topic, answer, buttons: [] });
    else entitle(rowWith(kind, idOf(row)), was, answer.data.title);
}

/** Call a row, and everything that can be done with it, by its new title. */
function entitle(row, was, title) {
    if (row) {
        row.dataset.title = title;
        nameToolbar(row);
        control(row, ".title").textContent = title;
        for (const named of row.querySelectorAll(":scope > .row [aria-label]")) {
            named.setAttribute("aria-label", named.getAttribute("aria-label").replace(was, () => title));
        }
    }
    announce(text("renamed", { was, title }));
}

/** Ask, and delete a row with everything below it. */
export async function remove(link) {
    const row = rowAround(link);
    const list = listOf(listAround(row));
    const title = titleOf(row);
    const topic = `remove ${row.id}`;
    if (!list.isSettled) {
        announce(text("busy"));
        return;
    }
    clear(topic);
    list.enter("transferring");
    announce(text("removing", { title }));
    const answer = await postAsking(actionUrl("remove", list.kind), { id: idOf(row) });
    list.enter("settled");
    if (answer.outcome === "cancelled") announce(text("remove_cancelled", { title }));
    else if (answer.outcome === "unknown") show({ topic, level: "error", words: text("not_told") });
    else if (answer.outcome === "refused") showRefused({ topic, answer, buttons: [] });
    else await showGone(list, row, title, answer.data.counts);
}

async function showGone(list, row, title, counts) {
    const index = rowsOf(list.element).indexOf(row);
    await showAfresh(list, counts);
    const rows = rowsOf(list.element);
    const next = rows[Math.min(index, rows.length - 1)];
    if (next) focusRow(next);
    else list.element.parentElement.querySelector(":scope > .write > .new-title")?.focus();
    show({ topic: "done", level: "success", words: text("removed", { title }) });
}
