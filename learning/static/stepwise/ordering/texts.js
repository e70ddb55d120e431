/** What the page says: sentences from the server, in the reader's language. */

const sentences = JSON.parse(document.getElementById("ordering-texts").textContent);

/** Return a sentence with its `{names}` filled in, in one pass: a title may itself contain braces. */
export function text(name, values = {}) {
    return sentences[name].replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
}

/** Return a moment as people say it: the time, and the date unless it is today's. */
export function moment(iso) {
    const when = new Date(iso);
    const isToday = when.toDateString() === new Date().toDateString();
    const format = isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
    return new Intl.DateTimeFormat(document.documentElement.lang, format).format(when);
}
