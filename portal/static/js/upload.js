// Uploads files as soon as they are chosen; the server answers with the chip to show. Without it they go with the form.
(() => {
  document.addEventListener("change", async (event) => {
    const input = event.target;
    const box = input.type === "file" && input.files.length && input.closest("[data-upload]");
    if (!box) return;
    const files = [...input.files];
    input.value = "";
    for (const file of files) await send(box, file, input.form);
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });

  async function send(box, file, form) {
    const state = box.querySelector(".upload-state");
    state.textContent = `${file.name} …`;
    state.classList.remove("field-error");
    const body = new FormData();
    body.append("file", file);
    body.append("name", box.dataset.name);
    body.append("kind", box.dataset.kind);
    try {
      const headers = { "X-CSRFToken": form.elements.csrf_token.value, "HX-Request": "true" };
      const answer = await fetch(box.dataset.upload, { method: "POST", body, headers });
      const text = await answer.text();
      if (!answer.ok || answer.redirected) throw new Error(answer.status === 422 ? text : "");
      const list = box.querySelector(".file-list");
      list.insertAdjacentHTML("beforeend", text);
      list.hidden = false;
      state.textContent = "";
    } catch (error) {
      state.textContent = `${file.name}: ${error.message || box.dataset.failed}`;
      state.classList.add("field-error");
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-remove-file]");
    if (!button) return;
    event.preventDefault();
    const box = button.closest("[data-upload]");
    const list = button.closest("ul");
    button.closest("li").remove();
    list.hidden = list.children.length === 0;
    box.querySelector("input[type=file]").focus();
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
