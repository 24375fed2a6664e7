// Mends what the theme's own script adds to a page, for people who use a keyboard or a screen reader.
"use strict";

/** Let a keyboard scroll wide tables, and say of the buttons beside code that they are no landmark. */
function mend() {
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) box.tabIndex = 0;
  for (const box of document.querySelectorAll("nav.md-code__nav:not([role])")) box.setAttribute("role", "none");
}

new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
mend();
