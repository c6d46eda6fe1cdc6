"use strict";
// Addresses are relative to this page, so that it works wherever the API lives. What comes from outside is only ever
// set as text. The id token stays in sessionStorage: it ends with the tab, or after an hour.
const VENDORS = {{ vendors | tojson }};
const TITLES = {
  login: "Log in", register: "Register a team", join: "Join a team", verify: "Verify your e-mail",
  forgot: "Forgot your password?", reset: "Set a new password", connections: "Connect your tools",
};
const KEY = "pm-assistant.id-token";
const REGISTRATION = "pm-assistant.registration"; // what the code in the mail belongs to; opens nothing without it
const find = (id) => document.getElementById(id);
let fresh = null; // e-mail and password of who has just registered, until they are logged in

class Refused extends Error {
  constructor(status, detail) { super(detail); this.status = status; }
}

async function ask(method, path, body) {
  const headers = {Accept: "application/json"};
  if (body) headers["Content-Type"] = "application/json";
  const token = sessionStorage.getItem(KEY);
  if (token && path.startsWith("v1/")) headers.Authorization = `Bearer ${token}`;
  let response;
  try {
    response = await fetch(path, {method, headers, body: body && JSON.stringify(body)});
  } catch {
    throw new Refused(0, "We cannot be reached. Is the network there?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer.detail || answer.message || "That did not work.");
  return answer;
}

function say(text, kind = "bad") {
  find("said").className = `sheet ${kind}`;
  find("said").textContent = text && text[0].toUpperCase() + text.slice(1);
}

function show(name, said = "", kind = "good") {
  for (const section of document.querySelectorAll("section")) section.hidden = section.id !== name;
  find("title").textContent = TITLES[name];
  find("leave").hidden = name !== "connections";
  say(said, kind);
  const first = find(name).querySelector("input:not([value])");
  (first && !first.value ? first : find("title")).focus();
}

function fill(name, email) {
  find(`${name}-email`).value = email;
}

async function logIn(form) {
  const session = await ask("POST", "auth/login", form);
  sessionStorage.setItem(KEY, session.id_token);
  fresh = null;
  await showConnections();
}

const DOES = {
  login: logIn,
  async register(form) {
    const begun = await ask("POST", "auth/register", form);
    localStorage.setItem(REGISTRATION, begun.registration);
    fresh = {email: form.email, password: form.password};
    fill("verify", form.email);
    show("verify", "We have mailed you a code.");
  },
  async join(form) {
    await ask("POST", "auth/register", form);
    await logIn({email: form.email, password: form.password});
  },
  async verify(form) {
    const registration = localStorage.getItem(REGISTRATION);
    if (!registration) throw new Refused(0, "Please enter the code in the browser in which you registered.");
    await ask("POST", "auth/verify", {...form, registration});
    localStorage.removeItem(REGISTRATION);
    if (fresh && fresh.email === form.email) return logIn(fresh);
    fill("login", form.email);
    show("login", "Your e-mail address is verified. You can log in now.");
  },
  async forgot(form) {
    await ask("POST", "auth/password/forgot", form);
    fill("reset", form.email);
    show("reset", "If there is such an account, a code is in its mailbox now.");
  },
  async reset(form) {
    await ask("POST", "auth/password/reset", form);
    fill("login", form.email);
    show("login", "The new password is set. You can log in now.");
  },
};

async function guarded(button, work) {
  button.disabled = true;
  try {
    await work();
  } catch (error) {
    if (error.status === 401 && sessionStorage.getItem(KEY)) {
      sessionStorage.removeItem(KEY);
      show("login", "Your login has ended. Please log in again.", "warn");
    } else {
      say(error.message);
    }
  } finally {
    button.disabled = false;
  }
}

function element(name, text = "", kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function time(moment) {
  return moment ? new Date(moment).toLocaleString([], {dateStyle: "medium", timeStyle: "short"}) : null;
}

function facts(known, place, isRead) {
  const list = document.createElement("dl");
  const lines = {
    [place]: known.name || known.external_id,
    "Broken since": known.state === "broken" && `${time(known.broken_since)}: ${known.broken_reason}`,
    "Last event": isRead && (time(known.last_event_at) || "none yet"),
    "Last read": isRead ? time(known.last_sync_at) || "not yet" : "nothing is read here yet",
    "Next refresh": time(known.next_refresh_at) || "not needed",
    "Scopes missing": known.scopes_missing.join(", "),
    Connected: `${time(known.connected_at)}${known.connected_by ? ` by ${known.connected_by}` : ""}`,
  };
  for (const [name, value] of Object.entries(lines)) {
    if (value) list.append(element("dt", name), element("dd", value));
  }
  return list;
}

function card(known) {
  const [name, about, place, isRead] = VENDORS[known.provider];
  const states = {connected: ["Connected", "good"], broken: ["Broken", "bad"], none: ["Not connected", "quiet"]};
  const [state, kind] = known.state === "connected" && known.scopes_missing.length
    ? ["Connected, scopes missing", "warn"] : states[known.state];
  const sheet = element("article", "", "sheet");
  const head = element("div", "", "row");
  head.append(element("h2", name), element("span", state, `state ${kind}`));
  sheet.append(head, known.state === "none" ? element("p", about, "quiet") : facts(known, place, isRead));
  const actions = element("div", "", "actions");
  const connect = element("button", known.state === "none" ? `Connect ${name}` : `Reconnect ${name}`);
  connect.addEventListener("click", () => guarded(connect, async () => {
    const link = await ask("POST", `v1/connections/${known.provider}/link`);
    location.assign(link.url);
  }));
  actions.append(connect);
  if (known.state !== "none") {
    const part = element("button", "Disconnect", "plain");
    part.setAttribute("aria-label", `Disconnect ${name}`);
    part.addEventListener("click", () => guarded(part, async () => {
      if (!confirm(`Disconnect ${name}? What was kept stays; nothing new is read or written.`)) return;
      await ask("DELETE", `v1/connections/${known.provider}`);
      await showConnections(`${name} is disconnected.`);
    }));
    actions.append(part);
  }
  sheet.append(actions);
  return sheet;
}

async function showConnections(said) {
  const answer = await ask("GET", "v1/connections");
  const known = Object.fromEntries(answer.items.map((item) => [item.provider, item]));
  find("connections").replaceChildren(...Object.keys(VENDORS).map((provider) => card(known[provider])));
  show("connections", said);
}

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    guarded(form.querySelector("button"), () => DOES[form.dataset.does](given));
  });
}
for (const button of document.querySelectorAll("[data-shows]")) {
  button.addEventListener("click", () => show(button.dataset.shows));
}
find("resend").addEventListener("click", () => guarded(find("resend"), async () => {
  await ask("POST", "auth/verify/resend", {email: find("verify-email").value});
  say("If there is something to verify, a code is on its way.", "good");
}));
find("leave").addEventListener("click", () => {
  sessionStorage.removeItem(KEY);
  show("login", "You are logged out.");
});
// A mail leads to what is to be done, with what it takes; neither stays in the address or is told to a server.
const [wish, given] = location.hash.slice(1).split("=");
history.replaceState(null, "", location.pathname);
if (wish === "join" || wish === "verify" || wish === "forgot" || wish === "reset") {
  if (wish === "join" && given) find("join-code").value = given;
  show(wish);
} else if (sessionStorage.getItem(KEY)) {
  say("One moment…", "quiet");
  guarded(find("leave"), () => showConnections());
} else {
  show("login");
}
