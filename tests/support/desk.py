"""Operators of a demo's desk, as their browsers talk to the service."""
import base64
import hashlib
import hmac
import http.client
import itertools
import json
import os
import socket
import time

from harness import Client, expect

ADDRESSES = itertools.count(1)

PEOPLE = {
    "clerk": "demo-clerk",
    "custodian": "demo-custodian",
    "department_admin": "demo-department",
    "auditor": "demo-auditor",
    "regional_admin": "demo-region",
}


def password_of(name):
    return "yanshi-" + name


def fresh_address():
    """A loopback address of one's own: logins are rationed by address."""
    n = next(ADDRESSES)
    return "127.1.%d.%d" % (n // 250, n % 250 + 1)


def totp(secret, at=None):
    """RFC 6238 from its text, not from our code."""
    key = base64.b32decode(secret)
    step = int(time.time() if at is None else at) // 30
    mac = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = mac[-1] & 15
    value = int.from_bytes(mac[start:start + 4], "big") & 0x7fffffff
    return "%06d" % (value % 1000000)


class Desk(Client):
    """A person at an address of their own, with the cookie that was given."""

    def __init__(self, port, address=None, cookie=None, timeout=30):
        super().__init__(port, timeout=timeout)
        self.port = port
        self.address = address or fresh_address()
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=timeout,
            source_address=(self.address, 0))
        self.set_cookie = None
        if cookie:
            self.headers["Cookie"] = cookie

    def try_login(self, name, password, code=None, headers=None):
        """(status, headers, body)"""
        body = {"name": name, "password": password}
        if code is not None:
            body["code"] = code
        status, head, data = self.call("POST", "/v1/sessions", body, headers)
        if status == 201:
            self.set_cookie = head["Set-Cookie"]
            self.headers["Cookie"] = self.set_cookie.split(";")[0]
        return status, head, json.loads(data) if data else None

    def login(self, name, password=None, code=None):
        status, _, answer = self.try_login(
            name, password or password_of(name), code)
        expect(status == 201, "login of %s: %s %s", name, status, answer)
        return answer


class Local(http.client.HTTPConnection):
    """The command line's door: DIR/admin.sock."""

    def __init__(self, server):
        super().__init__("local", timeout=30)
        self.path = os.path.join(server.data, "admin.sock")

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def put_local(server, path, body):
    """What the command line makes, without its checks."""
    door = Local(server)
    door.request("POST", path, json.dumps(body),
                 {"Content-Type": "application/json"})
    answer = door.getresponse()
    data = answer.read()
    expect(answer.status in (200, 201), "%s: %s", path, data)
    door.close()


def enter(server, name, password=None):
    """Somebody who is logged in."""
    desk = Desk(server.port)
    desk.login(name, password)
    return desk
