// A press is kept until the district has answered it: sent once, said while it waits.
"use strict";

(() => {
  const bar = document.getElementById("presses");
  if (!bar) return;
  const KEY = "huxiao.presses", OLDEST_MS = 24 * 3600 * 1000, EVERY_MS = 5000;
  const me = document.getElementById("desk")?.dataset.me ?? "";
  let sending = false;

  function all() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
      return kept.filter((one) => Date.now() - one.at < OLDEST_MS);
    } catch { return []; }
  }
  const mine = () => all().filter((one) => one.me === me);
  const keep = (presses) => localStorage.setItem(KEY, JSON.stringify(presses));
  const drop = (id) => keep(all().filter((one) => one.id !== id));

  function fresh() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function say(text, kind) {
    bar.textContent = text;
    bar.dataset.kind = kind;
    bar.hidden = text === "";
  }

  function show() {
    const waiting = new Set(mine().map((one) => one.url));
    for (const form of document.querySelectorAll("form[data-press]")) {
      const button = form.querySelector("button"), is = waiting.has(form.getAttribute("action"));
      if (is === form.hasAttribute("data-waiting")) continue;
      form.toggleAttribute("data-waiting", is);
      button.disabled = is;
      if (is) {
        button.dataset.words = button.innerHTML;
        button.textContent = bar.dataset.button;
      } else if (button.dataset.words) button.innerHTML = button.dataset.words;
    }
    if (waiting.size) say(bar.dataset.waiting.replace("{}", waiting.size), "waiting");
    else if (bar.dataset.kind === "waiting") say("", "");
  }

  async function send(press) {
    const token = document.querySelector('[name="csrf_token"]')?.value ?? "";
    const body = new URLSearchParams({ press_id: press.id, pressed_at: press.at, csrf_token: token });
    const headers = { Accept: "application/json" };
    const answer = await fetch(press.url, { method: "POST", body, headers, redirect: "manual" });
    if (answer.type === "opaqueredirect") return say(bar.dataset.away, "refused");
    if (answer.status >= 500 || answer.status === 429) throw new Error("not now");
    drop(press.id);
    const said = await answer.json().then((json) => json.said, () => "");
    if (answer.ok) say(said || bar.dataset.sent, "sent");
    else say(bar.dataset.refused.replace("{}", said || answer.status), "refused");
    document.body.dispatchEvent(new CustomEvent("desk:again"));
  }

  async function sendAll() {
    if (sending) return;
    sending = true;
    try {
      for (const press of mine()) await send(press);
    } catch { /* it stays, and is tried again */ }
    sending = false;
    show();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-press]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const url = form.getAttribute("action");
    if (mine().some((one) => one.url === url)) return;
    keep([...all(), { id: fresh(), url, me, at: Date.now() }]);
    show();
    sendAll();
  }, true);

  window.addEventListener("online", sendAll);
  document.addEventListener("desk:back", sendAll);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sendAll(); });
  document.addEventListener("htmx:afterSwap", show);
  setInterval(() => { if (mine().length) sendAll(); }, EVERY_MS);
  show();
  sendAll();
})();
