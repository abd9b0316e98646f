// Turns a reference input into a search box when it gets the focus, and back into a plain input when it loses it,
// so that tables of any length cost nothing and morphing finds what the server drew. Any text may be left in it.
(() => {
  const { script, style, none } = document.currentScript.dataset;
  let loading = null;

  function load() {
    loading ??= new Promise((resolve, reject) => {
      const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: style });
      const code = Object.assign(document.createElement("script"), { src: script, onload: resolve, onerror: reject });
      document.head.prepend(sheet);  // before portal.css, which colours it
      document.head.append(code);
    });
    return loading;
  }

  // Whether the script is there; what could not be fetched without a connection is asked for again the next time.
  const loaded = () => load().then(() => true, () => { loading = null; return false; });

  function enhance(input) {
    const url = new URL(input.dataset.picker, location.href);
    let before = input.value;
    const changed = () => {
      if (input.value === before) return;
      before = input.value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const picker = new TomSelect(input, {
      maxItems: 1, delimiter: "\u0001", create: true, createOnBlur: true, persist: false, preload: "focus",
      valueField: "value", labelField: "text", searchField: [], dropdownParent: "body", loadThrottle: 200, maxOptions: 30,
      load: (query, show) => {
        url.searchParams.set("q", query);
        fetch(url, { headers: { Accept: "application/json" } }).then((answer) => answer.json()).then((found) => {
          picker.clearOptions((option) => option.value === picker.getValue());
          show(found);
          picker.shownFor = query;  // what js/scan.js asks before it takes Enter for a scanner's
        }).catch(() => show());
      },
      onItemAdd: () => picker.setTextboxValue(""),
      onChange: changed,
      onBlur: () => setTimeout(() => { if (input.tomselect && !picker.isFocused) picker.destroy(); changed(); }),
      render: {
        option: (one, escape) => `<div>${escape(one.text)} <small>${escape(one.note ?? "")}</small></div>`,
        option_create: () => "",
        no_results: ({ input }) => (input ? `<div class="no-results">${none}</div>` : ""),
      },
    });
    picker.control_input.setAttribute("aria-label", input.labels[0]?.textContent.trim() ?? input.ariaLabel ?? "");
    picker.focus();
  }

  document.addEventListener("focusin", async (event) => {
    const input = event.target;
    if (!input.matches?.("input[data-picker]") || input.tomselect) return;
    const before = input.value;
    if (!await loaded()) return;  // it stays a plain field until it gets the focus again
    if (document.activeElement !== input || input.tomselect) return;
    const typed = input.value;  // somebody, or a scanner, was quicker than the script
    input.value = before;
    enhance(input);
    if (typed !== before) {
      input.tomselect.setTextboxValue(typed.startsWith(before) ? typed.slice(before.length) : typed);
      input.tomselect.onInput();
    }
  });
  if (document.querySelector("[data-picker]")) (window.requestIdleCallback ?? setTimeout)(loaded);
})();
