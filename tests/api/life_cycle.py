"""From issue to the end, once only, and what may follow what."""
import copy
import threading

import world
from harness import expect, samples


def same_again():
    """the same call gets the same certificate for ever, byte for byte"""
    body = world.order()
    c = world.client()
    first = c.json("POST", "/v1/certificates", body)
    status, headers, data = c.call("POST", "/v1/certificates", body)
    expect(first[0] == 201 and status == 200, "%s %s", first, data)
    expect(headers.get("Idempotent-Replayed") == "true", "not marked")
    path = "/v1/certificates/" + first[1]["id"]
    expect(headers.get("Location") == path, "Location: %s",
           headers.get("Location"))
    again = c.json("POST", "/v1/certificates", body)[1]
    for name in ("id", "number", "identifier", "face_digest", "qr",
                 "documents"):
        expect(again[name] == first[1][name], "%s differs", name)
    one = c.call("GET", path + "/files/pdf?version=1")[2]
    two = c.call("GET", path + "/files/pdf?version=1")[2]
    expect(one == two and one.startswith(b"%PDF"), "version 1 differs")
    c.close()


def other_body():
    """the same key with another body is a conflict"""
    body = world.order()
    c = world.client()
    expect(c.json("POST", "/v1/certificates", body)[0] == 201, "not issued")
    other = copy.deepcopy(body)
    other["purpose"] = "别的用途"
    world.problem(c.call("POST", "/v1/certificates", other), 409,
                  "key_reused")
    c.close()


def at_once():
    """twenty calls with one key at once make one certificate"""
    body = world.order()
    seen, lock = [], threading.Lock()

    def call():
        c = world.client()
        answer = c.json("POST", "/v1/certificates", body)
        c.close()
        with lock:
            seen.append(answer)
    threads = [threading.Thread(target=call) for _ in range(20)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    expect(all(s in (200, 201) for s, _ in seen), "%s",
           [s for s, _ in seen])
    expect(len({a["id"] for _, a in seen}) == 1, "several certificates")


def every_type():
    """each shipped type is issued, and its code verifies as valid"""
    for folder in samples():
        made = world.issue(folder)
        answer = world.verdict(made["qr"])
        # The page's own trust is marked demo, so its documents are accepted.
        expect(answer["verdict"] == "valid", "%s: %s", folder, answer)
        expect(answer["certificate"]["id"] == made["id"], "another one")


# action: (reason, status that it leads to, statuses it may start from)
RULES = {
    "suspend": ("under_investigation", "suspended", {"valid"}),
    "resume": ("investigation_closed", "valid", {"suspended"}),
    "revoke": ("holder_dissolved", "revoked", {"valid", "suspended"}),
    "correct": ("typing_error", "superseded", {"valid"}),
    "renew": ("expiring", "superseded", {"valid"}),
}
WAYS = {"valid": [], "suspended": ["suspend"], "revoked": ["revoke"],
        "superseded": ["correct"]}


def apply(identity, action, want):
    more = {}
    if action in ("correct", "renew"):
        more = {"fields": samples()["business-licence"]["fields"]}
    want = want if want != 200 or not more else 201
    return world.act(identity, action, RULES[action][0], want=want, **more)


def matrix():
    """every action from every status: allowed ones work, others are 409"""
    for start, way in WAYS.items():
        for action, (reason, end, allowed) in RULES.items():
            made = world.issue()
            for step in way:
                apply(made["id"], step, 200)
            expect(world.state(made["id"]) == start, "not %s", start)
            # A change that is in force already is answered again, not refused.
            repeated = end == start and action in ("suspend", "revoke")
            ok = start in allowed or repeated
            if action == "resume" and start == "valid":
                ok = False
            answer = apply(made["id"], action, 200 if ok else 409)
            if not ok:
                expect(answer["code"] == "wrong_status", "%s on %s: %s",
                       action, start, answer)
            expect(world.state(made["id"]) == (end if ok else start),
                   "%s on %s led to %s", action, start,
                   world.state(made["id"]))


def reasons():
    """a change without a reason, or with another action's, is refused"""
    made = world.issue()
    c = world.client()
    path = "/v1/certificates/" + made["id"]
    for action, body in (("revoke", {}), ("revoke", {"reason": "found"}),
                         ("suspend", {"reason": "holder_died"}),
                         ("revoke", {"reason": ""}),
                         ("revoke", {"reason": "nonsense"})):
        answer = world.problem(c.call("POST", path + "/" + action, body), 422)
        expect(answer["errors"][0]["pointer"] == "/reason", "%s", answer)
    expect(world.state(made["id"]) == "valid", "it was changed")
    c.close()


def verdict_follows():
    """a code's verdict follows its certificate's status at once"""
    made = world.issue()
    steps = (("suspend", "invalid", "suspended"), ("resume", "valid", None),
             ("revoke", "invalid", "revoked"))
    for action, verdict, code in steps:
        apply(made["id"], action, 200)
        answer = world.verdict(made["qr"])
        have = [r["code"] for r in answer["reasons"]]
        expect(answer["verdict"] == verdict, "%s: %s", action, answer)
        expect(code is None or code in have, "%s: %s", action, have)


def corrected():
    """a corrected certificate names its successor, PDF and code alike"""
    made = world.issue()
    new = apply(made["id"], "correct", 200)
    expect(new["id"] != made["id"] and new["supersedes"] == made["id"],
           "%s", new)
    version = [i["identifier"].split(".")[-2] for i in (made, new)]
    expect(int(version[1]) == int(version[0]) + 1, "identifiers: %s", version)
    c = world.client()
    pdf = c.call("GET", "/v1/certificates/%s/files/pdf" % made["id"])[2]
    c.close()
    answers = [world.verdict(made["qr"]),
               world.upload(pdf, "application/pdf")]
    for answer in answers:
        have = [r["code"] for r in answer["reasons"]]
        expect("superseded" in have, "%s", answer)
        expect(answer["certificate"]["superseded_by_number"] == new["number"],
               "the successor's number: %s", answer["certificate"])
    expect(world.verdict(new["qr"])["verdict"] == "valid", "the successor")


def precondition():
    """If-Match with an old tag is 412, with the present one it works"""
    made = world.issue()
    c = world.client()
    path = "/v1/certificates/" + made["id"]
    tag = c.call("GET", path)[1]["ETag"]
    expect(c.call("GET", path, None, {"If-None-Match": tag})[0] == 304,
           "not 304")
    body = {"reason": "lost"}
    c.call("POST", path + "/suspend", body)
    world.problem(c.call("POST", path + "/resume", {"reason": "found"},
                         {"If-Match": tag}), 412, "precondition_failed")
    tag = c.call("GET", path)[1]["ETag"]
    expect(c.call("POST", path + "/resume", {"reason": "found"},
                  {"If-Match": tag})[0] == 200, "refused")
    c.close()


CASES = [same_again, other_body, at_once, every_type, matrix, reasons,
         verdict_follows, corrected, precondition]
