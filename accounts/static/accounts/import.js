// Sends an import without leaving the page: the file stays chosen between "check" and "import".
"use strict";

(() => {
    const form = document.getElementById("import-form");
    const report = document.getElementById("import-report");
    const buttons = form.querySelectorAll("input[type=submit]");

    function tell(text) {
        const note = document.createElement("p");
        note.className = "errornote";
        note.textContent = text;
        report.replaceChildren(note);
    }

    async function send(button) {
        const answer = await fetch(form.action, { method: "POST", body: new FormData(form, button) });
        if (answer.redirected) {
            location.assign(answer.url);
            return;
        }
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const told = page.getElementById("import-report");
        if (told === null) {
            tell(form.dataset.refused);
        } else {
            report.replaceChildren(...told.childNodes);
        }
    }

    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const button = event.submitter;
        // A disabled button is not sent along: only once the form is read.
        const sending = send(button);
        buttons.forEach((one) => { one.disabled = true; });
        report.setAttribute("aria-busy", "true");
        try {
            await sending;
        } catch {
            // A browser refuses to read a file that has changed since it was chosen.
            tell(form.dataset.unsent);
        }
        report.removeAttribute("aria-busy");
        buttons.forEach((one) => { one.disabled = false; });
        report.focus();
    });
})();
