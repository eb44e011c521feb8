"""A stand-in for the desk's calls: every state that a real office meets once a
year, on demand.  Pages and assets come from the real program."""
import datetime
import http.server
import json
import threading
import urllib.parse
import urllib.request

TYPE = {"type": "11990000MB9A010097004", "zh": "林木采伐许可证",
        "en": "Tree felling permit", "quota_day": 50, "stock": True}
PROOF = {"type": "11990000MB9A010097002", "zh": "参保缴费证明",
         "en": "Proof of social insurance", "quota_day": 200,
         "stock": False}
NAMES = {TYPE["type"]: {"zh": TYPE["zh"], "en": TYPE["en"]},
         PROOF["type"]: {"zh": PROOF["zh"], "en": PROOF["en"]}}
VARIANTS = [{"id": "original", "zh": "正本", "en": "Original"},
            {"id": "duplicate", "zh": "副本", "en": "Duplicate"}]
HOLDER = "11010519491231002X"


def now(seconds=0):
    t = datetime.datetime.now(datetime.timezone.utc)
    return (t + datetime.timedelta(seconds=seconds)).strftime(
        "%Y-%m-%dT%H:%M:%SZ")


def may(allowed=True, made=0, left=None, why=None):
    return {"allowed": allowed, "made": made, "left": left, "why": why and {
        "code": why[0], "zh": why[1], "en": why[2]}}


def certificate(n, kind, number, status, print_):
    return {"id": "C%025d" % n, "type": kind["type"],
            "type_name": NAMES[kind["type"]], "number": number,
            "holder": "赵𬭎", "department": "119901000000000499",
            "department_name": "青禾市林业局", "status": status,
            "issued": now(-86400), "valid_from": now(-86400),
            "valid_to": now(86400 * 365), "variants": VARIANTS,
            "print": print_}


class Desk:
    """What the stand-in knows and was asked."""

    def __init__(self, pdf):
        self.pdf, self.lock = pdf, threading.Lock()
        self.calls, self.fail = [], {}
        self.session, self.role = None, "clerk"
        self.must_change, self.totp = False, "enrolled"
        self.must_enrol = True
        self.code_needed = self.reason_needed = False
        self.jobs, self.blanks = [], [
            {"id": "B%d" % n, "type": TYPE["type"], "number": "A%06d" % n,
             "state": "free", "reason": None} for n in (101, 102)]
        self.state_of_new = "sent"
        self.operators = [
            {"name": "zhang", "zh": "张三", "role": "clerk", "office": "qh-001",
             "state": "active", "locked_until": None},
            {"name": "li", "zh": "李四", "role": "clerk", "office": "qh-001",
             "state": "active", "locked_until": now(600)}]
        self.found = [
            certificate(1, TYPE, "青林采〔2026〕000123", "pending", {
                "original": may(left=49), "copy": may(False, why=(
                    "not_valid_yet", "交付以后才能做加注件",
                    "a copy can be made after it was handed over"))}),
            certificate(2, PROOF, "QHSB-2026-0009", "valid",
                        {"proof": may(made=1), "copy": may()}),
            certificate(3, TYPE, "青林采〔2025〕000077", "revoked", {
                "original": may(False, why=("revoked", "证照已撤销",
                                            "it was revoked"))})]
        self.printers = [
            {"id": "p1", "zh": "一号打印机", "state": "ready", "accepting": True,
             "reasons": [], "words": {"zh": "", "en": ""}, "queued": 0,
             "supplies": [{"name": "black", "level": 63}]},
            {"id": "p2", "zh": "打证机", "state": "stopped", "accepting": True,
             "reasons": ["media-empty"], "words": {
                 "zh": "没有纸了，请加纸", "en": "out of paper: add paper"},
             "queued": 2, "supplies": []},
            {"id": "p3", "zh": "二楼打印机", "state": "offline", "accepting": False,
             "reasons": [], "words": None, "queued": 0, "supplies": []}]

    def office(self):
        return {"id": "qh-001", "zh": "青禾镇便民服务中心",
                "en": "Qinghe service centre", "kind": "centre",
                "region": "990100001", "state": "active",
                "types": [TYPE, PROOF], "printers": [
                    {"id": "p1", "zh": "一号打印机", "uri": "ipp://127.0.0.1/p1",
                     "media": "iso_a4_210x297mm"},
                    {"id": "p2", "zh": "打证机", "uri": "ipp://127.0.0.1/p2",
                     "media": "iso_a4_210x297mm", "stock": TYPE["type"]},
                    {"id": "p3", "zh": "二楼打印机", "uri": "ipp://127.0.0.1/p3",
                     "media": "iso_a4_210x297mm"}]}

    def who(self):
        clerk = self.role == "clerk"
        return {"operator": "zhang", "name_zh": "张三", "role": self.role,
                "office": "qh-001" if clerk else None,
                "office_zh": "青禾镇便民服务中心" if clerk else None,
                "region": "990100", "department": "11990100MB9A00014N",
                "expires": now(3600),
                "must_change": self.must_change, "totp": self.totp,
                "must_enrol": self.must_enrol and self.totp == "missing",
                "last": {"at": now(-90000), "address": "127.0.0.1",
                         "failures": 0}}

    def make_job(self, body):
        item = next(c for c in self.found if c["id"] == body["certificate"])
        job = {"id": "J%d" % (len(self.jobs) + 1), "certificate": item["id"],
               "type": item["type"], "type_name": item["type_name"],
               "number": item["number"], "kind": body["kind"],
               "copy": len(self.jobs) + 1, "state": self.state_of_new,
               "detail": None, "office": "qh-001",
               "printer": body.get("printer"), "channel": body["channel"],
               "operator": "zhang", "purpose": body["purpose"],
               "created": now(), "changed": now()}
        if job["channel"] == "browser":
            job["state"] = "rendered"
        self.jobs.insert(0, job)
        right = item["print"][body["kind"]]
        right["made"] += 1
        if right["left"] is not None:
            right["left"] -= 1
        return job

    def job(self, identity):
        return next(j for j in self.jobs if j["id"] == identity)

    def sheet(self, day):
        def count(state):
            return sum(j["state"] in state for j in self.jobs)
        numbers = {"made": len(self.jobs), "confirmed": count(["confirmed"]),
                   "failed": count(["failed"]), "unknown": count(["unknown"]),
                   "open": count(["rendered", "sent"])}
        return dict(numbers, office="qh-001", office_zh="青禾镇便民服务中心",
                    day=day, blanks={"free": 2, "used": 0, "spoiled": 0},
                    by_type=[dict(numbers, type=TYPE["type"],
                                  type_name=NAMES[TYPE["type"]])],
                    jobs=self.jobs)


