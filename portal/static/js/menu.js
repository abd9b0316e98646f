// Closes <details data-menu> on Escape and on a click elsewhere, and brings where one is into sight in bars that are pushed along.
(() => {
  for (const here of document.querySelectorAll(":is(.top-nav, .tabs) > [aria-current]")) {
    const bar = here.parentElement, [at, within] = [here, bar].map((one) => one.getBoundingClientRect());
    bar.scrollLeft += at.left - within.left - (within.width - at.width) / 2;
  }
  const open = () => document.querySelectorAll("details[data-menu][open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
    }
  });
})();
