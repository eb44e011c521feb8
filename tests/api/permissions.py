"""Who may do what."""
import base64

import world
from demo import department_of
from harness import Client, expect, samples


def no_key():
    """a department's door stays shut without a key"""
    c = world.public()
    for method, path in (("GET", "/v1/certificates"), ("GET", "/v1/caller"),
                         ("POST", "/v1/certificates"),
                         ("POST", "/v1/certificates/search")):
        body = {} if method == "POST" else None
        world.problem(c.call(method, path, body), 401, "credential_missing")
    c.close()


def wrong_key():
    """one answer for every wrong key"""
    good = world.SERVER.credential(department_of("dog-registration"))
    name, secret = good.split(":")
    answers = set()
    for bad in (name + ":" + secret[:-1] + ("A" if secret[-1] != "A" else "B"),
                name + ":", "x:" + secret, name + ":" + secret + "A",
                "nobody:nothing"):
        c = Client(world.SERVER.port, bad)
        body = world.problem(c.call("GET", "/v1/caller"), 401,
                             "bad_credential")
        answers.add((body["zh"], body["en"]))
        c.close()
    expect(len(answers) == 1, "answers differ: %s", answers)


def both_forms():
    """Bearer id.secret and Basic id:secret are the same caller"""
    department = department_of("dog-registration")
    good = world.SERVER.credential(department)
    for header in ("Bearer " + good.replace(":", "."), "Basic " +
                   base64.b64encode(good.encode()).decode()):
        c = world.public()
        status, answer = c.json("GET", "/v1/caller", None,
                                {"Authorization": header})
        c.close()
        expect(status == 200 and answer["department"] == department,
               "%s: %s", status, answer)


def other_type():
    """A cannot issue B's type"""
    for own in samples():
        for other in samples():
            if department_of(own) == department_of(other):
                continue
            c = world.client(own)
            world.problem(c.call("POST", "/v1/certificates",
                                 world.order(other)), 403)
            c.close()


def other_certificate():
    """B's certificates do not exist for A: read, files, every change"""
    made = world.issue("dog-registration")
    c = world.client("business-licence")
    path = "/v1/certificates/" + made["id"]
    for tail in ("", "/files/pdf", "/files/xml", "/files/qr"):
        world.problem(c.call("GET", path + tail), 404)
    for action in ("revoke", "suspend", "resume", "hand-over"):
        world.problem(c.call("POST", path + "/" + action,
                             {"reason": "court_order"}), 404)
    for action in ("renew", "correct"):
        body = world.order("dog-registration")
        del body["type"]
        world.problem(c.call("POST", path + "/" + action,
                             dict(body, reason="holder_request")), 404)
    for query in ({}, {"number": made["number"]},
                  {"holder_code": "11010519491231002X"}):
        status, page = c.json("POST", "/v1/certificates/search", query)
        expect(status == 200, "search: %s", page)
        expect(all(i["id"] != made["id"] for i in page["items"]),
               "A finds B's certificate by %s", query)
    c.close()
    expect(world.state(made["id"], "dog-registration") == "valid",
           "the certificate was changed")


def local_only():
    """the doors of administrators are not on the network"""
    c = world.public()
    world.problem(c.call("GET", "/v1/doctor"), 404, "not_found")
    world.problem(c.call("POST", "/v1/administration", {"request": ""}), 404,
                  "not_found")
    c.close()


CASES = [no_key, wrong_key, both_forms, other_type, other_certificate,
         local_only]
