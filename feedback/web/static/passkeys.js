/* Makes and uses passkeys, which browsers offer to scripts only. Asks this service what is to be signed, nobody else. */
"use strict";

const toBytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};
const toText = (bytes) => {
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};
const named = (known) => known.map((one) => ({ ...one, id: toBytes(one.id) }));

const make = async ({ confirm, isConfirmed, ...asked }) => {
  const publicKey = {
    ...asked,
    challenge: toBytes(asked.challenge),
    user: { ...asked.user, id: toBytes(asked.user.id) },
    excludeCredentials: named(asked.excludeCredentials ?? []),
  };
  const { id, rawId, type, response } = await navigator.credentials.create({ publicKey });
  return {
    id,
    rawId: toText(rawId),
    type,
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      attestationObject: toText(response.attestationObject),
    },
  };
};

const use = async (asked) => {
  const publicKey = {
    ...asked,
    challenge: toBytes(asked.challenge),
    allowCredentials: named(asked.allowCredentials ?? []),
  };
  const { id, rawId, type, response } = await navigator.credentials.get({ publicKey });
  return {
    id,
    rawId: toText(rawId),
    type,
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      authenticatorData: toText(response.authenticatorData),
      signature: toText(response.signature),
      userHandle: response.userHandle ? toText(response.userHandle) : null,
    },
  };
};

/* What is to be signed; null if the service will not have it, and says why to whoever sends the form. */
const ask = async (form) => {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  if (form.elements.number) {
    body.set("number", form.elements.number.value);
  }
  const answer = await fetch(form.dataset.asks, { method: "POST", body });
  return answer.ok && !answer.redirected ? answer.json() : null;
};

/* Another passkey is made once one there is was used. That one is not asked for again if only the making fails. */
const confirmed = async (form, asked) => {
  if (asked.confirm && !asked.isConfirmed) {
    form.elements.confirmation.value = JSON.stringify(await use(asked.confirm));
    asked.isConfirmed = true;
  }
  return asked;
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button[type=submit]");
  const failed = form.querySelector("[data-failed]");
  let begun = null;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    /* What has no name yet is refused by the service, before a device has made anything. */
    const name = form.elements.name;
    if (name && !name.value.trim()) {
      form.submit();
      return;
    }
    button.disabled = true;
    failed.hidden = true;
    try {
      begun ??= await ask(form);
      if (!begun) {
        form.submit();
        return;
      }
      const answer = await (form.dataset.passkey === "make" ? make(await confirmed(form, begun)) : use(begun));
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch {
      begun = begun?.isConfirmed ? begun : null;
      button.disabled = false;
      failed.hidden = false;
      failed.focus();
    }
  });
  if (window.PublicKeyCredential) {
    form.hidden = false;
    document.querySelector("[data-no-passkeys]").hidden = true;
  }
}
