// Keeps an open worklist up to date, and says how many claims are picked.

const live = () => document.querySelector("[data-live]");
const picked = () => document.querySelectorAll("input[name=number]:checked");
const plural = (number) => `${number} claim${number === 1 ? "" : "s"}`;

function bulk() {
  const words = document.querySelector("[data-bulk-words]");
  if (!words) return;
  words.dataset.all ??= words.textContent;
  const number = picked().length;
  words.textContent = number ? `${plural(number)} that you picked` : words.dataset.all;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) {
    for (const box of document.querySelectorAll("input[name=number]")) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-all], input[name=number]")) {
    event.stopPropagation();
    bulk();
  }
});

// Nothing moves under somebody's hands: the list is fetched anew only while nothing is picked and no field has the focus.
function isIdle() {
  return !picked().length && !document.activeElement.closest(".filters, .list");
}

const worklist = document.getElementById("worklist");
const events = new EventSource(worklist.dataset.pulse);
let newest;
events.addEventListener("progress", (event) => {
  const now = JSON.parse(event.data);
  live().textContent = now.reading ? `${plural(now.reading)} ${now.reading === 1 ? "is" : "are"} being read.` : "";
  const changed = newest !== undefined && newest !== now.newest;
  newest = now.newest;
  if (changed && isIdle()) {
    const headers = { "X-Unattended": "1" };
    htmx.ajax("GET", location.href, { target: "#worklist", swap: "outerHTML", select: "#worklist", headers });
  } else if (changed) {
    live().textContent += " Some claims stand otherwise now; load the page anew to see them.";
  }
});
addEventListener("pagehide", () => events.close());
