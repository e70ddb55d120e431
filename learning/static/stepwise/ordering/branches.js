/** Branches of the tree: fetched when first opened, kept when closed, and named in the page's address. */

import { clear } from "./messages.js";
import { load } from "./network.js";
import { showUnloaded } from "./refusals.js";
import { root, rowAround } from "./rows.js";

/** Open a closed branch, close an open one. */
export function toggleBranch(toggle) {
    // A closed branch keeps what is in it, and whatever is going on there.
    if (toggle.getAttribute("aria-expanded") === "true") setOpen(toggle, false);
    else openBranch(toggle);
}

/** Open a branch; return whether it is open. */
export async function openBranch(toggle) {
    const branch = branchOf(toggle);
    if (!branch.childElementCount && !(await fill(branch, toggle))) return false;
    setOpen(toggle, true);
    return true;
}

/** Close every branch; what is in them stays as it is. */
export function closeAll() {
    for (const toggle of root.querySelectorAll('.toggle[aria-expanded="true"]')) setOpen(toggle, false);
}

const branchOf = (toggle) => rowAround(toggle).querySelector(":scope > .branch");

async function fill(branch, toggle) {
    const topic = toggle.dataset.branch;
    if (toggle.ariaBusy === "true") return false;
    clear(topic);
    toggle.ariaBusy = "true";
    const answer = await load(toggle.dataset.branchUrl);
    toggle.ariaBusy = null;
    if (answer.outcome === "ok") {
        branch.replaceChildren(...answer.data.querySelectorAll("body > :is(.sibling-list, .beside)"));
    } else {
        const buttons = [{ name: "retry", label: "retry", act: () => openBranch(toggle) }];
        showUnloaded({ topic, answer, buttons });
    }
    return branch.childElementCount > 0;
}

function setOpen(toggle, open) {
    toggle.setAttribute("aria-expanded", String(open));
    branchOf(toggle).hidden = !open;
    // A reload shows the same branches.
    const toggles = [...root.querySelectorAll('.toggle[aria-expanded="true"]')];
    const shown = toggles.filter((each) => !each.closest("[hidden]"));
    const query = shown.map(({ dataset }) => `open=${dataset.branch}`).join("&");
    history.replaceState(null, "", location.pathname + (query && `?${query}`));
}
