/* A certificate leaves the office: handed to its holder, or by post. */
import { call } from "@call.js@";
import { word } from "@words.js@";
import { announce, el, field, form, input } from "@dom.js@";
import { tried } from "@desk-state.js@";

function done(place, key) {
  place.replaceChildren(el("p", { class: "notice good", role: "status" }, word(key)));
  announce(word(key));
}

function handOverForm(item, lookup, changed) {
  const place = el("div"), sure = el("input", { type: "checkbox", id: "confirmed" });
  const send = () => {
    sure.setAttribute("aria-invalid", String(!sure.checked));
    if (!sure.checked) {
      sure.focus();
      place.replaceChildren(el("p", { class: "notice bad", role: "alert" }, word("desk.give.confirm_first")));
      return null;
    }
    const body = { reason: "handed_over", holder_confirmed: true, lookup: lookup };
    return tried(place, () => call("POST", "/v1/certificates/" + item.id + "/hand-over", body), (answer) => {
      item.status = answer.status || "valid";
      if (answer.print) item.print = answer.print;
      done(place, "desk.give.handed");
      changed();
    });
  };
  return form({ id: "hand-over" }, send,
    el("label", { class: "check", for: "confirmed" }, sure, el("span", null, word("desk.give.confirm"))),
    el("button", { type: "submit", class: "button" }, word("desk.give.hand_over")), place);
}

function postForm(item, lookup) {
  const place = el("div");
  const carrier = input("carrier", { maxlength: "40", value: word("desk.give.carrier_usual") });
  const tracking = input("tracking", { maxlength: "40" });
  const send = () => {
    const empty = [carrier, tracking].find((node) => node.value.trim() === "");
    if (empty) {
      place.replaceChildren(el("p", { class: "notice bad", role: "alert" }, word("desk.give.post_missing")));
      empty.focus();
      return null;
    }
    return tried(place, () => call("POST", "/v1/postings", {
      certificate: item.id, lookup: lookup, carrier: carrier.value.trim(), tracking: tracking.value.trim(),
    }), () => {
      tracking.value = "";
      done(place, "desk.give.posted");
    });
  };
  return form({ id: "post" }, send,
    field(word("desk.give.carrier"), carrier),
    field(word("desk.give.tracking"), tracking, word("desk.give.tracking_hint")),
    el("button", { type: "submit", class: "quiet" }, word("desk.give.post")), place);
}

/* What may happen now; changed() after the status changed. */
export function giveBox(item, lookup, changed) {
  return el("section", { class: "box" },
    el("h2", null, word("desk.give.heading")),
    item.status === "pending" ? handOverForm(item, lookup, changed) : el("p", { class: "hint" }, word(item.status === "valid" ? "desk.give.in_force" : "desk.give.not_in_force")),
    el("details", null, el("summary", null, word("desk.give.by_post")), postForm(item, lookup)));
}
