/** The rows and lists of the page as elements, and what they say about themselves. */

export const root = document.getElementById("ordering");

/** Return the row, or the list, that an element is in. */
export const rowAround = (element) => element.closest(".sibling");
export const listAround = (element) => element.closest(".siblings");

export const idOf = (row) => Number(row.dataset.id);
export const titleOf = (row) => row.dataset.title;
export const rowsOf = (list) => [...list.children].filter((child) => child.matches(".sibling"));
export const idsOf = (list) => rowsOf(list).map(idOf);
export const rowWith = (kind, id) => root.querySelector(`#${kind}-${id}`);

/** Return the list of a kind below a parent, if it is in a page or fragment. */
export const findList = (kind, parent, page = root) =>
    page.querySelector(`.siblings[data-kind="${kind}"][data-parent="${parent}"]`);

/** Return the row that lists of a kind stand below, by its id. */
export const parentOf = (kind, id) =>
    rowWith(root.querySelector(`.siblings[data-kind="${kind}"]`)?.dataset.above, id);

/** Return the row that a list stands below; a list of categories stands below none. */
export const rowAbove = (list) => rowAround(list.parentElement);

/** Return a control of the row itself, not of the rows below it. */
export const control = (row, selector) => row.querySelector(`:scope > .row :is(${selector})`);

/** Mark the row that was moved last, and no other: one finds it again where it is now. */
export function markMoved(row) {
    for (const old of root.querySelectorAll(".sibling.moved")) old.classList.remove("moved");
    row?.classList.add("moved");
}
