// Cells copied from a spreadsheet and pasted into a table's input go to its paste box instead of one squeezed line.
document.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const cells = event.target.matches?.("td input") && /\t|\n./.test(text.trimEnd());
  const paste = cells && event.target.closest("[data-rows]")?.querySelector(".rows-paste");
  if (!paste) return;
  event.preventDefault();
  paste.open = true;
  const area = paste.querySelector("textarea");
  area.value = text;
  area.scrollIntoView({ block: "nearest" });
  paste.querySelector("button").focus();
});
