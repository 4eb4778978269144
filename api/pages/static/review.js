// One decision at a time with the keyboard: A and R choose, Ctrl+Enter settles, S passes over.

const form = document.querySelector("[data-decision]");
const WHO = "who";

form.person.value = sessionStorage.getItem(WHO) ?? "";
form.addEventListener("submit", () => sessionStorage.setItem(WHO, form.person.value));

const choose = (value) => {
  form.querySelector(`[value=${value}]`).checked = true;
  form.why.focus();
};
const acts = { a: () => choose("accepted"), r: () => choose("rejected"), s: () => document.querySelector("[data-skip]").click() };

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return form.requestSubmit();
  const busy = event.target.closest("input:not([type=radio]), textarea, select, dialog[open]");
  const act = acts[event.key.toLowerCase()];
  if (!act || busy || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});
