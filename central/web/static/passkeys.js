// Passkeys: the browser makes and answers, this only carries. Without it, codes work all the same.
"use strict";

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function send(form, address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.said), { to: told.to });
  return told;
}

const described = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function enrol(form) {
  const asked = await send(form, "/account/passkeys/options", {});
  const made = await navigator.credentials.create({ publicKey: {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...asked.user, id: bytes(asked.user.id) },
    excludeCredentials: described(asked.excludeCredentials),
  } });
  const answer = {
    id: made.id, rawId: text(made.rawId), type: made.type,
    response: {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
    },
  };
  return send(form, "/account/passkeys", { answer, name: form.elements.name.value });
}

async function ask(form) {
  const { next, second } = form.dataset;
  const asked = await send(form, "/sign-in/passkey/options", { next: next ?? "/", second: second ?? "" });
  const held = await navigator.credentials.get({ publicKey: {
    ...asked,
    challenge: bytes(asked.challenge),
    allowCredentials: described(asked.allowCredentials),
  } });
  const { response } = held;
  const answer = {
    id: held.id, rawId: text(held.rawId), type: held.type,
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  };
  return send(form, "/sign-in/passkey", { answer });
}

const DO = { enrol, ask };

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const said = form.querySelector("output");
    said.hidden = true;
    try {
      const { to } = await DO[form.dataset.passkey](form);
      window.location.assign(to);
    } catch (error) {
      if (error.to && form.dataset.passkey === "enrol") return window.location.assign(error.to);
      const isOurs = error.constructor === Error && error.message;
      said.textContent = isOurs ? error.message : form.dataset.failed;
      said.hidden = false;
    }
  });
}
