"""The one server all cases share, and shorthands to talk to it."""
import copy
import itertools
import json
import time

from demo import department_of
from harness import Server, expect, samples

SERVER = None
SERIALS = itertools.count(1)


def open():
    global SERVER
    SERVER = Server()
    SERVER.start()


def close():
    if SERVER is not None:
        SERVER.close()


def client(folder="business-licence"):
    """A connection of the department that issues this type."""
    return SERVER.client(department_of(folder))


def public():
    return SERVER.client()


def order(folder="business-licence", **fields):
    """A sample's body under a key of its own; fields set to None go away."""
    body = copy.deepcopy(samples()[folder])
    body["serial"] = "API-%06d" % next(SERIALS)
    for name, value in fields.items():
        if value is None:
            body["fields"].pop(name, None)
        else:
            body["fields"][name] = value
    return body


def issue(folder="business-licence", body=None):
    """Issue and hand over; the certificate in force."""
    c = client(folder)
    status, made = c.json("POST", "/v1/certificates", body or order(folder))
    expect(status == 201, "issue: %s %s", status, made)
    if made["status"] == "pending":
        act(made["id"], "hand-over", "handed_over", folder)
    c.close()
    return made


def act(identity, action, reason, folder="business-licence", want=200, **more):
    c = client(folder)
    body = dict(reason=reason, **more)
    if action in ("renew", "correct"):
        body.setdefault("matter", "API")
        body.setdefault("serial", "API-%06d" % next(SERIALS))
    status, answer = c.json(
        "POST", "/v1/certificates/%s/%s" % (identity, action), body)
    c.close()
    expect(status == want, "%s %s: %s %s", action, reason, status, answer)
    return answer


def state(identity, folder="business-licence"):
    c = client(folder)
    status, answer = c.json("GET", "/v1/certificates/" + identity)
    c.close()
    expect(status == 200, "get: %s %s", status, answer)
    return answer["status"]


def upload(data, kind, path="/v1/verifications"):
    """Verdict of an upload; waits when this address has asked too often."""
    while True:
        c = public()
        status, headers, answer = c.call("POST", path, data,
                                         {"Content-Type": kind})
        c.close()
        if status != 429:
            break
        time.sleep(int(headers["Retry-After"]))
    expect(status == 200, "verify: %s %s", status, answer[:300])
    return json.loads(answer)


def verdict(code):
    """Verdict of a code's text, through the public door."""
    return upload(json.dumps({"qr": code}).encode(), "application/json")


def problem(answer, status, *codes):
    """A whole problem of this status and one of these codes."""
    got, headers, data = answer
    text = data.decode("utf-8", "replace")[:600]
    expect(got == status, "status %s, not %s: %s", got, status, text)
    kind = headers.get("Content-Type", "")
    expect(kind == "application/problem+json", "content type %s", kind)
    body = json.loads(data)
    for name in ("type", "title", "status", "detail", "code", "retryable",
                 "instance", "zh", "en", "errors"):
        expect(name in body, "the problem lacks %s: %s", name, text)
    expect(body["status"] == status, "status in the body: %s", text)
    expect(not codes or body["code"] in codes, "code: %s", text)
    expect(headers["X-Request-Id"] in body["instance"], "instance: %s", text)
    return body
