// Copies texts, and lets pages that nobody looks at rest. Everything else is plain HTML, or htmx.
"use strict";

document.documentElement.classList.add("scripted");

/** Copy a text; without a secure context (http to another machine) by the old way. */
async function copy(element) {
  const text = element.textContent;
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  document.execCommand("copy");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  await copy(document.getElementById(button.dataset.copies));
  button.textContent = "Copied";
  document.getElementById("said").textContent = "Copied";
  setTimeout(() => {
    button.textContent = "Copy";
    document.getElementById("said").textContent = "";
  }, 2000);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const chosen = getSelection();
  const live = document.getElementById("live");
  const reads = !chosen.isCollapsed && live && live.contains(chosen.anchorNode);
  // What somebody is marking must not vanish from under the mouse.
  if (document.hidden || reads) event.preventDefault();
});
