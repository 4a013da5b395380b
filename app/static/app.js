// Keeps what somebody is writing, ticks clocks, closes menus; every page works without it.
"use strict";

const PREFIX = "warmline:";
const SETTLE_MS = 1200;
const TICK_MS = 15000;

// ---- drafts: kept on this device at once, and on the server soon after ----------------------

function fieldsOf(form) {
  return [...new FormData(form)].filter(
    ([name, value]) => name !== "csrf_token" && typeof value === "string",
  );
}

function load(key) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key));
  } catch {
    return null;
  }
}

function store(key, draft) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(draft));
    return true;
  } catch {
    return false; // private windows may refuse; the server's copy remains
  }
}

function forget(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // nothing was kept
  }
}

function fill(form, fields, onlyEmpty) {
  const seen = new Map();
  for (const element of form.elements) {
    if (!element.name || element.name === "csrf_token" || element.type === "submit") continue;
    const values = fields.filter(([name]) => name === element.name).map(([, value]) => value);
    if (element.type === "radio" || element.type === "checkbox") {
      if (!onlyEmpty) element.checked = values.includes(element.value);
      continue;
    }
    const turn = seen.get(element.name) ?? 0;
    seen.set(element.name, turn + 1);
    if (turn < values.length && !(onlyEmpty && element.value)) element.value = values[turn];
    if (values[turn]) element.closest("details")?.setAttribute("open", "");
  }
}

function keepDraft(form) {
  const { draft: key, draftUrl: url } = form.dataset;
  const says = form.querySelector("[data-kept]");
  let base = form.dataset.draftRevision;
  let timer;
  let sending = false;
  let again = false;

  const say = (text) => {
    if (says) says.textContent = text;
  };
  const keepHere = (dirty) => store(key, { base, dirty, fields: fieldsOf(form) });

  async function keepThere() {
    if (sending) {
      again = true;
      return;
    }
    sending = true;
    try {
      const answer = await fetch(url, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      if (answer.ok) {
        base = (await answer.json()).revision;
        if (!again) keepHere(false);
        say("Draft kept.");
      } else if (answer.status === 401) {
        say("You were signed out. Your words are kept on this device; sign in and they are back.");
      } else {
        say("Kept on this device.");
      }
    } catch {
      say("No signal. Your words are kept on this device.");
    } finally {
      sending = false;
    }
    if (again) {
      again = false;
      keepThere();
    }
  }

  const local = load(key);
  if (local?.dirty && !("draftFresh" in form.dataset)) {
    fill(form, local.fields, local.base !== base);
    say("Your words are back.");
    keepThere();
  }
  form.addEventListener("input", () => {
    keepHere(true);
    clearTimeout(timer);
    timer = setTimeout(keepThere, SETTLE_MS);
  });
  addEventListener("online", () => load(key)?.dirty && keepThere());
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    keepHere(true);
    if (navigator.onLine === false) {
      event.preventDefault();
      say("No signal. Your words are kept on this device; press again when you have signal.");
      says?.scrollIntoView({ block: "center" });
    }
  });
}

function forgetSettledDrafts() {
  // Signing out on a shared device leaves no words behind, but never loses unsent ones.
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(PREFIX)) continue;
    const key = name.slice(PREFIX.length);
    if (!load(key)?.dirty) forget(key);
  }
}

// ---- clocks ---------------------------------------------------------------------------------

function span(milliseconds) {
  const minutes = Math.ceil(milliseconds / 60000);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) {
    const rest = minutes % 60 ? ` ${minutes % 60} min` : "";
    return `${Math.floor(minutes / 60)} h${rest}`;
  }
  return `${Math.floor(minutes / 1440)} days`;
}

// The site says what time it is: the browser's clock may be wrong, and a demo has its own.
const told = Date.parse(document.querySelector('meta[name="warmline-now"]')?.content ?? "");
const AHEAD_MS = Number.isNaN(told) ? 0 : told - Date.now();

function tick() {
  for (const clock of document.querySelectorAll("time[data-until]")) {
    const left = Date.parse(clock.dateTime) - Date.now() - AHEAD_MS;
    clock.textContent = left > 0 ? `${span(left)} left` : "time is up";
  }
}

// ---- copies: what is shown once, into the clipboard ------------------------------------------

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy"); // without https there is no clipboard, but this still works
  }
  button.parentElement.querySelector("[data-copied]").textContent = "Copied.";
}

// ---- start ----------------------------------------------------------------------------------

document.querySelectorAll("form[data-draft]").forEach(keepDraft);
document.querySelectorAll("[data-draft-done]").forEach((done) => forget(done.dataset.draftDone));
document.querySelectorAll("form[data-sign-out]").forEach((form) => {
  form.addEventListener("submit", forgetSettledDrafts);
});
document.querySelectorAll("[data-copy]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
setInterval(tick, TICK_MS);
