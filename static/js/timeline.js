// A box that a reader has ticked keeps its tick when the list is brought up to date in place, whatever the new list says.
document.addEventListener("htmx:after:settle", () => {
  for (const box of document.querySelectorAll("#filters input[type=checkbox]")) box.checked = box.defaultChecked;
});
