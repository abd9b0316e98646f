// Passkeys. A form whose fields for password or code are left empty is first answered by the person's passkey, to a question
// that the portal puts about just this act, and then goes its usual way. What goes wrong here is said beside the button;
// what the portal refuses, it says itself. Nothing typed is lost.
(() => {
  const DECIDES = [undefined, "submit", "sign", "return", "refuse"];
  const words = (box) => JSON.parse(box.dataset.words);
  const answerOf = (box) => box.querySelector("input[type=hidden]");
  const boxes = [...document.querySelectorAll("[data-passkey]")];

  addEventListener("submit", submitted, true);  // before js/outbox.js, which listens at the document
  addEventListener("pageshow", ({ persisted }) => { if (persisted) for (const box of boxes) answerOf(box).value = ""; });  // each counts once
  for (const told of document.querySelectorAll("[data-passkey-told]")) told.hidden = false;

  async function submitted(event) {
    const form = event.target, { submitter } = event;
    const box = form.querySelector("[data-passkey]");
    if (!box || !isAsked(form, box, submitter)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (box.ariaBusy === "true") return;
    box.ariaBusy = "true";
    const problem = await answer(form, box, submitter);
    box.ariaBusy = null;
    tell(box, problem);
    if (!problem) go(form, submitter);
  }

  // Whether the form is sent to decide something, and what it lacks is the passkey's answer.
  function isAsked(form, box, submitter) {
    if (answerOf(box).value || box.dataset.sent || !DECIDES.includes(submitter?.name === "_op" ? submitter.value : undefined)) return false;
    if (box.dataset.make) return true;
    const code = form.querySelector("[name=_code], [name=code]");
    const password = form.querySelector("[type=password]");
    return !code?.value && (box.dataset.alone !== undefined || !password || Boolean(password.value));
  }

  // Nothing, or the sentence that says why there is no answer.
  async function answer(form, box, submitter) {
    const said = words(box);
    if (!window.PublicKeyCredential) return said.missing;
    try {
      const made = box.dataset.make ? await make(JSON.parse(box.dataset.make)) : await asked(form, box, submitter);
      answerOf(box).value = made ?? "";
      return "";
    } catch (error) {
      return { NotAllowedError: said.cancelled, AbortError: said.cancelled, SecurityError: said.elsewhere, InvalidStateError: said.there }[error.name] ?? said.failed;
    }
  }

  // Without a connection, or where the portal asks nothing, the form goes as it is: to wait, or to be told why.
  async function asked(form, box, submitter) {
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, _at: form.getAttribute("action") });
    for (const [name, value] of new FormData(form)) if (JSON.parse(box.dataset.names).includes(name)) body.append(name, value);
    if (submitter?.name === "_op") body.append("_op", submitter.value);
    const question = await fetch(box.dataset.passkey, { method: "POST", body }).catch(() => null);
    if (!question?.ok || question.redirected) return null;
    const options = await question.json();
    const ids = options.allowCredentials.map((one) => ({ ...one, id: bytes(one.id) }));
    const found = await navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: ids } });
    const { clientDataJSON, authenticatorData, signature } = found.response;
    return plain(found, { clientDataJSON, authenticatorData, signature });
  }

  async function make(options) {
    const others = options.excludeCredentials.map((one) => ({ ...one, id: bytes(one.id) }));
    const user = { ...options.user, id: bytes(options.user.id) };
    const made = await navigator.credentials.create({ publicKey: { ...options, user, challenge: bytes(options.challenge), excludeCredentials: others } });
    const { clientDataJSON, attestationObject } = made.response;
    return plain(made, { clientDataJSON, attestationObject });
  }

  function go(form, submitter) {
    const box = form.querySelector("[data-passkey]");
    box.dataset.sent = "true";
    form.requestSubmit(submitter);
    delete box.dataset.sent;
  }

  function tell(box, problem) {
    const said = box.querySelector("[data-passkey-problem]");
    said.textContent = problem;
    said.hidden = !problem;
  }

  function plain(credential, parts) {
    const response = Object.fromEntries(Object.entries(parts).map(([name, buffer]) => [name, text(buffer)]));
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
  }

  function bytes(base64url) {
    return Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  }

  function text(buffer) {
    return btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  }
})();
