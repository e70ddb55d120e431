/** The two questions of the page: "is that meant?" and "where to?" */

import { load } from "./network.js";

const confirmDialog = document.getElementById("ordering-confirm");
const placeDialog = document.getElementById("ordering-place");

let earlier = Promise.resolve();

/** Ask whether a change is meant, after the questions that came before; Escape is a no. */
export function confirmed(message, { mayStopAsking = false } = {}) {
    earlier = earlier.then(() => askToConfirm(message, mayStopAsking));
    return earlier;
}

async function askToConfirm(message, mayStopAsking) {
    const dontAsk = confirmDialog.querySelector(".dont-ask");
    confirmDialog.querySelector(".text").textContent = message;
    dontAsk.checked = false;
    dontAsk.closest("p").hidden = !mayStopAsking;
    // Of an order there is more to say than yes and no.
    for (const button of confirmDialog.querySelectorAll("[data-order]")) {
        button.dataset.other ??= button.textContent;
        button.textContent = mayStopAsking ? button.dataset.order : button.dataset.other;
    }
    await closed(confirmDialog);
    return { isConfirmed: confirmDialog.returnValue === "confirm", asksNoMore: dontAsk.checked };
}

/**
 * Ask where a row should go.
 *
 * Return the outcome of loading the form and, if it was sent, the goal: the id and title of a parent (`to`,
 * `place`; undefined where there is no choice) and a `position` from 0 (null for the end).
 */
export async function askForPlace(url) {
    const answer = await load(url);
    const form = answer.outcome === "ok" && answer.data.querySelector("form.place-form");
    // Pressed twice, it is asked once.
    if (!form || placeDialog.open) return { answer };
    const { parent, position } = form.elements;
    const present = parent?.value;
    // The position is that of the present list; in another one the end is the better guess.
    parent?.addEventListener("change", () => {
        position.value = parent.value === present ? position.defaultValue : "";
    });
    form.querySelector(".cancel").addEventListener("click", (event) => {
        event.preventDefault();
        placeDialog.close();
    });
    form.method = "dialog";
    form.querySelector("button").value = "sent";
    position.autofocus = true;
    placeDialog.replaceChildren(form);
    await closed(placeDialog);
    if (placeDialog.returnValue !== "sent") return { answer };
    const index = position.valueAsNumber - 1;
    const place = parent?.selectedOptions[0].label;
    return { answer, goal: { to: parent?.value, place, position: Number.isNaN(index) ? null : index } };
}

function closed(dialog) {
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
}
