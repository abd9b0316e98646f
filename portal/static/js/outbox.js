// Sends a form when there is a connection. Whatever is submitted or signed is first kept in this browser; if the portal
// can be reached it goes the usual way, and is forgotten when a page says that it has been answered. Otherwise it waits,
// also when the tab is closed, and is sent by itself. The portal sees to it that what comes twice is done once.
(async () => {
  const { outboxStore: store } = window;
  const bar = document.getElementById("outbox");
  if (!store || !bar) return;
  const words = JSON.parse(bar.dataset.words);
  const said = bar.querySelector("[role=status]");
  const box = bar.querySelector("[data-outbox-box]");
  const list = bar.querySelector("ul");
  const DECIDES = ["submit", "sign", "return", "refuse"];
  const LEFT_OUT = ["csrf_token", "_op", "_password", "_code", "_passkey", "_sent", "_edited"];
  const SOON = 3000, LATER = 60_000;  // milliseconds until it is tried again, longer each time
  const PROOFS = ["_password", "_code", "_passkey"];
  const passwords = new Map();  // never written down: asked for anew when the page has been closed
  let passing = new WeakSet();  // forms that go the usual way
  const done = [];
  let busy = false;
  let timer = 0;
  let pause = SOON;
  let bringing = Promise.resolve();

  const kept = (name) => store.all(name).catch(() => []);  // nothing is any more where somebody has signed out
  const keyOf = (form) => form.dataset.outbox ?? form.dataset.key;
  const forms = () => [...document.querySelectorAll("form[data-key], form[data-outbox]")];
  const formOf = (key) => forms().find((form) => keyOf(form) === key);
  const token = () => JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
  let csrf = token();
  const headers = () => ({ "X-CSRFToken": csrf, "HX-Request": "true", "Outbox-Person": encodeURIComponent(store.person) });
  const make = (name, values, ...inside) => { const one = Object.assign(document.createElement(name), values); one.append(...inside); return one; };

  document.addEventListener("submit", submitted, true);  // before anybody else hears of it
  document.addEventListener("submit", signOut, true);
  addEventListener("online", () => { pause = SOON; tell(); flush(); });
  addEventListener("offline", tell);
  addEventListener("pageshow", back);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") flush(); });
  bar.querySelector("[data-outbox-send]").addEventListener("click", flush);
  window.outbox = { bring, reachable };

  opensLater();
  await arrive();
  await draw();
  flush();

  // A form that is open now opens without a connection, too (js/worker.js).
  async function opensLater() {
    const found = await navigator.serviceWorker?.register(bar.dataset.worker, { scope: "/" }).catch(() => null);
    if (!found || navigator.serviceWorker.controller || !document.querySelector("[data-offline]")) return;
    (await navigator.serviceWorker.ready).active.postMessage(location.href);
  }

  // What this page answers is forgotten; what was on its way from this tab and is not answered got lost.
  async function arrive() {
    const { answered } = document.body.dataset;
    for (const one of await store.all("sendings")) {
      if (answered && one.sent === answered) await store.drop("sendings", one.id);
      else if (one.state === "going" && (sessionStorage.outboxGoing === one.sent || Date.now() - one.at > LATER)) await store.put("sendings", { ...one, state: "waiting" });
    }
    sessionStorage.removeItem("outboxGoing");
  }

  // The page that was left is there again as it was; if the answer did not come, the server is asked what it knows.
  function back({ persisted }) {
    if (!persisted) return;
    passing = new WeakSet();
    forms().forEach((form) => { form.ariaBusy = null; });
    if (sessionStorage.outboxGoing) location.reload();
  }

  async function submitted(event) {
    const form = event.target, { submitter } = event;
    if (!keyOf(form) || form.method !== "post" || passing.has(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    const op = submitter?.name === "_op" ? submitter.value : "submit";
    const sent = DECIDES.includes(op) && store.name();
    if (sent) sessionStorage.outboxGoing = sent;  // should somebody leave before it is known whether it goes
    try {
      if (sent) await store.put("sendings", collect(form, op, sent));
    } catch { return pass(form, submitter); }  // a browser that keeps nothing
    const goes = await reachable() && (!sent || await bring(keyOf(form)));
    if (sent) await store.put("sendings", collect(form, op, sent, goes ? "going" : "waiting"));  // with the files that have arrived
    if (goes) return pass(form, submitter, sent);
    form.ariaBusy = null;
    sessionStorage.removeItem("outboxGoing");
    if (sent) await wait(form);
    else form.dispatchEvent(new CustomEvent("notsaved"));
    return tell();
  }

  function collect(form, op, sent, state = "going") {
    const id = `${store.person} ${keyOf(form)}`, entries = [...new FormData(form)];
    const proofs = PROOFS.map((name) => [name, form.elements[name]?.value]).filter(([, value]) => value);
    if (proofs.length) passwords.set(id, proofs);
    return {
      id, op, key: keyOf(form), path: form.getAttribute("action"), at: Date.now(), state, sent,
      title: document.querySelector("h1").innerText.trim(),
      answers: entries.filter(([name, value]) => typeof value === "string" && !LEFT_OUT.includes(name)),
      files: entries.filter(([, value]) => value instanceof File && value.size),
    };
  }

  function pass(form, submitter, sent) {
    if (sent) {
      form.querySelector("[name=_sent]")?.remove();
      form.append(make("input", { type: "hidden", name: "_sent", value: sent }));
      sessionStorage.outboxGoing = sent;
    }
    passing.add(form);
    form.requestSubmit(submitter);
  }

  async function wait(form) {
    form.dispatchEvent(new CustomEvent("waits"));
    forget(keyOf(form));
    await draw();
    again();
    bar.scrollIntoView({ block: "center" });
  }

  // Whether the portal answers, soon enough to let the page go.
  function reachable() {
    return fetch("/health", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(6000) }).then((answer) => answer.ok, () => false);
  }

  // The photos and files of a form that wait go first; whether all are there. Each goes once: the portal knows it again.
  function bring(key) {
    bringing = bringing.then(() => bringAll(key), () => bringAll(key));
    return bringing;
  }

  async function bringAll(key) {
    for (const file of await store.of("files", key)) {
      const body = new FormData();
      const { taken_at, latitude, longitude } = file;
      for (const [name, value] of Object.entries({ name: file.name, kind: file.kind, taken_at, latitude, longitude })) if (value !== undefined) body.append(name, value);
      body.append("file", file.file, file.file.name);
      let answer, text;
      try {
        answer = await post("/files", body);
        text = await answer.text();
      } catch { return false; }
      if (answer.status === 401) { ask(answer); return false; }
      if (answer.status >= 500 || answer.status === 429) {
        const why = answer.headers.get("Content-Type")?.startsWith("text/plain") ? text : "";  // else a proxy's page
        if (why) document.dispatchEvent(new CustomEvent("filewaits", { detail: { id: file.id, why } }));
        return false;
      }
      const chip = new DOMParser().parseFromString(text, "text/html").querySelector("li");
      const id = chip?.querySelector("input[type=hidden]").value;
      for (const sending of await store.of("sendings", key)) {
        const answers = sending.answers.map(([name, value]) => [name, value === file.id ? id : value]).filter(([, value]) => value !== undefined);
        await store.put("sendings", { ...sending, answers });
      }
      await store.drop("files", file.id);
      document.dispatchEvent(new CustomEvent("filesent", { detail: { id: file.id, chip, problem: chip ? "" : plain(text) } }));
    }
    return true;
  }

  async function post(path, body) {
    const send = () => fetch(path, { method: "POST", body, headers: headers(), signal: AbortSignal.timeout(240_000) });
    const answer = await send();
    if (answer.status !== 400) return answer;
    const page = await (await fetch("/account/password", { cache: "no-store" })).text();  // signed in anew meanwhile: another token
    csrf = new DOMParser().parseFromString(page, "text/html").querySelector("[name=csrf_token]")?.value ?? csrf;
    return send();
  }

  // Everything that waits, one after the other; one tab at a time.
  async function flush() {
    if (busy) return;
    busy = true;
    const act = async (lock) => {
      if (!lock) return;
      for (const one of await store.all("sendings")) if (one.state === "waiting" && !await send(one)) break;
      for (const form of forms()) if (!await bring(keyOf(form))) break;
    };
    try {
      await (navigator.locks ? navigator.locks.request("outbox", { ifAvailable: true }, act) : act(true));
    } catch { /* tried again soon */ }
    busy = false;
    await draw();
    if ((await kept("sendings")).some((one) => one.state === "waiting") || (await kept("files")).some((one) => formOf(one.key))) again();
  }

  function again() {
    clearTimeout(timer);
    timer = setTimeout(flush, pause);
    pause = Math.min(pause * 2, LATER);
  }

  // Whether the portal has answered, be it with a no.
  async function send(one) {
    said.textContent = words.sending;
    if (!await bring(one.key)) return false;
    const { answers, files } = (await store.of("sendings", one.key))[0] ?? one;
    const body = new FormData();
    for (const [name, value] of [...answers, ["_op", one.op]]) body.append(name, value);
    for (const [name, file] of files) body.append(name, file, file.name);
    for (const [name, value] of passwords.get(one.id) ?? []) body.append(name, value);
    let answer, text;
    try {
      answer = await post(one.path, body);
      text = await answer.text();
    } catch { return false; }
    if (answer.status === 401) { ask(answer); return false; }
    if (answer.status >= 500 || answer.status === 429) return false;
    if (answer.ok) return settle(one, answer.headers.get("Outbox-Location"));
    passwords.delete(one.id);
    await store.put("sendings", { ...one, answers, state: "refused", said: plain(text) });
    if (formOf(one.key) && [409, 422].includes(answer.status)) show(one.id);
    return true;
  }

  async function settle(one, address) {
    await store.drop("sendings", one.id);
    passwords.delete(one.id);
    forget(one.key);
    if (address && formOf(one.key)) location.assign(address);
    else done.push([one.title, address]);
    return true;
  }

  // What js/unsaved.js keeps of a form: the sending holds it all.
  function forget(key) {
    for (const place of [sessionStorage, localStorage]) place.removeItem(`unsaved:${key}`);
  }

  function ask(answer) {
    done.length = 0;
    done.push([words.signIn, answer.headers.get("HX-Redirect") ?? "/sign-in"]);
  }

  function plain(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const found = [...page.querySelectorAll("#errors li, .note-error")].map((one) => one.textContent.trim().replace(/\s+/g, " "));
    return (found.length ? [...new Set(found)].join(" ") : page.body.textContent.trim().replace(/\s+/g, " ")).slice(0, 300);
  }

  // Shows what the portal has refused as the portal itself does: everything typed, with the errors beside it.
  async function show(id) {
    const one = (await store.all("sendings")).find((other) => other.id === id);
    if (!one || !await reachable()) return tell();
    const form = make("form", { method: "post", enctype: "multipart/form-data", hidden: true });
    form.setAttribute("action", one.path);
    const sent = store.name();
    for (const [name, value] of [...one.answers, ["_op", one.op], ["_sent", sent], ["csrf_token", csrf]]) form.append(make("textarea", { name, value }));
    for (const [name, file] of one.files) {
      const input = make("input", { type: "file", name }), carried = new DataTransfer();
      carried.items.add(file);
      input.files = carried.files;
      form.append(input);
    }
    document.body.append(form);
    await store.put("sendings", { ...one, sent, state: "going", at: Date.now() });
    sessionStorage.outboxGoing = sent;
    HTMLFormElement.prototype.submit.call(form);  // a field may be called “submit”
  }

  async function draw() {
    const waiting = (await kept("sendings")).filter((one) => one.state !== "going");
    const files = await kept("files");
    const lone = [...new Set(files.map((file) => file.key))].filter((key) => !waiting.some((one) => one.key === key));
    for (const form of forms()) lock(form, waiting.some((one) => one.key === keyOf(form)));
    list.replaceChildren(
      ...done.map(([title, address]) => make("li", {}, address ? make("a", { href: address, textContent: title }) : title)),
      ...waiting.map(row),
      ...lone.map((key) => rowOfFiles(key, files.filter((file) => file.key === key))),
    );
    box.hidden = !list.children.length;
    bar.querySelector("[data-outbox-send]").hidden = !waiting.some((one) => one.state === "waiting");
    tell(waiting, files);
  }

  function row(one) {
    const acts = [button(words.discard, () => confirm(words.askDiscard, words.discard, async () => { await drop(one.key); await draw(); }))];
    if (one.state === "refused") acts.unshift(button(words.show, () => show(one.id)));
    if (formOf(one.key)) acts.unshift(button(words.edit, async () => { await store.drop("sendings", one.id); await draw(); formOf(one.key).dispatchEvent(new Event("input", { bubbles: true })); }));
    return make("li", {}, make("b", { textContent: one.title }), make("span", { textContent: one.state === "refused" ? `${words.refused}${one.said}` : words.waiting }), ...acts);
  }

  function rowOfFiles(key, files) {
    return make("li", {}, make("span", { textContent: words.files.replace("%s", files.length) }), button(words.discard, () => confirm(words.askDiscard, words.discard, async () => {
      for (const { id } of files) document.dispatchEvent(new CustomEvent("filesent", { detail: { id } }));
      await drop(key);
      await draw();
    })));
  }

  async function drop(key) {
    for (const name of ["sendings", "files"]) for (const { id } of await store.of(name, key)) await store.drop(name, id);
  }

  function button(textContent, act) {
    const one = make("button", { type: "button", className: "btn btn-sm", textContent });
    one.addEventListener("click", act);
    return one;
  }

  // What waits is not typed in any more, until somebody takes it back.
  function lock(form, waits) {
    if (form.inert === waits) return;
    form.inert = waits;
    for (const one of form.elements) if (!form.contains(one)) one.disabled = waits;
  }

  async function tell(waiting, files) {
    waiting = Array.isArray(waiting) ? waiting : (await kept("sendings")).filter((one) => one.state !== "going");
    const some = waiting.some((one) => one.state === "waiting") || files?.length;
    const away = !navigator.onLine || (waiting.some((one) => one.state === "waiting") && !busy && !await reachable());
    bar.classList.toggle("is-away", away);
    said.textContent = away ? (some ? words.away : forms().length ? words.typeOn : words.offline) : waiting.some((one) => one.state === "refused") ? words.refusedOne : some ? words.waits : done.length ? words.done : "";
  }

  // Signing out forgets everything on this device: it asks first if something would be lost.
  async function signOut(event) {
    const form = event.target;
    if (form.getAttribute("action") !== "/sign-out" || passing.has(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const leave = async () => { await store.clear().catch(() => {}); await window.caches?.delete("pages").catch(() => {}); passing.add(form); form.requestSubmit(event.submitter); };
    if (await store.count().catch(() => 0)) confirm(words.askSignOut, words.signOut, leave);
    else leave();
  }

  function confirm(question, yes, act) {
    const dialog = bar.querySelector("template").content.cloneNode(true).querySelector("dialog");
    dialog.querySelector("p").textContent = question;
    const go = Object.assign(dialog.querySelector("[data-yes]"), { textContent: yes });
    go.addEventListener("click", () => { dialog.close(); act(); });
    dialog.querySelector("[data-no]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }
})();
