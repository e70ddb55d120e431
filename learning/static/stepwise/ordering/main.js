/** The ordering page: who does what when something on it is pressed. One listener for all rows. */

import { closeAll, toggleBranch } from "./branches.js";
import { askForPlace } from "./dialogs.js";
import { cancelDrag, prepareDrag } from "./drag.js";
import { duplicate } from "./duplicating.js";
import { takeOverFinding } from "./finding.js";
import { cancelLift, cancelLiftWithoutFocus, isLifted, press, steer } from "./keyboard.js";
import { listOf } from "./list.js";
import { announce, clear } from "./messages.js";
import { remove, rename } from "./naming.js";
import { showUnloaded } from "./refusals.js";
import { makeToolbars, rove } from "./roving.js";
import { idOf, listAround, root, rowAround, titleOf } from "./rows.js";
import { move, whereabouts } from "./saving.js";
import { pressStatus } from "./status.js";
import { transfer } from "./transfer.js";
import { undo } from "./undo.js";
import { pasteTitles, writeTitle } from "./writing.js";

const PRESSED = {
    ".handle": press,
    ".up": (button) => step(button, -1),
    ".down": (button) => step(button, 1),
    ".toggle": toggleBranch,
    ".move-to": moveTo,
    ".publish, .unpublish": pressStatus,
    ".rename": rename,
    ".duplicate": duplicate,
    ".remove": remove,
    ".write-title": (button) => writeTitle(button.previousElementSibling),
};

root.addEventListener("click", (event) => {
    const pressed = Object.keys(PRESSED).find((selector) => event.target.closest(selector));
    const isForNewTab = event.target.closest("a") && (event.ctrlKey || event.metaKey || event.shiftKey);
    if (!pressed || isForNewTab) return;
    event.preventDefault();
    // A click of a pointer on a handle is a drag that went nowhere; keys and screen readers click without one.
    if (pressed === ".handle" && event.detail > 0) return;
    PRESSED[pressed](event.target.closest(pressed));
});

root.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (target.matches("input")) {
        if (key !== "Enter") return;
        event.preventDefault();
        writeTitle(target);
        return;
    }
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && key === "z" && !event.altKey) {
        event.preventDefault();
        cancelLift();
        undo();
    }
    if (isCommand || event.altKey) return;
    if (target.matches(".handle") && (isHeldDown(event) || steer(target, key))) event.preventDefault();
    else if (target.matches(".toggle") && meansToggle(target, key)) {
        event.preventDefault();
        toggleBranch(target);
    } else if (rowAround(target) && !isLifted() && rove(target, key)) event.preventDefault();
});

root.addEventListener("paste", (event) => {
    if (event.target.matches(".new-title")) pasteTitles(event.target, event);
});

// A form comes back to the branches that are open when it is opened.
root.addEventListener("click", ({ target }) => {
    const link = target.closest("a.title[href], a.add[href]");
    if (!link) return;
    const address = new URL(link.href);
    const own = address.searchParams.getAll("open");
    const open = new Set([...new URLSearchParams(location.search).getAll("open"), ...own]);
    address.searchParams.delete("open");
    for (const branch of open) address.searchParams.append("open", branch);
    link.href = address.href;
}, true);

// What is sent as a form comes back to the branches that are open then.
document.getElementById("ordering-form").addEventListener("submit", ({ target }) => {
    for (const old of target.querySelectorAll("[name=open]")) old.remove();
    for (const branch of new URLSearchParams(location.search).getAll("open")) {
        const input = document.createElement("input");
        Object.assign(input, { type: "hidden", name: "open", value: branch });
        target.append(input);
    }
});

// With the pointer held, focus may be anywhere.
document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && cancelDrag()) event.preventDefault();
});

// Not at once: moving an element on the page may take its focus for a moment.
root.addEventListener("focusout", () => setTimeout(cancelLiftWithoutFocus));

// Before the event reaches the list: what is made ready here takes part in it.
root.addEventListener("pointerdown", ({ target }) => target.matches(".handle") && prepareDrag(target), true);

makeToolbars();
takeOverFinding();
document.getElementById("ordering-close-all")?.addEventListener("click", (event) => {
    event.preventDefault();
    closeAll();
});
root.classList.add("is-live");

function step(button, by) {
    const row = rowAround(button);
    const list = listOf(listAround(row));
    const isAtEnd = button.getAttribute("aria-disabled") === "true";
    if (isAtEnd) announce(whereabouts(list, idOf(row), "position"));
    else move(list, idOf(row), list.desired.indexOf(idOf(row)) + by);
}

async function moveTo(link) {
    const row = rowAround(link);
    const list = listOf(listAround(row));
    const topic = `place ${list.topic}`;
    clear(topic);
    const { answer, goal } = await askForPlace(link.href);
    if (answer.outcome !== "ok") {
        const buttons = [{ name: "retry", label: "retry", act: () => moveTo(link) }];
        showUnloaded({ topic, answer, buttons });
    } else if (goal?.to && goal.to !== list.parent) {
        transfer({ kind: list.kind, id: idOf(row), title: titleOf(row), from: list.parent, ...goal });
    } else if (goal) {
        move(list, idOf(row), goal.position ?? list.desired.length - 1);
    }
}

/** A held key would lift and drop in turn. */
const isHeldDown = ({ key, repeat }) => repeat && (key === " " || key === "Enter");

const meansToggle = (toggle, key) => key === (toggle.ariaExpanded === "true" ? "ArrowLeft" : "ArrowRight");
