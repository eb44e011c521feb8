"""Lists and files."""
import hashlib

import world
from harness import expect, samples


def documents():
    """every document listed can be fetched and has the digest it says"""
    made = world.issue()
    c = world.client()
    kinds = {"pdf": ("application/pdf", b"%PDF-"),
             "ofd": ("application/ofd", b"PK\3\4"),
             "xml": ("application/xml", b"<?xml "),
             "qr": ("text/plain; charset=utf-8", b"http")}
    for d in made["documents"]:
        status, headers, data = c.call(
            "GET", "/v1/certificates/%s/files/%s?version=%d%s" %
            (made["id"], d["format"], d["version"],
             "&variant=" + d["variant"] if d["variant"] else ""))
        kind, start = kinds[d["format"]]
        digest = hashlib.sha256(data).hexdigest()
        expect(status == 200 and digest == d["digest"], "%s: %s", d, status)
        expect(len(data) == d["size"] and data.startswith(start), "%s", d)
        expect(headers["Content-Type"] == kind, "type of %s", d)
        expect(headers["ETag"] == '"%s"' % digest, "tag of %s", d)
        expect(headers["Cache-Control"] == "no-store", "may be cached")
    c.close()


def codes():
    """the code comes as text or as a picture"""
    made = world.issue()
    c = world.client()
    path = "/v1/certificates/%s/files/qr" % made["id"]
    text = c.call("GET", path)[2].decode()
    expect(text == made["qr"], "text: %s", text)
    for query, headers in (("?as=png", {}), ("", {"Accept": "image/png"})):
        status, got, data = c.call("GET", path + query, None, headers)
        expect(status == 200 and data.startswith(b"\x89PNG"), "%s", status)
        expect(got["Content-Type"] == "image/png", "type")
    c.close()


def missing():
    """a file that does not exist is 404, a wrong parameter 400"""
    made = world.issue()
    c = world.client()
    path = "/v1/certificates/%s/files/" % made["id"]
    for tail in ("doc", "pdf?variant=nothing", "pdf?version=99",
                 "ofd?variant=nothing", "..", "%2e%2e", "pdf/x"):
        world.problem(c.call("GET", path + tail), 404)
    for tail in ("pdf?version=x", "pdf?version=-1", "pdf?as=png",
                 "qr?as=gif", "pdf?other=1", "pdf?variant=a&variant=b"):
        world.problem(c.call("GET", path + tail), 400)
    for bad in ("A" * 26, "a" * 26, "A" * 25, "A" * 128, "A" * 200):
        world.problem(c.call("GET", "/v1/certificates/" + bad), 404)
    c.close()


def pages():
    """a list is walked by cursor, newest first, each once"""
    mine = [world.issue("tree-felling-permit")["id"] for _ in range(5)]
    c = world.client("tree-felling-permit")
    seen, cursor = [], ""
    for _ in range(100):
        status, page = c.json("GET", "/v1/certificates?limit=2" +
                              ("&cursor=" + cursor if cursor else ""))
        expect(status == 200 and len(page["items"]) <= 2, "%s", page)
        seen += [i["id"] for i in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    expect(len(seen) == len(set(seen)), "one came twice")
    expect(seen[:5] == mine[::-1], "not newest first")
    for query in ("limit=0", "limit=101", "limit=x", "cursor=x", "status=odd"):
        status = c.call("GET", "/v1/certificates?" + query)[0]
        expect(status in (400, 422), "%s: %s", query, status)
    c.close()


def search():
    """holders are found by a body, never by an address"""
    made = world.issue("tree-felling-permit")
    c = world.client("tree-felling-permit")
    code = samples()["tree-felling-permit"]["fields"]["holder_code"]
    for query in ({"number": made["number"]}, {"holder_code": code},
                  {"holder_code": code, "status": "valid", "limit": 100}):
        status, page = c.json("POST", "/v1/certificates/search", query)
        expect(status == 200 and made["id"] in
               [i["id"] for i in page["items"]], "%s: %s", query, page)
    world.problem(c.call("GET", "/v1/certificates?holder_code=" + code), 400,
                  "personal_data_in_url")
    for bad in ({"other": 1}, {"limit": "5"}, {"limit": 0}, {"limit": 101},
                {"number": 1}, []):
        status = c.call("POST", "/v1/certificates/search", bad)[0]
        expect(status in (400, 422), "%s: %s", bad, status)
    c.close()


CASES = [documents, codes, missing, pages, search]
