/** Moves of one item within a list, `{id, from, to}` and marks of their own, and orders: arrays of ids. */

/** Return the order after a move. */
export function applied(ids, { id, to }) {
    const others = ids.filter((other) => other !== id);
    return [...others.slice(0, to), id, ...others.slice(to)];
}

/** Return the moves that take moves back. */
export function inverse(moves) {
    return moves.toReversed().map(({ id, from, to }) => ({ id, from: to, to: from }));
}

/** Return the moves as they are possible in an order that others have changed meanwhile. */
export function rebased(moves, ids) {
    const possible = [];
    for (const each of moves) {
        const from = ids.indexOf(each.id);
        const move = { ...each, from, to: Math.min(each.to, ids.length - 1) };
        if (from === -1 || move.to === from) continue;
        possible.push(move);
        ids = applied(ids, move);
    }
    return possible;
}

/** Tell whether two orders are the same. */
export function sameOrder(one, other) {
    return one.length === other.length && one.every((id, index) => id === other[index]);
}

/** Return the ids of `[{id, position}, ...]` in order. */
export function idsIn(items) {
    return items.toSorted((one, other) => one.position - other.position).map(({ id }) => id);
}

/** Return an order as `[{id, position}, ...]`. */
export function itemsOf(ids) {
    return ids.map((id, position) => ({ id, position }));
}
