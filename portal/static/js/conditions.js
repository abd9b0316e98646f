// Shows, hides and demands fields by the conditions of the form (portal/domain/conditions.py), as the reader types.
// A comparison that the browser cannot know (a company limit, an answer of another page) leaves what the server drew.
(() => {
  const number = (text) => Number(String(text).normalize("NFKC").replaceAll(",", ""));
  const word = (value) => (value === true ? "yes" : value === false ? "no" : String(value));

  function read(form, prefixes, name) {
    for (const prefix of prefixes) {
      const found = form.elements.namedItem(prefix + name) ?? form.querySelector(`[data-name="${CSS.escape(prefix + name)}"]`);
      if (!found) continue;
      const all = (found instanceof RadioNodeList ? [...found] : [found]).filter((one) => one.matches("input, select, textarea"));
      if (!all.length) continue;
      if (all[0].type === "checkbox") return all.filter((box) => box.checked).map((box) => box.value);
      const one = all[0].type === "radio" ? all.find((radio) => radio.checked) : all[0];
      return (one?.dataset.value ?? one?.value ?? "").trim() || null;  // a computed choice shows its word
    }
    return undefined;
  }

  function compare(form, prefixes, { field, op, value }) {
    if (op === "any_row") {
      const [column, test, wanted] = value;
      const rows = [...form.querySelectorAll(`[id="rows-${CSS.escape(field)}"] tbody tr`)];
      return rows.some((row) => compare(form, [`${row.id}-`], { field: column, op: test, value: wanted }));
    }
    const answer = read(form, prefixes, field);
    if (answer === undefined) return undefined;
    if (op === "filled") return answer !== null && answer.length > 0;
    if (op === "includes") return (answer ?? []).includes(word(value));
    if (answer === null) return false;
    if (op === "equals") return answer === word(value);
    if (op === "differs") return answer !== word(value);
    const limit = Number.isNaN(number(value)) ? read(form, prefixes, value) : value;
    return limit == null ? undefined : number(answer) > number(limit);
  }

  function holds(form, prefixes, condition) {
    if (!condition.parts) return compare(form, prefixes, condition);
    const found = condition.parts.map((part) => holds(form, prefixes, part));
    const settled = condition.op === "any";
    if (found.includes(settled)) return settled;
    return found.includes(undefined) ? undefined : !settled;
  }

  function settle(place) {
    const form = place.closest("form");
    if (!form) return;
    const row = place.closest("[data-rows] tbody tr");
    const prefixes = [...(row ? [`${row.id}-`] : []), place.dataset.prefix ?? ""];
    const { when, requiredWhen } = place.dataset;
    const shown = when && holds(form, prefixes, JSON.parse(when));
    if (typeof shown === "boolean") place.toggleAttribute("data-off", !shown);
    const demanded = requiredWhen && holds(form, prefixes, JSON.parse(requiredWhen));
    if (typeof demanded !== "boolean") return;
    const mark = place.querySelector(".must");
    if (mark) mark.hidden = !demanded;
    const control = place.matches("fieldset") ? place : place.querySelector("input:not([type=hidden]), select, textarea");
    control?.setAttribute("aria-required", demanded);
  }

  const CONDITIONAL = "[data-when], [data-required-when]";
  function refresh(target) {
    const row = target.closest?.("[data-rows] tbody tr");
    const outer = [...document.querySelectorAll(CONDITIONAL)].filter((place) => !place.closest("tr"));
    (row ? [...row.querySelectorAll(CONDITIONAL), ...outer] : document.querySelectorAll(CONDITIONAL)).forEach(settle);
  }
  document.addEventListener("input", (event) => refresh(event.target));
  document.addEventListener("change", (event) => refresh(event.target));
  document.addEventListener("htmx:after:swap", () => refresh(document));
  refresh(document);
})();
