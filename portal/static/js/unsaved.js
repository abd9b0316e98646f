// Keeps what is typed in this tab until the server has it, and offers it back: an expired session, a lost network or a
// closed page must never lose text. Every form with text to type is followed, by its draft's key or its address. A copy
// belongs to one person; passwords are never kept, nor are forms that hold nothing but proofs; sign-out forgets all.
(async () => {
  const person = document.body.dataset.actor;
  if (!person) return;
  const PREFIX = "unsaved:";
  const OF_THE_PAGE = ["csrf_token", "_key", "_version", "_seen", "_task"];
  const TEXT = "textarea, input:is([type=text], [type=search], [type=tel], [type=email], [type=date], [type=datetime-local], [type=time], :not([type]))";
  const path = (form) => form.getAttribute("action");
  const nameOf = (form) => PREFIX + (form.dataset.key ?? path(form));
  const forms = [...document.querySelectorAll("form[method=post]")].filter((form) => form.dataset.key || !form.elements.username && [...form.elements].some((one) => one.matches(TEXT)));
  const named = (kept) => Object.keys(kept).filter((name) => name.startsWith(PREFIX)).map((name) => [name, JSON.parse(kept[name])]);
  // This tab's, and what another tab could not save before it was closed.
  const copies = () => [...new Map([...named(localStorage).filter(([, copy]) => copy.person === person), ...named(sessionStorage)])];
  const forget = (name) => { sessionStorage.removeItem(name); localStorage.removeItem(name); };
  const store = (name, copy) => {
    try {
      sessionStorage[name] = JSON.stringify(copy);
      if (copy.lost) localStorage[name] = sessionStorage[name];
      else localStorage.removeItem(name);
    } catch { /* the store is full */ }
  };

  function answers(form) {
    const leftOut = [...OF_THE_PAGE, ...[...form.querySelectorAll("[type=password]")].map((input) => input.name)];
    return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !leftOut.includes(name));
  }

  // An answer that is not the form again means that the server took it: another page, or one it redirected to.
  const [arrival] = performance.getEntriesByType("navigation");
  const came = arrival.type === "navigate" && document.referrer && new URL(document.referrer).pathname;
  const restoring = JSON.parse(sessionStorage.restoring ?? "[]");  // copies to be filled in on this page
  forget("restoring");
  for (const [name, copy] of copies()) {
    const taken = copy.sent && copy.page === came && (arrival.redirectCount > 0 || !forms.some((form) => path(form) === copy.path));
    if (taken && copy.draft) restoring.push(name);
    else if (copy.person !== person || taken) forget(name);
  }
  document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", () => copies().forEach(([name]) => forget(name)));
  forms.forEach(follow);

  const notice = document.getElementById("unsaved");
  const offers = [];
  for (const form of forms) {
    const found = await lost(form);
    if (found && restoring.includes(found[0])) fill(form, found[1]);
    else if (found) offers.push([form, ...found]);
  }
  if (!offers.length) return;
  notice.querySelector("[data-unsaved-at]").textContent = new Date(Math.max(...offers.map(([, , copy]) => copy.at))).toLocaleString("sv", { dateStyle: "short", timeStyle: "short" });  // as all pages write it: 2026-05-12 14:30
  notice.querySelector("[data-unsaved-drop]").addEventListener("click", () => putAway(([, name]) => forget(name)));
  notice.querySelector("[data-unsaved-restore]").addEventListener("click", () => setTimeout(restore));  // after menus have closed
  notice.hidden = false;

  function follow(form) {
    const name = nameOf(form);
    let timer = 0;
    let behind = false;  // a save has failed, and none has come through since
    const keep = (more = {}) => {
      clearTimeout(timer);
      timer = 0;
      store(name, { lost: behind || !navigator.onLine, person, key: form.dataset.key, path: path(form), page: location.pathname, at: Date.now(), answers: answers(form), ...more });
    };
    const edited = () => { clearTimeout(timer); timer = setTimeout(keep, 400); };  // before autosave.js speaks
    form.addEventListener("input", edited);
    form.addEventListener("change", edited);
    form.addEventListener("submit", (event) => keep({ sent: true, draft: Boolean(form.dataset.key) && event.submitter?.value === "save" }));
    form.addEventListener("notsaved", () => { behind = true; keep(); });
    addEventListener("pagehide", () => { if (timer) keep(); });
    if (form.dataset.autosave) document.addEventListener("saved", () => { behind = false; if (!timer && !besides(form)) forget(name); });
  }

  // Whether something is typed that no draft keeps: an opinion, a reason.
  function besides(form) {
    return [...form.elements].some((one) => one.name.startsWith("_") && one.matches(TEXT) && one.value);
  }

  // The copy of a form that differs from what the page shows; a new form's key is another on each page.
  async function lost(form) {
    const { key } = form.dataset, all = copies();
    const [name, copy] = all.find(([one]) => one === nameOf(form)) ?? (form.elements._key && all.find(([, one]) => one.key && one.path === path(form))) ?? [];
    if (!copy || await window.outboxStore?.holds(copy.key).catch(() => false)) return null;  // js/outbox.js sends it
    const again = copy.sent && copy.key === key && document.getElementById("errors");  // the server had it and sent it back
    const same = JSON.stringify(copy.answers) === JSON.stringify(answers(form));
    const drafted = copy.key !== key && !copy.lost && !copy.sent && await hasDraft(copy);
    if ((same && form.dataset.autosave) || again || drafted) forget(name);
    return same || again || drafted ? null : [name, copy];
  }

  // What was saved while the page was being left is found among the drafts.
  function hasDraft({ key, path: at }) {
    return fetch(`${at}?draft=${encodeURIComponent(key)}`, { method: "HEAD" }).then((answer) => answer.ok && !answer.redirected, () => false);
  }

  function putAway(does) {
    notice.hidden = true;
    offers.forEach(does);
  }

  // The server draws a sheet again, rows and files and all; other forms are filled in on the page that is there.
  async function restore() {
    const away = !await (window.outbox?.reachable() ?? true);
    const drawn = !away && offers.find(([form]) => form.dataset.key);
    for (const [form, , copy] of offers) if (form.dataset.key && copy.key) await window.outboxStore?.move(copy.key, form.dataset.key).catch(() => {});
    putAway(([form, name, copy]) => {
      forget(name);
      if (drawn) store(nameOf(form), { ...copy, key: form.dataset.key, sent: false });
      else fill(form, copy);
    });
    sessionStorage.restoring = JSON.stringify(drawn ? offers.map(([form]) => nameOf(form)) : []);
    if (drawn) post(drawn[0], drawn[2]);
    else offers[0][0].scrollIntoView({ block: "center" });
  }

  function post(form, copy) {
    const page = OF_THE_PAGE.map((one) => [one, form.elements.namedItem(one)?.value]).filter(([, value]) => value !== undefined);
    const sheet = Object.assign(document.createElement("form"), { method: "post", enctype: "multipart/form-data", hidden: true });
    sheet.setAttribute("action", path(form));
    sheet.append(...[...copy.answers, ...page, ["_op", "save"]].map(([one, value]) => Object.assign(document.createElement("textarea"), { name: one, value })));
    document.body.append(sheet);
    HTMLFormElement.prototype.submit.call(sheet);  // a field may be called “submit”
  }

  function fill(form, copy) {
    const values = new Map(copy.answers.map(([name]) => [name, []]));
    for (const [name, value] of copy.answers) values.get(name).push(value);
    for (const one of form.elements) {
      if (OF_THE_PAGE.includes(one.name) || ["hidden", "password", "file", "submit"].includes(one.type)) continue;
      const given = values.get(one.name);
      if (one.matches("[type=checkbox], [type=radio]")) one.checked = given?.includes(one.value) ?? false;
      else if (given?.length) one.value = given.shift();
    }
    for (let box = form.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
})();
