/**
 * What the page knows about one list of siblings.
 *
 * `confirmed` is the last order the server told, `pending` the moves made since; the order on the page is
 * the one after the other, `desired`. The `state` says what is going on:
 *
 *     settled       nothing: page and server say the same
 *     sending       an order is on its way; further moves are taken and sent after it
 *     checking      it is not known whether a change arrived; no moves until the server has said
 *     transferring  a row is on its way into or out of this list; no moves either
 */

import { arrange, tidy } from "./arranging.js";
import { bookmark } from "./focus.js";
import { applied, sameOrder } from "./moves.js";
import { control, findList, idsOf, rowAbove, rowsOf, rowWith } from "./rows.js";
import { text } from "./texts.js";

const LABELS = { sending: "saving_short", checking: "checking_short", transferring: "saving_short" };

const known = new WeakMap();
const unsettled = new Set();

/** Tell whether all that was done on the page is saved, or known not to be. */
export const isEverythingSettled = () => unsettled.size === 0;

/** Return what is known about the list that an element is; ask for it before a row of it is moved. */
export function listOf(element) {
    if (!known.has(element)) known.set(element, new SiblingList(element));
    return known.get(element);
}

/** Count a change that is not of an order as unsettled until the returned function is called. */
export function holdUnsettled() {
    const change = {};
    unsettled.add(change);
    return () => unsettled.delete(change);
}

class SiblingList {
    pending = [];
    state = "settled";
    asksNoMore = false;

    constructor(element) {
        this.element = element;
        this.confirmed = idsOf(element);
    }

    get kind() { return this.element.dataset.kind; }
    get parent() { return this.element.dataset.parent; }
    get topic() { return `${this.kind}:${this.parent}`; }
    get version() { return this.element.dataset.version; }
    get isSettled() { return this.state === "settled"; }
    get takesMoves() { return this.state === "settled" || this.state === "sending"; }
    get desired() { return this.pending.reduce(applied, this.confirmed); }

    /** The address of the fragment that contains this list. */
    get url() {
        const above = rowAbove(this.element);
        return above ? control(above, ".toggle").dataset.branchUrl : location.pathname;
    }

    enter(state) {
        this.state = state;
        if (this.isSettled) unsettled.delete(this);
        else unsettled.add(this);
        this.element.setAttribute("aria-busy", String(!this.isSettled));
        const label = this.element.parentElement.querySelector(":scope > .list-heading > .state");
        label.textContent = state in LABELS ? text(LABELS[state]) : "";
    }

    /** Show the desired order, and which rows are not saved yet. */
    render() {
        arrange(this.element, this.desired);
        const waiting = new Set(this.pending.map(({ id }) => id));
        for (const old of this.element.querySelectorAll(":scope > .waiting")) old.classList.remove("waiting");
        for (const id of waiting) rowWith(this.kind, id).classList.add("waiting");
    }

    /** Give up what is not saved, and return it. */
    rollBack() {
        const lost = this.pending;
        this.pending = [];
        this.render();
        return lost;
    }

    /** Take over an order of the same rows. */
    adopt(ids, version) {
        this.confirmed = ids;
        this.element.dataset.version = version;
        this.render();
    }

    /** Tell whether these are the rows that are on the page, in whatever order. */
    hasExactly(ids) {
        return sameOrder(ids.toSorted((a, b) => a - b), this.confirmed.toSorted((a, b) => a - b));
    }

    /** Take over rows and order from a page or fragment; return whether the list is in it. */
    take(page) {
        const fresh = findList(this.kind, this.parent, page);
        if (!fresh) return false;
        const returnFocus = bookmark();
        const rows = rowsOf(fresh);
        for (const row of rows) keepBranch(rowWith(this.kind, row.dataset.id), row);
        this.element.replaceChildren(...rows);
        this.element.dataset.version = fresh.dataset.version;
        this.element.dataset.orderable = fresh.dataset.orderable;
        this.confirmed = idsOf(this.element);
        this.pending = [];
        tidy(this.element);
        returnFocus();
        return true;
    }
}

/** An open branch stays as it is, with whatever is going on in it, when its row is replaced. */
function keepBranch(old, row) {
    const branch = old?.querySelector(":scope > .branch");
    if (!branch?.childElementCount) return;
    row.querySelector(":scope > .branch").replaceWith(branch);
    control(row, ".toggle").setAttribute("aria-expanded", String(!branch.hidden));
}

addEventListener("beforeunload", (event) => {
    if (!isEverythingSettled()) event.preventDefault();
});
