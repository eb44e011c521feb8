/* Documents on the screen and on the clerk's own printer.  They are blobs in
   memory, whose addresses are taken back. */
import { word } from "@words.js@";
import { $, el } from "@dom.js@";

let shown = null; /* the address of the preview */

export function closePreview() {
  const dialog = $("preview");
  if (dialog) dialog.remove();
  if (shown) URL.revokeObjectURL(shown);
  shown = null;
}

/* Show a PDF over the page; Escape or the button closes it, and the focus goes
   back to `from`. */
export function preview(blob, title, from) {
  closePreview();
  shown = URL.createObjectURL(new Blob([blob], { type: "application/pdf" }));
  const dialog = el("dialog", { id: "preview", class: "preview", "aria-labelledby": "preview-title" },
    el("div", { class: "bar" },
      el("h2", { id: "preview-title" }, title),
      el("button", { type: "button", id: "preview-close", class: "button small", onclick: () => dialog.close() }, word("desk.close"), el("kbd", { "aria-hidden": "true" }, "Esc"))),
    el("iframe", { src: shown + "#toolbar=0&navpanes=0&view=FitH", title: title }));
  dialog.addEventListener("close", () => {
    closePreview();
    if (from && from.isConnected) from.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  $("preview-close").focus();
}

/* Hand a PDF to the browser's own print window.  Its address lives until that
   window was closed, at most a minute. */
export function printHere(blob) {
  const address = URL.createObjectURL(new Blob([blob], { type: "application/pdf" }));
  const frame = el("iframe", { class: "unseen", src: address, title: word("desk.channel.browser"), "aria-hidden": "true", tabindex: "-1" });
  const end = () => {
    frame.remove();
    URL.revokeObjectURL(address);
  };
  frame.addEventListener("load", () => {
    const from = document.activeElement;
    frame.contentWindow.focus();
    frame.contentWindow.print();
    if (from && from.isConnected) from.focus();
    setTimeout(end, 60000);
  });
  document.body.append(frame);
}
