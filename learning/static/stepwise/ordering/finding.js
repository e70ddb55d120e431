/** Finding a row by its title: the branches that it stands in are opened, and it is marked. */

import { openBranch } from "./branches.js";
import { focusRow } from "./focus.js";
import { announce, clear } from "./messages.js";
import { load } from "./network.js";
import { showUnloaded } from "./refusals.js";
import { control, root, rowWith, titleOf } from "./rows.js";
import { text } from "./texts.js";

const form = document.getElementById("ordering-find");
const found = document.getElementById("ordering-found");
const field = form?.elements.find;
const TOPIC = "find";

/** Take over the form and what it finds. */
export function takeOverFinding() {
    // One list alone has nothing to find in it.
    if (!form) return;
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        find();
    });
    form.addEventListener("keydown", steer);
    found.addEventListener("keydown", steer);
    found.addEventListener("click", (event) => {
        const link = event.target.closest("a");
        if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        show(link);
    });
}

async function find() {
    clear(TOPIC);
    const address = new URL(form.action);
    address.searchParams.set("find", field.value);
    const answer = await load(address.href);
    const fresh = answer.outcome === "ok" && answer.data.getElementById("ordering-found");
    if (!fresh) {
        showUnloaded({ topic: TOPIC, answer, buttons: [{ name: "retry", label: "retry", act: find }] });
        return;
    }
    found.replaceChildren(...fresh.childNodes);
    const links = [...found.querySelectorAll("a")];
    announce(found.querySelector(".said")?.textContent ?? "");
    if (links.length === 1) await show(links[0]);
}

/** Open everything above a row, from the top, and go to it. */
async function show(link) {
    const { kind, id, above } = link.dataset;
    for (const branch of above.split(" ").filter(Boolean)) {
        const row = rowWith(...branch.split(":"));
        if (!row || !(await openBranch(control(row, ".toggle")))) {
            // It has been moved or is gone since the page was loaded: the server knows where it is.
            location.assign(link.href);
            return;
        }
    }
    const row = rowWith(kind, id);
    if (!row) {
        location.assign(link.href);
        return;
    }
    for (const old of root.querySelectorAll(".sibling.found")) old.classList.remove("found");
    row.classList.add("found");
    focusRow(row, ".title");
    announce(text("found", { title: titleOf(row) }));
}

function steer(event) {
    if (event.key === "Escape") {
        field.value = "";
        found.replaceChildren();
        field.focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const stops = [field, ...found.querySelectorAll("a")];
    stops[stops.indexOf(document.activeElement) + step]?.focus();
}