class Refusal(Exception):
    def __init__(self, status, code, zh, en, wait=None):
        super().__init__(code)
        self.status, self.wait = status, wait
        self.body = {"code": code, "zh": zh, "en": en, "status": status,
                     "retryable": wait is not None, "errors": []}


LOGIN_NEEDED = (401, "login_needed", "请先登录", "log in first")


def read(desk, parts, query):
    """GET below /v1."""
    if parts == ["session"]:
        return 200, desk.who()
    if parts == ["offices"]:
        return 200, {"items": [desk.office()], "next": None}
    if parts[0] == "offices":
        return 200, desk.office() if len(parts) == 2 else {
            "items": desk.printers}
    if desk.role != "clerk" and "office" not in query and (
            parts == ["print-jobs"] or parts[0] == "reconciliations"):
        raise Refusal(422, "office_needed", "请指明网点", "say which office")
    if parts == ["print-jobs"]:
        return 200, {"items": desk.jobs, "next": None}
    if parts[0] == "print-jobs":
        if parts[-1] == "file":
            desk.job(parts[1])["state"] = "sent"
            return 200, desk.pdf
        return 200, desk.job(parts[1])
    if parts[0] == "reconciliations":
        return 200, desk.sheet(parts[1])
    if parts == ["blanks"]:
        return 200, {"items": desk.blanks, "next": None}
    if parts == ["seals"]:
        return 200, {"next": None, "items": [{
            "id": "market-1", "zh": "市场监管局印章", "en": "market seal",
            "state": "active"}]}
    if parts[0] == "seals":
        return 200, {"next": None, "items": [{
            "time": now(), "op": "seal", "type": TYPE["type"],
            "department": "11990100MB9A00014N"}]}
    if parts == ["calibration"]:
        return 200, desk.pdf
    if parts == ["operators"]:
        return 200, {"items": desk.operators, "next": None}
    if parts == ["lookups", "counts"]:
        return 200, {"items": [{"operator": "zhang", "office": "qh-001",
                                "count": 12},
                               {"operator": "li", "office": "qh-001",
                                "count": 310}]}
    if parts == ["lookups"]:
        return 200, {"items": [{"at": now(), "operator": "zhang",
                                "office": "qh-001", "purpose": "本人到窗口领取",
                                "by": "holder", "found": 3}],
                     "next": None if "cursor" in query else "more"}
    raise Refusal(404, "not_found", "没有", "nothing")


