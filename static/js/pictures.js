// Pictures are complete without this. It adds a note beside a mark, arrow keys from mark to mark, and a closer look.
// What its buttons say is given by the page, in the page's language.

const CLOSEST = 6;
const STEP = 1.5;

for (const frame of document.querySelectorAll(".chart__svg")) {
  const drawing = frame.querySelector("svg");
  if (drawing) {
    stepByKeys(drawing);
    notes(frame, drawing);
    closer(frame, drawing);
  }
}

function marksOf(drawing) {
  return [...drawing.querySelectorAll("a[aria-label]")];
}

function stepByKeys(drawing) {
  const to = {
    ArrowRight: (place) => place + 1,
    ArrowDown: (place) => place + 1,
    ArrowLeft: (place) => place - 1,
    ArrowUp: (place) => place - 1,
    Home: () => 0,
    End: (place, last) => last,
  };
  drawing.addEventListener("keydown", (event) => {
    const marks = marksOf(drawing);
    const place = marks.indexOf(document.activeElement);
    if (place < 0 || !(event.key in to) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    marks[Math.min(Math.max(to[event.key](place, marks.length - 1), 0), marks.length - 1)].focus();
  });
}

function notes(frame, drawing) {
  const note = document.createElement("div");
  note.className = "chart__note";
  note.hidden = true;
  // What it says is the accessible name of the mark, which is read aloud already.
  note.setAttribute("aria-hidden", "true");
  frame.append(note);

  const show = (mark) => {
    note.textContent = mark.getAttribute("aria-label");
    note.hidden = false;
    const around = frame.getBoundingClientRect();
    const at = mark.getBoundingClientRect();
    const left = at.left - around.left + frame.scrollLeft + Math.min(at.width / 2, 40);
    const most = frame.scrollLeft + frame.clientWidth - note.offsetWidth - 8;
    note.style.left = `${Math.max(Math.min(left, most), frame.scrollLeft + 8)}px`;
    note.style.top = `${at.bottom - around.top + 6}px`;
  };
  const hide = () => {
    note.hidden = true;
  };
  const markAt = (event) => event.target.closest("a[aria-label]");
  drawing.addEventListener("pointerover", (event) => (markAt(event) ? show(markAt(event)) : hide()));
  // Not on the drawing itself, which would then take the focus: some browsers hold that an SVG that listens wants it.
  frame.addEventListener("focusin", (event) => markAt(event) && show(markAt(event)));
  frame.addEventListener("focusout", hide);
  frame.addEventListener("pointerleave", hide);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
}

function closer(frame, drawing) {
  let scale = 1;
  const buttons = document.createElement("div");
  // Of the two drawings the style sheet shows one, and its buttons.
  buttons.className = `chart__zoom ${frame.classList.contains("chart--narrow") ? "chart--narrow" : "chart--wide"}`;
  const add = (name, kind, change) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `chart__button chart__button--${kind}`;
    button.setAttribute("aria-label", name);
    button.addEventListener("click", () => {
      const middle = (frame.scrollLeft + frame.clientWidth / 2) / frame.scrollWidth;
      scale = Math.min(Math.max(change(scale), 1), CLOSEST);
      drawing.style.width = `${100 * scale}%`;
      drawing.style.maxWidth = "none";
      frame.scrollLeft = middle * frame.scrollWidth - frame.clientWidth / 2;
      settle();
    });
    buttons.append(button);
    return button;
  };
  const nearer = add(frame.dataset.closer, "in", (now) => now * STEP);
  const wider = add(frame.dataset.whole, "out", () => 1);
  const settle = () => {
    nearer.disabled = scale >= CLOSEST;
    wider.disabled = scale <= 1;
    // What scrolls must be reached by keys.
    if (scale > 1) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
  };
  frame.before(buttons);
  settle();
}
