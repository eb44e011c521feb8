"""What the Python suites share: cases, a real server, a small HTTP client.

Only the standard library.  A suite is a list of functions; the first line of
each one's docstring is the name of its case.
"""
import atexit
import base64
import glob
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
CERTSVC = os.environ.get("CERTSVC", os.path.join(ROOT, "build/certsvc"))


class Failure(AssertionError):
    """A case's expectation did not hold; the text says which."""


def expect(good, text, *more):
    if not good:
        raise Failure(text % more if more else text)


def run_cases(cases):
    """Run each; print a line a case and the totals; exit status for main."""
    failed = 0
    for case in cases:
        name = (case.__doc__ or case.__name__).strip().splitlines()[0]
        start = time.monotonic()
        problem = ""
        try:
            case()
        except Failure as e:
            problem = str(e)
        except Exception as e:  # a broken case is a failed case
            problem = "%s: %s (line %d)" % (
                type(e).__name__, e, sys.exc_info()[2].tb_next.tb_lineno
                if sys.exc_info()[2].tb_next else 0)
        print("%s %s %.2fs" % ("not ok" if problem else "ok",
                               name.rstrip("."),
                               time.monotonic() - start), flush=True)
        if problem:
            failed += 1
            print("    " + problem[:2000].replace("\n", "\n    "), flush=True)
    print("%d passed, %d failed" % (len(cases) - failed, failed), flush=True)
    return 1 if failed else 0


def command(*argv, status=0, stdin=None, timeout=60, env=None):
    """Run a program; its output as (stdout + stderr) text.  status None: any."""
    done = subprocess.run([str(a) for a in argv], input=stdin, timeout=timeout,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=env, check=False)
    text = done.stdout.decode("utf-8", "replace")
    if status is not None:
        expect(done.returncode == status, "%s: exit status %s:\n%s",
               " ".join(map(str, argv)), done.returncode, text[-2000:])
    return text


