// A scanner types a code and Enter. In a picker this chooses what has exactly that code, at once; its Enter submits
// nothing. In a table the quantity comes next, and Enter there leads to the next free row. A camera's reading, the event
// "scanned", is taken in the same way.
(() => {
  const { none } = document.currentScript.dataset;
  const ITEM = 'input[data-picker^="/pick/stock_item"]';

  function pickerOf(target) {
    if (target.matches?.("input[data-picker]")) return target;
    const input = target.closest?.(".ts-wrapper")?.previousElementSibling;
    return input?.tomselect ? input : null;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const input = pickerOf(event.target);
    if (input) return inPicker(event, input);
    const row = event.target.matches?.("input.numeric") && event.target.closest("[data-rows] tbody tr");
    const add = row && row.querySelector(ITEM) && row.closest("[data-rows]").querySelector('button[value^="add:"]');
    if (!add) return;
    event.preventDefault();
    const next = freeItem(row.closest("[data-rows]"));
    if (next) next.focus();
    else add.click();  // js/rows.js puts the cursor into the new row
  }, true);

  function inPicker(event, input) {
    const picker = input.tomselect;
    const typed = (picker ? picker.control_input.value : input.value).trim();
    if (!picker) event.preventDefault();  // its script is still on the way
    if (!typed) return;
    const shown = picker?.shownFor === typed && picker.isOpen ? Object.values(picker.options) : null;
    const exact = shown?.find((one) => one.code?.toLowerCase() === typed.toLowerCase());
    if (shown && !exact && picker.activeOption) return;  // chosen from the list, by keyboard
    event.preventDefault();
    event.stopImmediatePropagation();
    if (exact) accept(input, exact);
    else read(input, typed);
  }

  document.addEventListener("scanned", ({ target, detail }) => {
    if (target.matches("input[data-scan]")) {
      target.value = detail;
      target.form.requestSubmit();
    } else if (target.matches("[data-rows]")) inTable(target, (input) => read(input, detail));
    else read(target, detail);
  });

  async function read(input, typed) {
    const url = new URL(input.dataset.picker, location.href);
    url.searchParams.set("q", typed);
    url.searchParams.set("scan", "1");
    const found = await fetch(url, { headers: { Accept: "application/json" } }).then((one) => one.json()).catch(() => []);
    if (found.length === 1) accept(input, found[0]);
    else refuse(input, typed);
  }

  function accept(input, option) {
    const box = input.closest("[data-rows]");
    if (box && input.matches(ITEM) && input.value === option.value) return inTable(box, (free) => put(free, option));
    return put(input, option);
  }

  function put(input, option) {
    say(input, "");
    const picker = input.tomselect;
    if (picker) {
      picker.setTextboxValue("");
      picker.addOption(option);
      picker.setValue(option.value);
      picker.close();
    } else {
      input.value = option.value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const quantity = input.closest("[data-rows] tbody tr")?.querySelector("input.numeric:not([readonly])");
    quantity?.focus();
    quantity?.select();
  }

  function freeItem(box) {
    return [...box.querySelectorAll(ITEM)].find((one) => !one.value && !one.tomselect?.control_input.value);
  }

  // Hands over the item cell of the first free row, of a new one where there is none.
  async function inTable(box, take) {
    const free = freeItem(box);
    if (free) return take(free);
    const add = box.querySelector('button[value^="add:"]');
    if (!add || add.disabled) return;
    document.activeElement?.blur();
    await new Promise((done) => setTimeout(done, 30));  // the picker that was open goes first
    box.addEventListener("change", function added(event) {
      if (event.target !== box) return;
      box.removeEventListener("change", added);
      const fresh = freeItem(box);
      if (fresh) take(fresh);
    });
    add.click();
  }

  function refuse(input, typed) {
    say(input, none.replace("%s", typed));
    input.tomselect?.control_input.select();
    if (!input.tomselect) input.select();
  }

  // What is said stands at the end of the field's box until something is chosen.
  function say(input, text) {
    const box = input.parentElement;
    let line = box.querySelector(":scope > .scan-said");
    if (!line && !text) return;
    if (!line) {
      line = Object.assign(document.createElement("p"), { className: "field-error scan-said", role: "status" });
      box.append(line);
    }
    line.textContent = text;
  }
})();
