// The row buttons of tables: posts the form and morphs the one table that the server sends back. No work per row.
(() => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[name=_op]:not([data-remove-file])");
    const box = button?.closest("[data-rows]");
    if (!box || !button.form) return;
    event.preventDefault();
    if (box.ariaBusy !== "true") act(box, button);
  });

  async function act(box, button) {
    const { form, value } = button;
    box.ariaBusy = "true";
    form.dispatchEvent(new CustomEvent("rows:before"));
    await htmx.ajax("POST", form.getAttribute("action"), { source: box, target: box, swap: "outerMorph", values: { _op: value } });
    box.ariaBusy = null;
    if (!box.matches("[data-swapped]") && value === `add:${box.dataset.rows}`) added(box);
    if (!box.matches("[data-swapped]")) return form.dispatchEvent(new CustomEvent("notsaved"));
    box.removeAttribute("data-swapped");
    follow(box, value);
    return box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Without a connection a row is added here: the last one again, empty and with the next number.
  function added(box) {
    const { rows: name } = box.dataset;
    const last = box.querySelector("tbody tr:last-child");
    const at = Number(last.id.slice(name.length + 1));
    const row = last.cloneNode(true);
    row.id = `${name}-${at + 1}`;
    row.querySelector("th").textContent = at + 2;
    for (const one of row.querySelectorAll("*")) {
      for (const attribute of one.attributes) {
        attribute.value = attribute.value.replaceAll(`${name}-${at}`, row.id).replaceAll(`${name}:${at}`, `${name}:${at + 1}`);
      }
    }
    row.querySelectorAll(".file-list > li, .field-error, .drawing-kept").forEach((one) => one.remove());
    for (const input of row.querySelectorAll("input, textarea, select")) {
      if (input.matches("[type=checkbox], [type=radio]")) input.checked = false;
      else if (input.tagName === "SELECT") input.selectedIndex = 0;
      else input.value = "";
    }
    last.after(row);
    row.querySelector("td :is(input:not([type=hidden]), select, textarea)")?.focus();
  }

  // Anything but the table itself (an error, the sign-in page) must not take its place.
  document.addEventListener("htmx:before:response", (event) => {
    const { target, response } = event.detail.ctx;
    if (!target?.dataset || !("rows" in target.dataset) || (response.status === 200 && !response.raw.redirected)) return;
    if (response.raw.headers.has("HX-Redirect")) target.closest("form")?.dispatchEvent(new CustomEvent("notsaved"));  // signed out
    else event.preventDefault();
  });

  // Morphing sets attributes; what was typed lives in properties, which must follow when rows move.
  document.addEventListener("htmx:after:swap", (event) => {
    const box = event.detail.ctx.target;
    if (!box?.dataset?.rows) return;
    box.setAttribute("data-swapped", "");
    for (const input of box.querySelectorAll("input:not([type=file]), textarea")) {
      if (input.checked !== input.defaultChecked) input.checked = input.defaultChecked;
      if (input.value !== input.defaultValue) input.value = input.defaultValue;
    }
    for (const select of box.querySelectorAll("select")) {
      const wanted = [...select.options].findIndex((option) => option.defaultSelected);
      if (select.selectedIndex !== Math.max(wanted, 0)) select.selectedIndex = Math.max(wanted, 0);
    }
  });

  function follow(box, value) {
    const [verb, , at] = value.split(":");
    const rows = box.querySelectorAll("tbody tr");
    const moved = { up: -1, down: 1, insert: 1 }[verb] ?? 0;
    const row = rows[Math.min(at === undefined ? rows.length : Number(at) + moved, rows.length - 1)];
    const same = ["up", "down", "remove"].includes(verb) && row?.querySelector(`button[value^="${verb}:"]:enabled`);
    const first = row?.querySelector("td :is(input:not([type=hidden]), select, textarea)");
    const place = same || first || box;
    row?.scrollIntoView({ block: "nearest" });
    place.focus({ preventScroll: true });
  }
})();
