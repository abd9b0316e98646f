// Uploads files as soon as they are chosen; the server answers with the chip to show. Without it they go with the form.
// Each is first kept in this browser (js/outbox-store.js), and waits there as long as there is no connection.
(() => {
  const KNOWN = { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 };
  let place = null;  // where the person takes photos, if they let the browser tell

  document.addEventListener("click", (event) => {
    if (!event.target.matches?.("input[type=file][capture]") || !navigator.geolocation) return;
    place = new Promise((tell) => {
      navigator.geolocation.getCurrentPosition(({ coords: { latitude, longitude } }) => tell({ latitude, longitude }), () => tell({}), KNOWN);
    });
  });

  document.addEventListener("change", async (event) => {
    const input = event.target;
    const box = input.type === "file" && input.files.length && input.closest("[data-upload]");
    if (!box) return;
    const files = [...input.files], camera = input.hasAttribute("capture");
    input.value = "";
    for (const file of files) await take(box, file, input.form, camera);
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // Keeps the file, and sends it if it can be sent now.
  async function take(box, file, form, camera) {
    const { outboxStore: store } = window;
    const one = { id: `waiting:${store?.name()}`, key: form.dataset.key, name: box.dataset.name, kind: box.dataset.kind, file };
    if (camera) one.taken_at = new Date(file.lastModified).toISOString();
    say(box, `${file.name} …`);
    try {
      await store.put("files", one);
      if (camera && place) await store.put("files", { ...one, ...await place });
    } catch { return send(box, file, form); }  // a browser that keeps nothing
    chip(box, one);
    say(box);
    await window.outbox?.bring(one.key);
    if (box.querySelector(`[data-waiting="${one.id}"]`)) form.dispatchEvent(new CustomEvent("notsaved"));
  }

  function say(box, text = "", wrong = false) {
    const state = box.querySelector(".upload-state");
    state.textContent = text;
    state.classList.toggle("field-error", wrong);
  }

  // What waits looks like what is there, and says that it waits.
  function chip(box, one) {
    const list = box.querySelector(".file-list");
    if (list.querySelector(`[data-waiting="${one.id}"]`)) return;
    const row = box.querySelector("template").content.cloneNode(true).querySelector("li");
    row.dataset.waiting = one.id;
    if (one.file.type.startsWith("image/")) row.querySelector("img").src = URL.createObjectURL(one.file);
    else row.querySelector("img").remove();
    row.querySelector("[data-file-name]").textContent = one.file.name;
    Object.assign(row.querySelector("input"), { name: one.name, value: one.id });
    list.append(row);
    list.hidden = false;
  }

  document.addEventListener("filesent", ({ detail: { id, chip: sent, problem } }) => {
    const row = document.querySelector(`[data-waiting="${id}"]`);
    const box = row?.closest("[data-upload]");
    if (!box) return;
    if (sent) row.replaceWith(document.adoptNode(sent));
    else row.remove();
    const list = box.querySelector(".file-list");
    list.hidden = list.children.length === 0;
    say(box, problem, Boolean(problem));
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // It stays on the device, and may go later; or the person takes it out of the form.
  document.addEventListener("filewaits", ({ detail: { id, why } }) => {
    const box = document.querySelector(`[data-waiting="${id}"]`)?.closest("[data-upload]");
    if (box) say(box, why, true);
  });

  // The photos that wait for the forms of this page; tables are drawn anew.
  async function drawn() {
    for (const form of document.querySelectorAll("form[data-key]")) {
      for (const one of await window.outboxStore?.of("files", form.dataset.key).catch(() => []) ?? []) {
        const box = form.querySelector(`[data-upload][data-name="${CSS.escape(one.name)}"]`);
        if (box) chip(box, one);
      }
    }
  }
  drawn();
  document.addEventListener("htmx:after:swap", drawn);

  async function send(box, file, form) {
    const body = new FormData();
    body.append("file", file);
    body.append("name", box.dataset.name);
    body.append("kind", box.dataset.kind);
    try {
      const headers = { "X-CSRFToken": form.elements.csrf_token.value, "HX-Request": "true" };
      const answer = await fetch(box.dataset.upload, { method: "POST", body, headers });
      const text = await answer.text();
      if (!answer.ok || answer.redirected) throw new Error(answer.headers.get("Content-Type")?.startsWith("text/plain") ? text : "");
      const list = box.querySelector(".file-list");
      list.insertAdjacentHTML("beforeend", text);
      list.hidden = false;
      say(box);
    } catch (error) {
      say(box, `${file.name}: ${error.message || box.dataset.failed}`, true);
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-remove-file]");
    if (!button) return;
    event.preventDefault();
    const box = button.closest("[data-upload]");
    const list = button.closest("ul");
    const { waiting } = button.closest("li").dataset;
    if (waiting) window.outboxStore.drop("files", waiting);
    button.closest("li").remove();
    list.hidden = list.children.length === 0;
    box.querySelector("input[type=file]").focus();
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
