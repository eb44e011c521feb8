"""What anybody may ask."""
import gzip
import json
import re

import world
from harness import expect, samples

PAGES = ("/", "/desk")


def uploads():
    """a PDF, its OFD, XML, picture and text verify; multipart too"""
    made = world.issue()
    c = world.client()
    path = "/v1/certificates/%s/files/" % made["id"]
    for tail, kind in (("pdf", "application/pdf"),
                       ("ofd", "application/ofd"),
                       ("xml", "application/xml"), ("qr", "text/plain"),
                       ("qr?as=png", "image/png"),
                       ("pdf", "application/octet-stream")):
        data = c.call("GET", path + tail)[2]
        answer = world.upload(data, kind)
        expect(answer["verdict"] == "valid", "%s: %s", tail, answer)
        expect(answer["certificate"]["number"] == made["number"], "number")
    form = (b'--b\r\nContent-Disposition: form-data; name="file"; '
            b'filename="a.pdf"\r\n\r\n' + c.call("GET", path + "pdf")[2] +
            b"\r\n--b--\r\n")
    answer = world.upload(form, "multipart/form-data; boundary=b")
    expect(answer["verdict"] == "valid", "form: %s", answer)
    c.close()


def tampered():
    """a changed file is never valid"""
    made = world.issue()
    c = world.client()
    path = "/v1/certificates/%s/files/" % made["id"]
    for kind in ("pdf", "ofd", "xml", "qr"):
        data = c.call("GET", path + kind)[2]
        for change in (lambda d: d[:len(d) // 2] +
                       bytes([d[len(d) // 2] ^ 1]) + d[len(d) // 2 + 1:],
                       lambda d: d + b"\n ", lambda d: d[:-20]):
            answer = world.upload(change(data), "application/octet-stream")
            expect(answer["verdict"] in ("invalid", "unreadable", "unsigned"),
                   "%s: %s", kind, answer["verdict"])
    c.close()


def nonsense():
    """what is not ours gets a verdict, not an error"""
    p = world.public()
    for data in (b"hello", b"\x00" * 100, b"%PDF-1.7\n", b"<?xml ",
                 b"\x89PNG\r\n\x1a\n", b"https://example.com/#12345",
                 b"\xff\xd8\xff" + b"A" * 1000):
        answer = world.upload(data, "application/octet-stream")
        expect(answer["verdict"] in ("unsigned", "unreadable"), "%s: %s",
               data[:12], answer)
        expect(answer["reasons"], "no reason for %s", data[:12])
    kinds = {"Content-Type": "application/json"}
    for body in (b"{}", b"[]", b'{"qr":1}', b'{"qr":"x","y":1}', b'{"qr":""}'):
        world.problem(p.call("POST", "/v1/verifications", body, kinds), 400)
    world.problem(p.call("POST", "/v1/verifications", b"",
                         {"Content-Type": "application/pdf"}), 400)
    world.problem(p.call("POST", "/v1/verifications?at=yesterday", b"x",
                         {"Content-Type": "text/plain"}), 400)
    world.problem(p.call("POST", "/v1/verifications", b"x",
                         {"Content-Type": "video/mp4"}), 415)
    p.close()


def nothing_personal():
    """public answers name no holder whose code does not"""
    made = world.issue("dog-registration")
    fields = samples()["dog-registration"]["fields"]
    secret = [fields["keeper_number"], fields["phone"], fields["address"]]
    p = world.public()
    for path in ("/v1/certificates/%s/status" % made["id"], "/metrics",
                 "/v1/types", "/v1/seals", "/trust", "/readyz",
                 "/ledger/proof/" + made["id"]):
        status, _, data = p.call("GET", path)
        expect(status == 200, "%s: %s", path, status)
        text = data.decode("utf-8", "replace")
        expect(not any(s in text for s in secret), "personal data in " + path)
    answer = json.dumps(world.verdict(made["qr"]), ensure_ascii=False)
    expect(fields["keeper_number"] not in answer, "whole citizen number")
    expect(not any(s in world.SERVER.log_text() for s in secret),
           "personal data in the log")
    p.close()


def catalogue():
    """types, seals, description and health are there"""
    p = world.public()
    for path in ("/v1/types", "/v1/seals", "/openapi.json", "/healthz",
                 "/readyz", "/trust"):
        status, body = p.json("GET", path)
        expect(status == 200 and body, "%s: %s", path, status)
    folders = {t["folder"] for t in p.json("GET", "/v1/types")[1]["items"]}
    expect(folders == set(samples()), "types: %s", folders)
    status, headers, text = p.call("GET", "/metrics")
    expect(b"certsvc_certificates " in text, "%s", text[:200])
    expect(headers["Content-Type"].startswith("text/plain"), "type")
    p.close()


def unknown():
    """what does not exist is 404 in one shape"""
    p = world.public()
    for path in ("/nothing", "/v1", "/v1/certificates/AAAA/status",
                 "/status/99999", "/status/01", "/status/-1", "/status/x",
                 "/ledger/proof/x", "/assets/x/style.css", "//", "/../etc",
                 "/%2e%2e/etc/passwd", "/v1/types/"):
        world.problem(p.call("GET", path), 404)
    p.close()


def pages():
    """pages and modules bring their files by hash, under a strict policy"""
    p = world.public()
    todo, seen = list(PAGES), set()
    while todo:
        path = todo.pop()
        status, headers, text = p.call("GET", path)
        expect(status == 200, "%s: %s", path, status)
        policy = headers["Content-Security-Policy"]
        expect("default-src 'none'" in policy and "unsafe" not in policy and
               "http" not in policy and "frame-ancestors 'none'" in policy,
               "%s: %s", path, policy)
        expect(("frame-src blob:" in policy) == (path == "/desk") and
               "blob:" not in policy.replace("frame-src blob:", ""),
               "%s: %s", path, policy)
        fixed = "immutable" in headers["Cache-Control"]
        expect(fixed == (path not in PAGES), "%s: %s", path, headers)
        if path in PAGES:
            expect(not re.search(rb"\son\w+=|<script>|<style|style=|https?://",
                                 text), "%s: inline or foreign", path)
        expect(not re.search(rb"innerHTML|outerHTML|insertAdjacentHTML|"
                             rb"document\.write|\beval\(|new Function", text),
               "%s makes markup or code of text", path)
        seen.add(path)
        todo += {n.decode() for n in re.findall(
            rb'"(/assets/[0-9a-f]{16}/[a-z.-]+)"', text)} - seen
    expect(len(seen) > 20, "%s", seen)
    p.close()


def page_coding():
    """a page comes as it is or in gzip, each with its own tag"""
    p = world.public()
    for path in PAGES:
        tags = set()
        for coding, want in (("gzip", "gzip"), ("br, gzip", "gzip"),
                             ("gzip;q=0", None), ("gzipped", None),
                             ("identity", None)):
            status, headers, data = p.call(
                "GET", path, None, {"Accept-Encoding": coding})
            expect(status == 200 and headers.get("Content-Encoding") == want and
                   headers["Vary"] == "Accept-Encoding", "%s: %s", coding,
                   headers)
            if want:
                data = gzip.decompress(data)
            expect(data.startswith(b"<!doctype html>"), "%s", data[:40])
            tags.add(headers["ETag"])
            expect(p.call("GET", path, None, {
                "Accept-Encoding": coding,
                "If-None-Match": headers["ETag"]})[0] == 304, "304")
        expect(len(tags) == 2, "%s", tags)
    p.close()


CASES = [catalogue, uploads, tampered, nonsense, nothing_personal, unknown,
         pages, page_coding]
