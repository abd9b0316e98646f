// Keeps what is typed in this tab until the server has it, and offers it back: an expired session, a lost network or a
// closed page must never lose text. A copy belongs to one person; passwords are never kept; sign-out forgets all.
(async () => {
  const person = document.body.dataset.actor;
  if (!person) return;
  const form = document.querySelector("form[data-key]");
  const path = form?.getAttribute("action");
  const PREFIX = "unsaved:";
  const OF_THE_PAGE = ["csrf_token", "_key", "_version", "_seen", "_task"];
  const copies = () => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX)).map((name) => [name, JSON.parse(sessionStorage[name])]);

  // A page that the submitted form led to, and that is not the form again, means that the server took it.
  const came = document.referrer && new URL(document.referrer).pathname;
  for (const [name, copy] of copies()) {
    const taken = copy.sent && copy.page === came && copy.path !== path;
    if (copy.person !== person || taken) sessionStorage.removeItem(name);
  }
  document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", () => {
    for (const [name] of copies()) sessionStorage.removeItem(name);
  });
  if (!form) return;

  const { key } = form.dataset;
  const mine = PREFIX + key;
  const secret = () => [...form.querySelectorAll("[type=password]")].map((input) => input.name);
  const answers = () => {
    const leftOut = [...OF_THE_PAGE, ...secret()];
    return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !leftOut.includes(name));
  };
  let timer = 0;

  function keep(more = {}) {
    clearTimeout(timer);
    timer = 0;
    const copy = { person, key, path, page: location.pathname, at: Date.now(), answers: answers(), ...more };
    try { sessionStorage[mine] = JSON.stringify(copy); } catch { /* the tab's store is full */ }
  }

  const edited = () => { clearTimeout(timer); timer = setTimeout(() => keep(), 400); };  // before autosave.js speaks
  form.addEventListener("input", edited);
  form.addEventListener("change", edited);
  form.addEventListener("submit", () => keep({ sent: true }));
  form.addEventListener("notsaved", () => keep({ lost: true }));
  addEventListener("pagehide", () => { if (timer) keep(); });
  document.addEventListener("saved", () => { if (!timer) sessionStorage.removeItem(mine); });

  const notice = document.getElementById("unsaved");
  const [name, copy] = copies().find(([one]) => one === mine) ?? copies().find(([, one]) => one.path === path) ?? [];
  if (!copy || !notice) return;
  const again = copy.sent && copy.key === key && document.getElementById("errors");  // the server had it and sent it back
  if (again || JSON.stringify(copy.answers) === JSON.stringify(answers())) return sessionStorage.removeItem(name);
  if (copy.key !== key && !copy.lost && !copy.sent && await hasDraft(copy.key)) return sessionStorage.removeItem(name);

  notice.querySelector("[data-unsaved-at]").textContent = new Date(copy.at).toLocaleString(document.documentElement.lang);
  notice.hidden = false;
  const putAway = () => { sessionStorage.removeItem(name); notice.hidden = true; };
  notice.querySelector("[data-unsaved-drop]").addEventListener("click", putAway);
  notice.querySelector("[data-unsaved-restore]").addEventListener("click", () => {
    putAway();
    restore(copy.answers);
  });

  // What was saved while the page was being left is found among the drafts.
  function hasDraft(one) {
    return fetch(`${path}?draft=${encodeURIComponent(one)}`, { method: "HEAD" }).then((answer) => answer.ok && !answer.redirected, () => false);
  }

  // Saves the copy as the draft, so that the server draws it again, rows and all.
  function restore(kept) {
    const page = OF_THE_PAGE.map((one) => [one, form.elements.namedItem(one)?.value]).filter(([, value]) => value !== undefined);
    const post = Object.assign(document.createElement("form"), { method: "post", enctype: "multipart/form-data", hidden: true });
    post.setAttribute("action", path);
    post.append(...[...kept, ...page, ["_op", "save"]].map(([one, value]) => Object.assign(document.createElement("textarea"), { name: one, value })));
    document.body.append(post);
    HTMLFormElement.prototype.submit.call(post);  // a field may be called “submit”
  }
})();
