// Drawn signatures: the canvas writes a PNG data URL into the hidden input <field>-drawn.
(() => {
  const { script } = document.currentScript.dataset;
  let loading = null;
  const load = () => (loading ??= new Promise((resolve, reject) => {
    document.head.append(Object.assign(document.createElement("script"), { src: script, onload: resolve, onerror: reject }));
  }));

  function fit(canvas, pad) {
    const ratio = Math.max(devicePixelRatio, 1);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.redraw();
  }

  async function prepare(box) {
    if (box.dataset.ready) return;
    box.dataset.ready = "yes";
    try {
      await load();
    } catch {  // no connection just now
      loading = null;
      delete box.dataset.ready;
      addEventListener("online", all, { once: true });
      return;
    }
    const canvas = box.querySelector("canvas");
    const frame = box.querySelector(".drawing-pad");
    const drawn = box.querySelector('input[name$="-drawn"]');
    const pad = new SignaturePad(canvas, { penColor: "#16233f", minWidth: 0.8, maxWidth: 2.6 });
    const store = () => {
      drawn.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
      frame.classList.toggle("is-drawn", !pad.isEmpty());
      drawn.dispatchEvent(new Event("change", { bubbles: true }));
    };
    pad.addEventListener("endStroke", store);
    if (drawn.value) {  // the server had it and sent it back, as something else was wrong
      frame.classList.add("is-drawn");
      pad.fromDataURL(drawn.value).catch(() => { pad.clear(); store(); });
    }
    box.querySelector(".drawing-again").addEventListener("click", () => {
      box.querySelector(".drawing-kept")?.remove();
      frame.hidden = false;
      pad.clear();
      fit(canvas, pad);
      store();
    });
    new ResizeObserver(() => { if (canvas.offsetWidth) fit(canvas, pad); }).observe(canvas);
  }

  const all = () => document.querySelectorAll("[data-signature]").forEach(prepare);
  document.addEventListener("htmx:after:swap", all);
  all();
})();
