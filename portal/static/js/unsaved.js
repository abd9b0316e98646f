// Keeps what is typed in this tab until the server has it, and offers it back: an expired session, a lost network or a
// closed page must never lose text. A copy belongs to one person; sign-out forgets all.
(() => {
  const person = document.body.dataset.actor;
  if (!person) return;
  const form = document.querySelector("form[data-key]");
  const PREFIX = "unsaved:";
  const NOT_KEPT = ["csrf_token", "key", "version", "op"];
  const copies = () => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX)).map((name) => [name, JSON.parse(sessionStorage[name])]);

  for (const [name, copy] of copies()) {
    const done = copy.sent && form?.dataset.key !== copy.key;
    if (copy.person !== person || done) sessionStorage.removeItem(name);
  }
  document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", () => {
    for (const [name] of copies()) sessionStorage.removeItem(name);
  });
  if (!form) return;

  const { key } = form.dataset;
  const path = form.getAttribute("action");
  const answers = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NOT_KEPT.includes(name));
  const notice = document.getElementById("unsaved");
  let timer = 0;

  function keep(sent = false) {
    clearTimeout(timer);
    timer = 0;
    const copy = { person, key, path, sent, at: Date.now(), answers: answers() };
    try { sessionStorage[PREFIX + key] = JSON.stringify(copy); } catch { /* the tab's store is full */ }
  }
  function forget(name) {
    sessionStorage.removeItem(name);
    notice.hidden = true;
  }

  const edited = () => { clearTimeout(timer); timer = setTimeout(() => keep(), 800); };  // before autosave.js speaks
  form.addEventListener("input", edited);
  form.addEventListener("change", edited);
  form.addEventListener("submit", () => keep(true));
  form.addEventListener("notsaved", () => keep());
  addEventListener("pagehide", () => { if (timer) keep(); });
  document.addEventListener("saved", () => { if (!timer) sessionStorage.removeItem(PREFIX + key); });

  const [name, copy] = copies().find(([, one]) => one.key === key) ?? copies().find(([, one]) => one.path === path) ?? [];
  if (!copy || !notice) return;
  const answered = copy.sent && document.getElementById("errors");  // the server had it and sent it back
  if (answered || JSON.stringify(copy.answers) === JSON.stringify(answers())) return forget(name);
  notice.querySelector("[data-unsaved-at]").textContent = new Date(copy.at).toLocaleString();
  notice.hidden = false;
  notice.querySelector("[data-unsaved-drop]").addEventListener("click", () => forget(name));
  notice.querySelector("[data-unsaved-restore]").addEventListener("click", () => {
    const again = document.createElement("form");
    Object.assign(again, { method: "post", action: path, enctype: "multipart/form-data", hidden: true });
    const kept = NOT_KEPT.map((one) => [one, form.elements.namedItem(one)?.value ?? ""]).filter(([one]) => one !== "op");
    for (const [one, value] of [...copy.answers, ...kept, ["op", "save"]]) {
      const input = document.createElement("textarea");
      Object.assign(input, { name: one, value });
      again.append(input);
    }
    document.body.append(again);
    forget(name);
    HTMLFormElement.prototype.submit.call(again);  // a field may be called “submit”
  });
})();
