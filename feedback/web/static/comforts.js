/* Comforts for those whose browser runs scripts; everything works without. Sends nothing that a form would not.
   Counts characters, warns before leaving with unsent answers, and, if asked to, keeps answers on this device:
   sealed by the server with the link's own key, under a name that does not tell the link, until they are sent. */
"use strict";

(() => {
  const PREFIX = "feedback-draft:";
  const form = document.querySelector("form[data-draft]");
  const sent = document.querySelector("[data-sent]");

  /* A browser may refuse storage altogether; then nothing is offered. */
  const storage = (() => {
    try {
      localStorage.getItem(PREFIX);
      return localStorage;
    } catch {
      return null;
    }
  })();

  const read = (name) => {
    try {
      return JSON.parse(storage.getItem(name));
    } catch {
      return null;
    }
  };

  const forgetClosed = () => {
    for (const name of Object.keys(storage)) {
      if (name.startsWith(PREFIX) && !(Date.parse(read(name)?.until) > Date.now())) {
        storage.removeItem(name);
      }
    }
  };

  const count = (area) => {
    const shown = document.createElement("p");
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const say = () => {
      const left = Number(area.dataset.max) - [...area.value].length;
      shown.textContent = form.dataset[left < 0 ? "over" : "left"].replace("{}", number.format(Math.abs(left)));
      shown.classList.toggle("error", left < 0);
    };
    let soon;
    shown.className = "hint count";
    shown.setAttribute("role", "status");
    area.after(shown);
    area.addEventListener("input", () => {
      clearTimeout(soon);
      soon = setTimeout(say, 400);
    });
    say();
  };

  /* Without script a choice made beforehand stands for what is left open. With it none is, and as much is sent. */
  const chooseNothingBeforehand = () => {
    const left = [...form.querySelectorAll(".left input")];
    left.forEach((choice) => choice.parentElement.remove());
    form.addEventListener("formdata", ({ formData }) => {
      left.filter(({ name }) => !formData.has(name)).forEach(({ name, value }) => formData.append(name, value));
    });
  };

  const warnBeforeLeaving = () => {
    let unsent = form.dataset.begun === "yes";
    const warn = (event) => event.preventDefault();
    const begin = () => window.addEventListener("beforeunload", warn);
    if (unsent) {
      begin();
    }
    form.addEventListener("input", () => {
      if (!unsent) {
        unsent = true;
        begin();
      }
    });
    form.addEventListener("submit", () => window.removeEventListener("beforeunload", warn));
  };

  const offerToKeep = () => {
    const name = PREFIX + form.dataset.draft;
    const offer = form.querySelector("[data-keep]");
    const found = document.querySelector("[data-found]");
    const box = offer.querySelector("input");
    const begun = form.dataset.begun === "yes";
    const keep = () =>
      storage.setItem(name, JSON.stringify({ state: begun ? form.elements.state.value : "", until: form.dataset.until }));
    const kept = read(name);
    if (kept?.state && found && !begun) {
      found.elements.state.value = kept.state;
      found.hidden = false;
      found.querySelector("[type=button]").addEventListener("click", () => {
        storage.removeItem(name);
        box.checked = false;
        found.hidden = true;
      });
    } else if (kept) {
      keep();
    }
    box.checked = kept !== null;
    box.addEventListener("change", () => (box.checked ? keep() : storage.removeItem(name)));
    offer.hidden = false;
  };

  if (storage) {
    forgetClosed();
  }
  if (sent && storage) {
    storage.removeItem(PREFIX + sent.dataset.sent);
  }
  if (form) {
    form.querySelectorAll("textarea[data-max]").forEach(count);
    warnBeforeLeaving();
    if ("onformdata" in form) {
      chooseNothingBeforehand();
    }
    if (storage) {
      offerToKeep();
    }
  }
})();
