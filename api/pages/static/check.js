// A claim and its files are dropped, in any order: the claim goes first, each file is answered where it stands.

const drop = document.getElementById("drop");
const zone = drop.querySelector("[data-zone]");
const list = drop.querySelector("[data-list]");
const refused = document.querySelector("[data-refused]");
const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"];
const largest = Number(drop.dataset.largest);
const CLAIM = /\.(json|837|x12|edi|txt)$/i;
let number = drop.dataset.number;
const waiting = [];

async function send(address, body) {
  const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRF-Token": token, Accept: "application/json" } });
  const said = await answer.json().catch(() => ({}));
  return { status: answer.status, ok: answer.ok, said };
}

const SHOWN = 3; // of the faults of a file; all of them are in the API's answer
const reason = (fault) => (fault.segment ? `segment ${fault.segment}: ${fault.reason}` : fault.reason);
const reasons = (faults) => (faults ?? []).slice(0, SHOWN).map(reason).join("; ");
const why = ({ status, said }) =>
  [said.detail ?? said.title ?? `It was not taken (${status}).`, reasons(said.faults)].filter(Boolean).join(" ");

function entry(file) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const state = document.createElement("span");
  name.className = "film-name";
  name.textContent = file.name;
  item.append(name, " ", state);
  list.append(item);
  return (words, tone) => {
    state.textContent = words;
    state.className = `${tone}-words`;
  };
}

const place = (then) => `/check/${encodeURIComponent(number)}/${then}`;

async function show() {
  history.replaceState(null, "", `/check?number=${encodeURIComponent(number)}`);
  await htmx.ajax("GET", place("result"), { target: "#result-place", swap: "innerHTML" });
}

async function sendClaim(body, tell) {
  tell("being sent…", "still");
  const answer = await send("/check/claim", body);
  if (!answer.ok) return tell(why(answer), "bad");
  const claims = answer.said.claims ?? [answer.said];
  number = claims[0].number;
  const more = claims.length > 1 ? `, and ${claims.length - 1} more: they are in the worklist` : "";
  const faults = answer.said.faults?.length ? `; not all of it could be used: ${reasons(answer.said.faults)}` : "";
  tell(`${answer.status === 200 ? "the same claim as before" : "taken"}: claim ${number}${more}${faults}`, "good");
  while (waiting.length) await sendFile(...waiting.shift());
}

async function sendFile(file, tell) {
  if (file.size === 0) return tell("is empty; copy or export it again", "bad");
  if (file.size > largest) return tell(`is larger than ${Math.floor(largest / 2 ** 20)} MB; export the one picture alone`, "bad");
  if (!number) {
    waiting.push([file, tell]);
    return tell("waits for its claim", "ask");
  }
  tell("being sent…", "still");
  const form = new FormData();
  form.append("file", file);
  const answer = await send(place("files"), form);
  if (!answer.ok) return tell(why(answer), "bad");
  tell(answer.status === 200 ? "came before: it is the same file" : "taken", "good");
}

async function take(files) {
  refused.hidden = true;
  const told = [...files].map((file) => [file, entry(file)]);
  for (const [file, tell] of told.filter(([file]) => CLAIM.test(file.name))) await sendClaim(file, tell);
  const pictures = told.filter(([file]) => !CLAIM.test(file.name));
  for (const [file, tell] of pictures) await sendFile(file, tell);
  if (number) await show();
}

document.getElementById("files").addEventListener("change", (event) => {
  take(event.target.files);
  event.target.value = "";
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  zone.addEventListener(kind, (event) => {
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragover");
    if (kind === "drop") take(event.dataTransfer.files);
  });
}

document.getElementById("short").addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = Object.fromEntries([...new FormData(event.target)].map(([name, value]) => [name, value.trim()]));
  const stated = (value) => value || undefined;
  const claim = {
    claim_number: said.claim_number,
    patient: { name: { family: said.family, given: stated(said.given) }, birth_date: stated(said.birth_date) },
    payer: said.payer ? { name: said.payer } : undefined,
    lines: [{ line: 1, procedure: "D3351", tooth: { number: said.tooth, system: said.system }, service_date: said.service_date }],
    narrative: stated(said.narrative),
  };
  const tell = (words, tone) => {
    refused.hidden = tone !== "bad";
    refused.textContent = words;
  };
  await sendClaim(JSON.stringify(claim), tell);
  if (number) await show();
});
