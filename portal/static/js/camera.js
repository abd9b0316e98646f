// A button beside pickers of items and storage places, and below tables of items, that reads a code with the camera. Only where the browser can.
(() => {
  const { words } = document.currentScript.dataset;
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  const say = JSON.parse(words);
  const ITEM = 'input[data-picker^="/pick/stock_item"]';
  const PLACE = 'input[data-picker^="/pick/place"]';
  const FORMATS = ["qr_code", "ean_13", "code_128"];

  function make(name, values) {
    return Object.assign(document.createElement(name), values);
  }

  function offer() {
    for (const input of document.querySelectorAll(`.field > ${ITEM}, .field > ${PLACE}, input[data-scan]`)) {
      if (!input.parentElement.querySelector(":scope > .scan-open")) input.parentElement.append(button(input));
    }
    for (const foot of document.querySelectorAll(".rows-foot")) {
      const box = foot.closest("[data-rows]");
      if (box.querySelector(ITEM) && !foot.querySelector(".scan-open")) foot.append(button(box));
    }
  }

  function button(target) {
    const one = make("button", { type: "button", className: "btn btn-sm scan-open", textContent: say.open });
    one.addEventListener("click", () => open(target));
    return one;
  }

  async function open(target) {
    const dialog = make("dialog", { className: "scan-dialog" });
    dialog.setAttribute("aria-labelledby", "scan-title");
    const title = make("h2", { id: "scan-title", textContent: say.title });
    const video = make("video", { muted: true, playsInline: true });
    video.setAttribute("aria-hidden", "true");
    const told = make("p", { role: "status" });
    const close = make("button", { type: "button", className: "btn", textContent: say.close });
    close.addEventListener("click", () => dialog.close());
    dialog.append(title, video, told, close);
    document.body.append(dialog);
    let stream, code = "";
    dialog.addEventListener("close", () => {
      stream?.getTracks().forEach((track) => track.stop());
      dialog.remove();
      if (code) target.dispatchEvent(new CustomEvent("scanned", { bubbles: true, detail: code }));
    });
    dialog.showModal();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const able = await BarcodeDetector.getSupportedFormats();
      const detector = new BarcodeDetector({ formats: FORMATS.filter((one) => able.includes(one)) });
      video.srcObject = stream;
      await video.play();
      while (dialog.open && !code) {
        code = (await detector.detect(video))[0]?.rawValue.trim() ?? "";
        await new Promise((done) => setTimeout(done, 120));
      }
      if (!dialog.open) code = "";
    } catch {
      told.textContent = say.denied;
    }
    if (!dialog.isConnected) stream?.getTracks().forEach((track) => track.stop());  // closed while it was asked for
    else if (code) dialog.close();
  }

  offer();
  document.addEventListener("htmx:after:swap", offer);
})();
