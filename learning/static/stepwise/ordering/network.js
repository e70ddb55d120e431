/**
 * Requests and what their answers mean.
 *
 * An answer has one of three outcomes: "ok" (with `data`), "refused" (the server said no: nothing was
 * changed), "unknown" (no answer, or none that says: it may have been changed).
 */

import { pressEnded } from "./gestures.js";

const TIMEOUT = 10_000;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

const root = document.getElementById("ordering");
const { csrfmiddlewaretoken: csrf, opened_in: openedIn } = document.getElementById("ordering-form").elements;

/** Return the address of an action, "reorder", "move" or "status", on rows of a kind. */
export function actionUrl(action, kind) {
    return root.getAttribute(`data-url-${action}`).replace("KIND", kind);
}

/** Send JSON and return its outcome; never throws. */
export async function post(url, body) {
    const { outcome, response, reason } = await request(url, {
        method: "POST",
        headers: {
            "Content-Type": "application/json",
            "X-CSRFToken": csrf.value,
            "X-Opened-In": openedIn.value,
        },
        body: JSON.stringify(body),
    });
    if (outcome) return { outcome, reason };
    if (response.redirected) return { outcome: "refused", code: "signed_out" };
    const data = await jsonOf(response);
    if (response.ok && data) return { outcome: "ok", data };
    if (response.status >= 400 && response.status < 500) return refusal(response, data);
    return { outcome: "unknown", reason: "server" };
}

/** Fetch HTML and return its outcome, `data` being a document; never throws. */
export async function load(url) {
    const answer = await fetchPage(url);
    await pressEnded();
    return answer;
}

async function fetchPage(url) {
    const { outcome, response, reason } = await request(url, { headers: { "X-Requested-With": "fetch" } });
    if (outcome) return { outcome, reason };
    if (response.redirected) return { outcome: "refused", code: "signed_out" };
    if (response.status >= 500) return { outcome: "unknown", reason: "server" };
    if (!response.ok) return refusal(response, null);
    try {
        return { outcome: "ok", data: new DOMParser().parseFromString(await response.text(), "text/html") };
    } catch {
        return { outcome: "unknown", reason: "lost" };
    }
}

/** Fetch HTML until the server answers, with longer and longer pauses; `hurry` ends a pause. */
export async function loadUntilAnswered(url) {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
        const answer = await load(url);
        if (answer.outcome !== "unknown") return answer;
        await new Promise((resume) => {
            const timer = setTimeout(resume, pause);
            resumers.add(() => (clearTimeout(timer), resume()));
        });
    }
}

const resumers = new Set();

/** Ask at once where a pause would come first. */
export function hurry() {
    for (const resume of resumers) resume();
    resumers.clear();
}

addEventListener("online", hurry);

async function request(url, options) {
    try {
        const signal = AbortSignal.timeout(TIMEOUT);
        return { response: await fetch(url, { ...options, signal, cache: "no-store" }) };
    } catch (error) {
        return { outcome: "unknown", reason: error.name === "TimeoutError" ? "timeout" : "lost" };
    }
}

async function jsonOf(response) {
    try {
        return await response.json();
    } catch {
        return null;
    }
}

/** Read the first error of the API's shape; a page of HTML has none. */
function refusal(response, data) {
    const { code = "", detail = "", meta = {} } = data?.errors?.[0] ?? {};
    return { outcome: "refused", status: response.status, code, detail, meta };
}
