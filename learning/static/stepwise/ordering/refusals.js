/** What the server would not do or show, in words, and with buttons only where they can help. */

import { clear, show } from "./messages.js";
import { text } from "./texts.js";

const RELOAD_PAGE = { name: "reload", label: "reload_page", act: () => location.reload() };
const SIGNED_OUT = ["not_authenticated", "signed_out", "csrf_failed"];
const OUTDATED = ["does_not_exist", "same_parent", "opened_elsewhere"];

/** Say why a change was refused; `buttons` offer another try, for where a page of this age can succeed. */
export function showRefused({ topic, answer, buttons }) {
    const { status, code } = answer;
    const isOutdated = [403, 404].includes(status) || OUTDATED.includes(code);
    if (isSignedOut(answer)) showSignedOut(topic, "signed_out");
    else if (isOutdated) showOutdated(topic, reasonOf(answer));
    else show({ topic, level: "error", words: reasonOf(answer), buttons });
}

/** Say why something was not loaded, or that it is not in what was; `buttons` offer another try. */
export function showUnloaded({ topic, answer, buttons = [RELOAD_PAGE] }) {
    const { outcome, status } = answer;
    if (isSignedOut(answer)) showSignedOut(topic, "signed_out_reading");
    else if (outcome === "ok" || status === 404) showOutdated(topic, text("list_gone"));
    else if (status === 403) showOutdated(topic, text("not_readable"));
    else show({ topic, level: "error", words: text("load_failed"), buttons });
}

/** Tell whether the server has none, or no valid, session for this page. */
const isSignedOut = ({ status, code }) => status === 401 || SIGNED_OUT.includes(code);

/** Whatever was tried, it is said once. */
function showSignedOut(topic, name) {
    clear(topic);
    showOutdated("session", text(name));
}

function showOutdated(topic, words) {
    show({ topic, level: "error", words, buttons: [RELOAD_PAGE] });
}

/** Say why the server refused, in a sentence that ends with what that means. */
function reasonOf({ status, detail }) {
    if (status === 403) return text("not_allowed");
    if (status === 404) return text("not_found");
    if (status === 429) return text("too_many");
    return text("refused", { detail });
}
