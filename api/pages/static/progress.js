// Tells what happens to a claim while it is read, and shows the page anew when it was judged.

const told = document.querySelector("#progress [data-told]");
const events = new EventSource(document.getElementById("progress").dataset.events);

events.addEventListener("progress", (event) => {
  const now = JSON.parse(event.data);
  told.textContent = now.files ? `${now.files_read} of ${now.files} files read.` : "";
  if (now.state !== "reading") {
    events.close();
    location.reload();
  }
});
