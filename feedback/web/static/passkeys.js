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

const make = async (asked) => {
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

const ask = async (form) => {
  const token = form.elements.csrf_token.value;
  const answer = await fetch(form.dataset.asks, { method: "POST", body: new URLSearchParams({ csrf_token: token }) });
  if (!answer.ok || answer.redirected) {
    throw new Error("not asked");
  }
  return answer.json();
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button[type=submit]");
  const failed = form.querySelector("[data-failed]");
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
      const asked = await ask(form);
      const answer = await (form.dataset.passkey === "make" ? make(asked) : use(asked));
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch {
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
