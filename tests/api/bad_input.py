"""Wrong orders: each wrong field is named, nothing is half done."""
import json

import world
from harness import expect

# (what, change of the fields, pointer that must be named)
WRONG = [
    ("wrong check digit of a credit code", {"uscc": "91990100MA9QH0018H"},
     "/fields/uscc"),
    ("a required field is missing", {"name": None}, "/fields/name"),
    ("an unknown field", {"colour_of_hair": "red"}, "/fields/colour_of_hair"),
    ("a name over its length", {"name": "青" * 2000}, "/fields/name"),
    ("an empty name", {"name": ""}, "/fields/name"),
    ("a control character", {"name": "青\u0007禾"}, "/fields/name"),
    ("a line feed", {"name": "青\n禾"}, "/fields/name"),
    ("a bidi override", {"name": "青\u202e禾"}, "/fields/name"),
    ("a bidi isolate", {"name": "青\u2066禾"}, "/fields/name"),
    ("a zero-width joiner", {"name": "青\u200d禾"}, "/fields/name"),
    ("a byte-order mark", {"name": "\ufeff青禾"}, "/fields/name"),
    ("a private-use character", {"name": "青\ue000"}, "/fields/name"),
    ("a non-character", {"name": "青\uffff"}, "/fields/name"),
    ("no such day", {"established": "2026-02-30"}, "/fields/established"),
    ("a date in another form", {"established": "2026/02/01"},
     "/fields/established"),
    ("a number where text is due", {"name": 5}, "/fields/name"),
    ("an array where text is due", {"name": ["a"]}, "/fields/name"),
    ("null where text is due", {"name": [None]}, "/fields/name"),
]


def fields():
    """each wrong field is 422 and named by its JSON pointer"""
    c = world.client()
    for what, change, pointer in WRONG:
        answer = world.problem(
            c.call("POST", "/v1/certificates", world.order(**change)), 422)
        names = [i["pointer"] for i in answer["errors"]]
        expect(pointer in names, "%s: %s", what, names)
        expect(all(i["zh"] and i["en"] for i in answer["errors"]), what)
    c.close()


def all_at_once():
    """several wrong fields are all named in one answer"""
    c = world.client()
    answer = world.problem(c.call("POST", "/v1/certificates", world.order(
        uscc="1", name=None, established="x", other="y")), 422)
    names = {i["pointer"] for i in answer["errors"]}
    want = {"/fields/" + n for n in ("uscc", "name", "established", "other")}
    expect(want <= names, "%s", names)
    c.close()


def members():
    """missing, unknown and wrong members of an order are named"""
    c = world.client()
    for change, pointer in (({"matter": ""}, "/matter"),
                            ({"serial": "x" * 129}, "/serial"),
                            ({"extra": 1}, "/extra"),
                            ({"operator": "x" * 201}, "/operator"),
                            ({"purpose": "\u202e"}, "/purpose"),
                            ({"fields": []}, "/fields"),
                            ({"matter": None}, "/matter"),
                            ({"serial": 5}, "/serial")):
        body = dict(world.order(), **change)
        answer = world.problem(c.call("POST", "/v1/certificates", body), 422)
        names = [i["pointer"] for i in answer["errors"]]
        expect(pointer in names, "%s: %s", change, answer)
    for name in ("matter", "serial", "fields"):
        body = world.order()
        del body[name]
        answer = world.problem(c.call("POST", "/v1/certificates", body), 422)
        expect("/" + name in [i["pointer"] for i in answer["errors"]],
               "%s: %s", name, answer)
    status = c.call("POST", "/v1/certificates",
                    dict(world.order(), type="nothing"))[0]
    expect(status in (403, 404, 422), "unknown type: %s", status)
    c.close()


def lengths():
    """a serial of 128 bytes is taken, 129 are not"""
    c = world.client()
    body = dict(world.order(), serial=world.order()["serial"].ljust(128, "x"))
    expect(c.json("POST", "/v1/certificates", body)[0] == 201, "128 refused")
    body["serial"] += "x"
    world.problem(c.call("POST", "/v1/certificates", body), 422)
    c.close()


def not_json():
    """broken, ambiguous and too deep JSON is 400"""
    good = json.dumps(world.order(), ensure_ascii=False).encode()
    kinds = {"Content-Type": "application/json"}
    c = world.client()
    for body, code in (
            (b"", "bad_json"), (b"{", "bad_json"), (good[:-1], "bad_json"),
            (good + b"x", "bad_json"), (good + good, "bad_json"),
            (good.replace(b'"matter"', b'"serial"', 1), "bad_json"),
            (good.replace("青".encode(), b"\xff", 1), "bad_json"),
            (good.replace("青".encode(), b"\xed\xa0\x80", 1), "bad_json"),
            (good.replace("青".encode(), b"\\u0000", 1), "bad_json"),
            (good.replace("青".encode(), b"\\ud800", 1), "bad_json"),
            (b"[" * 33 + b"]" * 33, "json_too_deep"),
            (b'{"a":' * 100000 + b"1" + b"}" * 100000, "json_too_deep")):
        world.problem(c.call("POST", "/v1/certificates", body, kinds), 400,
                      code)
    for body in (b"[" * 32 + b"]" * 32, b"null", b"5", b'"x"', b"[]"):
        status = c.call("POST", "/v1/certificates", body, kinds)[0]
        expect(status == 422, "%s: %s", body[:10], status)
    c.close()


def big_body():
    """1 MiB of JSON is read, one byte more is 413"""
    kinds = {"Content-Type": "application/json"}
    c = world.client()
    body = json.dumps(world.order()).encode()
    status = c.call("POST", "/v1/certificates", body.ljust(1048576), kinds)[0]
    expect(status == 201, "at the limit: %s", status)
    world.problem(c.call("POST", "/v1/certificates", body.ljust(1048577),
                         kinds), 413, "body_too_large")
    c.close()


def big_upload():
    """32 MiB of upload are read, one byte more is 413"""
    kinds = {"Content-Type": "application/octet-stream"}
    p = world.public()
    status, answer = p.json("POST", "/v1/verifications", b"A" * 33554432,
                            kinds)
    expect(status == 200 and answer["verdict"] != "valid", "%s", status)
    world.problem(p.call("POST", "/v1/verifications", b"A" * 33554433, kinds),
                  413, "body_too_large")
    p.close()


def media_type():
    """an order in another media type is 415"""
    c = world.client()
    for kind in ("text/plain", "application/x-www-form-urlencoded",
                 "application/jsonx", ""):
        world.problem(c.call("POST", "/v1/certificates", b"{}",
                             {"Content-Type": kind}), 415)
    c.close()


CASES = [fields, all_at_once, members, lengths, not_json, big_body,
         big_upload, media_type]
