/* Keys of devices (WebAuthn): what the browser must be asked, and its answer as JSON. Knows nothing of the page around. */
import { csrfToken } from "./page.js";

export const canUseKeys = () => "PublicKeyCredential" in window && window.isSecureContext;

/** Ask the server, then the key, then the server again. Returns the server's answer, or throws an Error with a sentence. */
export async function openWithKey(askUrl, url, words, next) {
  const options = await send(askUrl, {}, words);
  options.challenge = bytes(options.challenge);
  options.allowCredentials = (options.allowCredentials ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  const found = await fromKey(() => navigator.credentials.get({ publicKey: options }), words);
  return send(next ? `${url}?next=${encodeURIComponent(next)}` : url, { credential: said(found) }, words);
}

/** Make a key for the reader's account, who says their password anew. */
export async function connectKey(askUrl, url, { name, password }, words) {
  const options = await send(askUrl, { password }, words);
  options.challenge = bytes(options.challenge);
  options.user.id = bytes(options.user.id);
  options.excludeCredentials = (options.excludeCredentials ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  const made = await fromKey(() => navigator.credentials.create({ publicKey: options }), words);
  return send(url, { credential: said(made), name }, words);
}

async function fromKey(ask, words) {
  try {
    return await ask();
  } catch (error) {
    throw new Error(error.name === "InvalidStateError" ? words.known : words.failed);
  }
}

async function send(url, body, words) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "X-CSRFToken": csrfToken(), "Content-Type": "application/json", Accept: "application/json", "HX-Request": "true" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error(words.failed);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.sentence ?? words.failed);
  return answer;
}

/** The answer of a key in the form servers read (WebAuthn Level 3, toJSON). */
function said(credential) {
  const { response } = credential;
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) answer.attestationObject = text(response.attestationObject);
  if (response.authenticatorData) answer.authenticatorData = text(response.authenticatorData);
  if (response.signature) answer.signature = text(response.signature);
  if (response.userHandle) answer.userHandle = text(response.userHandle);
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response: answer, clientExtensionResults: {} };
}

function bytes(base64url) {
  const plain = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
