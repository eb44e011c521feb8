"""A department's print jobs over DIR/admin.sock, and what the store says of
their sheets, for the suites."""
import hashlib
import http.client
import itertools
import json
import socket
import sqlite3
import time

from harness import Client, Failure, expect

KEYS = itertools.count(1)
FINAL = ("confirmed", "failed", "unknown")


class _Local(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Desk(Client):
    """A department on the service's own machine."""

    def __init__(self, server, department, timeout=30):
        with open("%s/credentials/%s" % (server.data, department),
                  encoding="utf-8") as f:
            super().__init__(server.port, f.read().strip(), timeout)
        self.connection = _Local(server.data + "/admin.sock", timeout)
        self.server = server

    def call(self, method, path, body=None, headers=None):
        self.connection.close()  # it may have been idle for too long
        return super().call(method, path, body, headers)

    def post(self, body, key=None):
        """(status, answer)"""
        return self.json("POST", "/v1/print-jobs", body,
                         {"Idempotency-Key": key or "key-%d" % next(KEYS)})

    def make(self, certificate, uri, kind="original", **more):
        status, job = self.post(dict(certificate=certificate, kind=kind,
                                     channel="printer", printer=uri, **more))
        expect(status == 201, "print: %s %s", status, job)
        return job

    def get(self, job):
        status, answer = self.json("GET", "/v1/print-jobs/" + job["id"])
        expect(status == 200, "job: %s %s", status, answer)
        return answer

    def act(self, job, action, want=200, **body):
        status, answer = self.json(
            "POST", "/v1/print-jobs/%s/%s" % (job["id"], action), body)
        expect(status == want, "%s: %s %s", action, status, answer)
        return answer

    def wait(self, job, done, seconds=20):
        """Until the job is as done(job) wants it; a service that is just
        starting again is asked again."""
        end = time.monotonic() + seconds
        now = None
        while time.monotonic() < end:
            try:
                now = self.get(job)
                if done(now):
                    return now
            except (OSError, http.client.HTTPException, ValueError, Failure):
                pass
            time.sleep(0.03)
        raise Failure("after %d s: %s" % (seconds, now))

    def wait_state(self, job, *states, seconds=20):
        return self.wait(job, lambda j: j["state"] in (states or FINAL),
                         seconds)

    def wait_reason(self, job, code, seconds=20):
        return self.wait(job, lambda j: (j["detail"] or {}).get("code") ==
                         code, seconds)

    def account(self, day):
        status, answer = self.json("GET", "/v1/reconciliations/" + day)
        expect(status == 200, "account: %s %s", status, answer)
        return answer


def adds_up(account):
    parts = ("confirmed", "failed", "unknown", "open")
    expect(account["made"] == sum(account[p] for p in parts), "%s", account)
    for row in account["by_type"]:
        expect(row["made"] == sum(row[p] for p in parts), "%s", row)
    for part in ("made",) + parts:
        expect(account[part] == sum(r[part] for r in account["by_type"]),
               "%s: %s", part, account)
    expect(len({j["id"] for j in account["jobs"]}) == account["made"],
           "jobs: %s", account["made"])


def sheet_record(server, job):
    """(state, body) of the newest version of the job's sheet."""
    db = sqlite3.connect("file:%s/store/db.sqlite?mode=ro" % server.data,
                         uri=True)
    row = db.execute(
        "SELECT r.state, r.body FROM record_head h JOIN record r ON"
        " r.row=h.newest WHERE h.kind='sheet' AND h.id=?",
        ("%s/%d" % (job["certificate"], job["copy"]),)).fetchone()
    db.close()
    return row[0], json.loads(row[1])


def same_as_stored(server, job, received):
    state, body = sheet_record(server, job)
    expect(hashlib.sha256(received).hexdigest() == body["document"],
           "other bytes than the stored sheet's")
    return state
