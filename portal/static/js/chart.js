// Brings the current step of a flow chart that is wider than the screen into sight.
for (const frame of document.querySelectorAll(".chart-scroll")) {
  const here = frame.querySelector(".fc-current")?.getBoundingClientRect();
  const seen = frame.getBoundingClientRect();
  if (here) frame.scrollLeft += here.left - seen.left - (seen.width - here.width) / 2;
}
