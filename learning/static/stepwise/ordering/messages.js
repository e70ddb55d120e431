/** What happened, for eyes (bars that stay) and for ears (a polite live region). */

import { returnFocus } from "./focus.js";
import { text } from "./texts.js";

const live = document.getElementById("ordering-live");
const bars = document.getElementById("ordering-messages");

/** Say something to people who cannot see it. */
export function announce(words) {
    // The same words twice would be no change, and nothing is read when nothing changes.
    live.textContent = live.textContent === words ? `${words}\u00a0` : words;
}

/**
 * Show a bar in place of the one with the same topic, and say its text.
 *
 * `buttons` are `{name, label, act, stays}`; unless it stays, the bar goes away when one is pressed.
 */
export function show({ topic, level, words, buttons = [] }) {
    const bar = document.createElement("div");
    bar.className = `message ${level}`;
    bar.dataset.topic = topic;
    const sentence = document.createElement("p");
    sentence.textContent = words;
    bar.append(sentence);
    for (const { name, label, act, stays } of buttons) {
        bar.append(button(bar, name, text(label), act, stays));
    }
    bar.append(dismissal(bar));
    // Beside a failure, an earlier success would be taken for its opposite.
    if (level !== "success") clear("done");
    const old = barOf(topic);
    if (old) replace(old, bar);
    else bars.append(bar);
    announce(words);
}

/** Take away the bar of a topic. */
export function clear(topic) {
    const bar = barOf(topic);
    if (bar) replace(bar);
}

function barOf(topic) {
    return [...bars.children].find((bar) => bar.dataset.topic === topic);
}

function button(bar, name, label, act, stays) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = name;
    element.textContent = label;
    element.addEventListener("click", () => {
        if (!stays) replace(bar);
        act();
    });
    return element;
}

function dismissal(bar) {
    const element = button(bar, "dismiss", "", () => {});
    element.setAttribute("aria-label", text("dismiss"));
    return element;
}

/** Focus must not fall to the top of the page with the button that had it. */
function replace(bar, ...others) {
    const hadFocus = bar.contains(document.activeElement);
    bar.replaceWith(...others);
    if (hadFocus) returnFocus();
}
