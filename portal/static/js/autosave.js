// Saves the draft two seconds after the last keystroke, sooner where totals are reckoned, and when the page is left.
// The server answers 204 with HX-Trigger {"saved": {"at": "14:32", "version": "4"}}; fragments in the answer are swapped too.
(() => {
  const form = document.querySelector("form[data-autosave]");
  const place = form && document.querySelector(form.dataset.autosave);
  if (!place) return;
  let timer;
  let dirty = false;
  let busy = null;
  const names = new Set();  // inputs typed in since the last save

  const say = (state, more = "") => {
    place.textContent = `${place.dataset[state]} ${more}`;
    place.dataset.state = state;
  };
  const lost = () => form.dispatchEvent(new CustomEvent("notsaved"));
  const saved = ({ at, version }) => {
    if (version) form.elements._version.value = version;
    say("saved", at);  // also when somebody typed on meanwhile: what came later is saved next
  };

  function edited(event) {
    if (event?.target.name) names.add(event.target.name);
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, form.querySelector(".computed") ? 600 : 2000);  // totals come with the answer
  }

  function save() {
    if (!dirty || busy) return;
    dirty = false;
    say("saving");
    busy = htmx.ajax("POST", form.getAttribute("action"), { source: form, target: place, swap: "none", values: { _op: "save", _edited: [...names].join(" ") } });
    names.clear();
    busy.finally(() => {
      busy = null;
      if (place.dataset.state === "saving") lost();
      else if (dirty && place.dataset.state !== "failed") edited();
    });
  }

  async function leave() {
    if (!dirty || busy) return;
    dirty = false;
    clearTimeout(timer);
    const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    body.append("_op", "save");
    const headers = { "X-CSRFToken": form.elements.csrf_token.value, "HX-Request": "true" };
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers, keepalive: true });
      if (!answer.ok || answer.redirected) throw new Error();
      const detail = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}").saved ?? {};
      document.dispatchEvent(new CustomEvent("saved", { detail }));
    } catch { lost(); }
  }

  form.addEventListener("input", edited);
  form.addEventListener("change", edited);
  form.addEventListener("notsaved", () => { dirty = true; say("failed"); });
  form.addEventListener("waits", () => { clearTimeout(timer); dirty = false; place.textContent = ""; });  // js/outbox.js sends it all
  addEventListener("online", save);
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    dirty = false;
    if (!busy) return;
    event.preventDefault();  // the running save counts the version up; go after it
    busy.finally(() => form.requestSubmit(event.submitter));
  });
  document.addEventListener("saved", (event) => saved(event.detail));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  addEventListener("pagehide", leave);
  document.addEventListener("htmx:before:response", (event) => {
    const { sourceElement, response } = event.detail.ctx;
    if (sourceElement !== form || (response.status < 300 && !response.raw.redirected)) return;
    if (response.raw.headers.has("HX-Redirect")) lost();  // signed out: keep the copy, then let the page go to the sign-in
    else event.preventDefault();
  });
})();
