// A picture to be looked at closely: zoom, move, window and level, invert, turn. Everything is done to what is shown.

const dialog = document.getElementById("viewer");
const stage = dialog.querySelector("[data-stage]");
const picture = dialog.querySelector("[data-picture]");
const find = (name) => dialog.querySelector(`[data-${name}]`);
const [windowWidth, level, words, zoomed] = ["window", "level", "words", "zoom"].map(find);
const invert = dialog.querySelector("[data-do=invert]");
const STEP = 1.25;
const MOVE = 40;
const FRESH = { zoom: 1, x: 0, y: 0, turned: 0, inverted: false };
let now = { ...FRESH };
let address = "";

function draw() {
  picture.style.transform = `translate(${now.x}px, ${now.y}px) rotate(${now.turned}deg) scale(${now.zoom})`;
  const width = windowWidth.value / 100;
  const begin = level.value / 100 - width / 2;
  // Shades from `begin` to `begin + width` are stretched from black to white (DICOM PS3.3 C.11.2.1.2), or back.
  const slope = (now.inverted ? -1 : 1) / width;
  const intercept = now.inverted ? 1 + begin / width : -begin / width;
  for (const shade of document.querySelectorAll("#window feComponentTransfer > *")) {
    shade.setAttribute("slope", slope);
    shade.setAttribute("intercept", intercept);
  }
  zoomed.value = `${Math.round(now.zoom * 100)} %`;
  invert.setAttribute("aria-pressed", now.inverted);
}

function zoom(by) {
  now.zoom = Math.min(Math.max(now.zoom * by, 0.5), 12);
}

const acts = {
  in: () => zoom(STEP),
  out: () => zoom(1 / STEP),
  turn: () => (now.turned = (now.turned + 90) % 360),
  invert: () => (now.inverted = !now.inverted),
  reset: () => {
    now = { ...FRESH };
    [windowWidth.value, level.value] = [100, 50];
  },
  left: () => (now.x += MOVE),
  right: () => (now.x -= MOVE),
  up: () => (now.y += MOVE),
  down: () => (now.y -= MOVE),
};
const keys = {
  "+": "in", "=": "in", "-": "out", r: "turn", i: "invert", 0: "reset",
  ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down",
};

function act(name) {
  acts[name]();
  draw();
}

function load() {
  picture.src = words?.checked ? `${address}${address.includes("?") ? "&" : "?"}words=shown` : address;
}

document.addEventListener("click", (event) => {
  const opened = event.target.closest("[data-open]");
  if (!opened) return;
  const shown = opened.querySelector("img");
  address = shown.getAttribute("src");
  picture.alt = shown.alt;
  document.getElementById("viewer-title").textContent = shown.alt;
  if (words) words.checked = false;
  acts.reset();
  draw();
  load();
  dialog.showModal();
  stage.focus();
});

dialog.addEventListener("click", (event) => {
  const does = event.target.closest("[data-do]");
  if (does) act(does.dataset.do);
  if (event.target.closest("[data-close]") || event.target === dialog) dialog.close();
});
stage.addEventListener("keydown", (event) => {
  const name = keys[event.key] ?? keys[event.key.toLowerCase()];
  if (!name || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act(name);
});
stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  act(event.deltaY < 0 ? "in" : "out");
}, { passive: false });
stage.addEventListener("pointerdown", (event) => stage.setPointerCapture(event.pointerId));
stage.addEventListener("pointermove", (event) => {
  if (!stage.hasPointerCapture(event.pointerId)) return;
  now.x += event.movementX;
  now.y += event.movementY;
  draw();
});
for (const slider of [windowWidth, level]) slider.addEventListener("input", draw);
words?.addEventListener("change", load);