def exit_status(*argv, stdin=None, timeout=60):
    return subprocess.run([str(a) for a in argv], input=stdin,
                          timeout=timeout, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode


def verify(path, trust, *more, stdin=None):
    """certsvc verify --json of one file: (exit status, object)."""
    argv = [CERTSVC, "verify", "--json"]
    if trust:
        argv += ["--trust", str(trust)]
    done = subprocess.run(argv + [*more, str(path)], input=stdin, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False, env={"PATH": os.environ["PATH"]})
    try:
        return done.returncode, json.loads(done.stdout.splitlines()[0])
    except (ValueError, IndexError):
        raise Failure("certsvc verify %s: status %d, no JSON: %s" % (
            path, done.returncode, done.stderr.decode()[-500:])) from None


def verify_all(contents, trust, extension, *more):
    """certsvc verify --json of many files in one call: [object]."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for n, data in enumerate(contents):
            paths.append("%s/%d%s" % (folder, n, extension))
            with open(paths[-1], "wb") as f:
                f.write(data)
        done = subprocess.run([CERTSVC, "verify", "--json", "--trust",
                               str(trust), *more, *paths], timeout=120,
                              stdout=subprocess.PIPE, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    expect(len(answers) == len(paths), "%d answers, exit status %d",
           len(answers), done.returncode)
    return answers


def codes(answer):
    return [r["code"] for r in answer["reasons"]]


def samples():
    """{folder: body of POST /v1/certificates} of the shipped types."""
    found = {}
    for path in sorted(glob.glob(ROOT + "/templates/*/sample.json")):
        with open(path, encoding="utf-8") as f:
            found[os.path.basename(os.path.dirname(path))] = json.load(f)
    return found


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Client:
    """One keep-alive connection of one department."""

    def __init__(self, port, credential=None, timeout=30):
        self.connection = http.client.HTTPConnection("127.0.0.1", port,
                                                     timeout=timeout)
        self.headers = {}
        if credential:
            self.headers["Authorization"] = "Basic " + base64.b64encode(
                credential.encode()).decode()

    def call(self, method, path, body=None, headers=None):
        """(status, headers, bytes)"""
        all_headers = dict(self.headers, **(headers or {}))
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            all_headers.setdefault("Content-Type", "application/json")
        try:
            self.connection.request(method, path, body, all_headers)
            answer = self.connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except BaseException:
            self.connection.close()
            raise

    def json(self, method, path, body=None, headers=None):
        """(status, parsed body)"""
        status, _, data = self.call(method, path, body, headers)
        return status, json.loads(data) if data else None

    def close(self):
        self.connection.close()


def end_group(leader):
    """Whatever a failed case left running ends with the suite."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        pass


def wait_group(leader, seconds=15):
    """Until the last process of a group is gone."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    raise Failure("processes are left %d s after their end" % seconds)


class Server:
    """A demo data directory in a folder of its own, and its processes."""

    def __init__(self, folder=None, prefix=(), init=True):
        self.folder = folder or tempfile.mkdtemp(prefix="certsvc-")
        self.own_folder = folder is None
        self.data = os.path.join(self.folder, "data")
        self.log = os.path.join(self.folder, "server.log")
        self.port = free_port()
        self.prefix = list(prefix)
        self.process = None
        if init:
            self.init()

    def init(self):
        command(CERTSVC, "init", "-d", self.data, "--demo", "--public-url",
                "http://127.0.0.1:%d" % self.port)

    @property
    def trust(self):
        return os.path.join(self.data, "trust")

    def start(self, wait=15, path="/readyz"):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.prefix + [CERTSVC, "serve", "-d", self.data, "-l",
                               "127.0.0.1:%d" % self.port],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)
        atexit.register(end_group, self.process.pid)
        if wait:
            self.wait_ready(wait, path)
        return self

    def wait_ready(self, seconds=15, path="/readyz"):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Failure("the server ended with status %s:\n%s" %
                              (self.process.returncode, self.log_text()))
            try:
                client = Client(self.port, timeout=2)
                if client.call("GET", path)[0] == 200:
                    client.close()
                    return
                client.close()
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.02)
        raise Failure("not ready after %d s:\n%s" % (seconds, self.log_text()))

    def log_text(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()[-3000:]

    def children(self):
        """{role: pid} of the server's processes, by the name each one bears."""
        pids = {"parent": self.process.pid}
        for stat in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(stat, encoding="utf-8", errors="replace") as f:
                    text = f.read()
            except OSError:
                continue
            name = text[text.index("(") + 1:text.rindex(")")]
            parent = int(text[text.rindex(")") + 2:].split()[1])
            if parent == self.process.pid:
                pid = int(stat.split("/")[2])
                pids[name if name not in pids else "%s %d" % (name, pid)] = pid
        return pids

    def kill(self, role="parent"):
        """kill -9 one process; it may be starting again just now."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            for name, pid in self.children().items():
                if name == role:
                    try:
                        os.kill(pid, signal.SIGKILL)
                        return
                    except ProcessLookupError:
                        pass
            time.sleep(0.01)
        raise Failure("no %s runs:\n%s" % (role, self.log_text()))

    def stop(self):
        """End it in the ordinary way; the exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            if self.prefix:  # faketime forks and does not pass signals on
                os.killpg(self.process.pid, signal.SIGTERM)
            else:
                self.process.terminate()
        try:
            status = self.process.wait(15)
            if self.prefix:
                wait_group(self.process.pid)
            return status
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise Failure("the server did not end in 15 s") from None

    def close(self):
        try:
            self.stop()
        finally:
            if self.own_folder:
                shutil.rmtree(self.folder, ignore_errors=True)

    def credential(self, department):
        with open(os.path.join(self.data, "credentials", department),
                  encoding="ascii") as f:
            return f.read().strip()

    def departments(self):
        names = os.listdir(os.path.join(self.data, "credentials"))
        return sorted(n for n in names if "." not in n)

    def client(self, department=None, timeout=30):
        return Client(self.port, department and self.credential(department),
                      timeout)

    def department_of(self, type_code):
        """The department whose credential may issue this type."""
        for department in self.departments():
            client = self.client(department)
            status, answer = client.json("POST", "/v1/certificates",
                                         {"type": type_code})
            client.close()
            if status != 403:
                return department
        raise Failure("nobody may issue " + type_code)
