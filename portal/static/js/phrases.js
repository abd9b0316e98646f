// Stock phrases: a click puts the phrase into the opinion.
(() => {
  for (const box of document.querySelectorAll("[data-phrases]")) {
    const opinion = document.getElementById(box.dataset.phrases);
    box.hidden = false;
    box.addEventListener("click", (event) => {
      const phrase = event.target.closest("[data-phrase]")?.dataset.phrase;
      if (!phrase) return;
      opinion.value = [opinion.value.trim(), phrase].filter(Boolean).join(" ");
      opinion.dispatchEvent(new Event("input", { bubbles: true }));
      opinion.focus();
    });
  }
})();
