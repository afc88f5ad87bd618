/* Comforts; everything works without. Keeps only what the server sealed: in the tab and, if asked to, on the device. */
"use strict";

const PREFIX = "feedback-draft:";
const form = document.querySelector("form[data-draft]");
const end = document.querySelector("[data-sent], [data-closed]");
const page = (form ?? end).dataset;
const begun = page.begun !== "not";
/* Behind what is sealed stands the visit. */
const own = (form ?? document).querySelector("[name=state]")?.value;
const visit = own?.split(".")[1];
/* 32 bits of the link, which do not lead back to it. */
const letters = [.../[\w-]{43}|$/.exec(location.pathname)[0]];
const link = letters.reduce((sum, one) => (sum * 31 + one.charCodeAt()) | 0, 7);
const VISIT = `feedback-visit:${link}`;

/* A browser may refuse to store, also what is too much. */
const shelf = (kind) => {
  const attempt = (act) => {
    try {
      return act(window[kind]);
    } catch {
      return null;
    }
  };
  return {
    names: attempt(Object.keys),
    read: (name) => attempt((kept) => JSON.parse(kept.getItem(name))),
    keep: (name, value) => attempt((kept) => kept.setItem(name, JSON.stringify(value))),
    forget: (name) => attempt((kept) => kept.removeItem(name)),
  };
};
const device = shelf("localStorage");
const tab = shelf("sessionStorage");

const forgetEnded = () => {
  for (const name of (device.names ?? []).filter((one) => one.startsWith(PREFIX))) {
    const kept = device.read(name);
    if (!(Date.parse(kept?.until) > Date.now()) || (end && (kept.link === link || name === PREFIX + page.sent))) {
      device.forget(name);
    }
  }
  if (end) {
    tab.forget(VISIT);
  }
};

const found = document.querySelector("[data-found]");
const resume = (fields) => {
  found.replaceChildren();
  for (const [name, value] of Object.entries({ ...fields, go: "resume" })) {
    const field = document.createElement("input");
    found.append(Object.assign(field, { type: "hidden", name, value }));
  }
  found.submit();
};

/* The history names page and visit; what was filled in lies in the tab until it is sent. */
const goBack = () => {
  const { visit: was, ...fields } = history.state ?? {};
  const kept = tab.read(VISIT);
  if (kept && kept.visit === was) {
    fields.state = kept.state;
  }
  const goes = found && !begun && was !== visit && (fields.sent || fields.state);
  if (goes) {
    /* Once only, should what was kept be unreadable by now. */
    history.replaceState(fields.sent ? history.state : null, "");
    resume(fields);
  }
  return goes;
};

const remember = () => {
  const more = form?.elements.checking ? { checking: "yes" } : {};
  const sent = end && { sent: document.querySelector("[name=sent]").value };
  history.replaceState({ visit, at: page.at, ...more, ...sent }, "", page.way ?? form.action);
  if (form && begun) {
    tab.keep(VISIT, { visit, state: own });
  }
};

/* A page that the browser kept whole shows nothing once its visit has ended. */
const hideWhenEnded = () => {
  const main = document.querySelector("main");
  let left = begun;
  form.addEventListener("submit", () => (left = true));
  window.addEventListener("pagehide", ({ persisted }) => (main.hidden = persisted));
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted && left && tab.names && tab.read(VISIT)?.visit !== visit) {
      location.reload();
    } else {
      main.hidden = false;
    }
  });
};

const count = (area) => {
  const shown = document.createElement("p");
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const say = () => {
    const left = Number(area.dataset.max) - [...area.value].length;
    shown.textContent = page[left < 0 ? "over" : "left"].replace("{}", number.format(Math.abs(left)));
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

/* Nothing is chosen beforehand, and as much is sent. */
const chooseNothingBeforehand = () => {
  const left = [...form.querySelectorAll(".left input")];
  left.forEach((choice) => choice.parentElement.remove());
  form.addEventListener("formdata", ({ formData }) => {
    left.filter(({ name }) => !formData.has(name)).forEach(({ name, value }) => formData.append(name, value));
  });
};

const warnBeforeLeaving = () => {
  const warn = (event) => event.preventDefault();
  const begin = () => window.addEventListener("beforeunload", warn);
  if (begun && !tab.names) {
    begin();
  }
  form.addEventListener("input", begin);
  form.addEventListener("submit", () => window.removeEventListener("beforeunload", warn));
};

const offerToKeep = (offer) => {
  const name = PREFIX + page.draft;
  const box = offer.querySelector("input");
  const kept = device.read(name);
  const isOther = () => device.read(name)?.state && device.read(name).visit !== visit;
  const keep = () => {
    device.keep(name, { visit, until: page.until, link, state: begun ? own : "" });
  };
  const unsent = tab.read(VISIT) ?? kept;
  if (found && !begun && unsent?.state) {
    found.elements.state.value = unsent.state;
    found.hidden = false;
    found.querySelector("[type=button]").addEventListener("click", () => {
      device.forget(name);
      tab.forget(VISIT);
      found.hidden = true;
    });
  }
  if (kept && !isOther()) {
    keep();
    box.checked = true;
  }
  box.addEventListener("change", () => {
    box.checked &&= !isOther() || confirm(page.other);
    if (box.checked) {
      keep();
    } else if (!isOther()) {
      device.forget(name);
    }
  });
  offer.hidden = !device.names;
};

forgetEnded();
if (visit && !(form && goBack())) {
  remember();
}
if (form) {
  hideWhenEnded();
  form.querySelectorAll("textarea[data-max]").forEach(count);
  warnBeforeLeaving();
  if ("onformdata" in form) {
    chooseNothingBeforehand();
  }
  form.querySelectorAll("[data-keep]").forEach(offerToKeep);
}