def session_write(desk, method, parts, body):
    if parts == ["sessions"]:
        if body["password"] == "right" and desk.code_needed and \
                "code" not in body:
            raise Refusal(401, "code_needed", "请输入动态验证码",
                          "enter the one-time code")
        if body["password"] != "right":
            raise Refusal(401, "bad_login", "登录名、密码或验证码不对",
                          "wrong name, password or code")
        desk.session = "yes"
        return 201, desk.who()
    if method == "DELETE":
        desk.session = None
        return 204, None
    if parts[-1] == "password":
        desk.must_change = False
        return 200, {"must_change": False}
    if body["password"] != "right":
        raise Refusal(403, "wrong_password", "密码不对", "wrong password")
    if "code" in body:
        desk.totp = "enrolled"
        return 200, {"totp": "enrolled"}
    return 200, {"secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
                 "uri": "otpauth://totp/x",
                 "qr": ["1011", "0110", "1110", "0011"]}


def job_write(desk, parts, body):
    if len(parts) == 1:
        if not body.get("lookup"):
            raise Refusal(403, "lookup_needed", "请先查询", "look up first")
        if desk.reason_needed and not body.get("reason"):
            raise Refusal(422, "reason_needed", "请写明重打原因",
                          "say why it is printed again")
        return 201, desk.make_job(body)
    job = desk.job(parts[1])
    if parts[2] == "resend" and job["channel"] == "browser":
        job["state"] = "rendered"
        return 200, job
    job["state"] = {"cancel": "failed", "resend": "sent"}.get(parts[2]) or (
        "confirmed" if body.get("came_out") else "failed")
    job["detail"] = {"code": "clerk", "zh": body["reason"],
                     "en": body["reason"]} if body.get("reason") else None
    return 200, job


def write(desk, method, parts, body):
    if parts[0] in ("sessions", "session"):
        return session_write(desk, method, parts, body)
    if parts == ["lookups"]:
        items = desk.found if body["value"] == HOLDER else \
            [c for c in desk.found if c["number"] == body["value"]]
        return 201, {"id": "L1", "items": items}
    if parts == ["previews"]:
        return 200, desk.pdf
    if parts[0] == "print-jobs":
        return job_write(desk, parts, body)
    if parts[-1] == "hand-over":
        item = next(c for c in desk.found if c["id"] == parts[1])
        item["status"] = "valid"
        if "copy" in item["print"]:
            item["print"]["copy"] = may()
        return 200, {"id": parts[1], "status": "valid", "print": item["print"]}
    if parts[0] == "operators":
        one = next(o for o in desk.operators if o["name"] == parts[1])
        one["state"] = "disabled" if parts[2] == "disable" else "active"
        one["locked_until"] = None
        return 200, one
    if parts[0] == "blanks" and parts[-1] == "spoil":
        one = next(b for b in desk.blanks if b["id"] == parts[1])
        one.update(state="spoiled", reason=body["reason"])
        return 200, one
    if parts[0] in ("postings", "blanks"):
        return 201, {}
    return 200, body


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def send(self, status, kind, data, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def forward(self):
        with urllib.request.urlopen(self.server.origin + self.path) as reply:
            keep = ("Content-Security-Policy", "Cache-Control", "ETag",
                    "X-Content-Type-Options", "X-Frame-Options",
                    "Referrer-Policy", "Cross-Origin-Resource-Policy",
                    "Permissions-Policy")
            self.send(reply.status, reply.headers["Content-Type"],
                      reply.read(), [(n, reply.headers[n]) for n in keep
                                     if reply.headers[n]])

    def answer(self, parts, query, body):
        desk = self.server.desk
        desk.calls.append((self.command, "/".join(parts), body,
                           self.headers.get("Idempotency-Key")))
        if refusal := desk.fail.get("/".join(parts)):
            raise Refusal(*refusal)
        if desk.session is None and parts != ["sessions"]:
            raise Refusal(*LOGIN_NEEDED)
        if self.command == "GET":
            return read(desk, parts, query)
        return write(desk, self.command, parts, body)

    def serve(self):
        url = urllib.parse.urlparse(self.path)
        if not url.path.startswith("/v1/"):
            return self.forward()
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        with self.server.desk.lock:
            try:
                status, out = self.answer(url.path[4:].split("/"),
                                          urllib.parse.parse_qs(url.query),
                                          body)
            except Refusal as e:
                return self.send(e.status, "application/problem+json",
                                 json.dumps(e.body).encode(),
                                 [("Retry-After", str(e.wait))]
                                 if e.wait else ())
        if isinstance(out, bytes):
            return self.send(status, "application/pdf", out)
        return self.send(status, "application/json",
                         b"" if out is None else json.dumps(out).encode())

    do_GET = do_POST = do_PUT = do_DELETE = serve


class FakeDesk:
    """Serves on a port of its own until close()."""

    def __init__(self, port_of_pages, pdf):
        self.desk = Desk(pdf)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        self.server.daemon_threads = True
        self.server.desk = self.desk
        self.server.origin = "http://127.0.0.1:%d" % port_of_pages
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever,
                                       kwargs={"poll_interval": 0.05})
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
