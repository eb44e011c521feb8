"""A real IPP printer for the suites: ippeveprinter, with paper that one can
take away.

    with Printer() as printer:
        ... print to printer.uri (or printer.secure_uri) ...
        job = printer.wait_jobs(1)[0]
        job.bytes, job.name, job.attributes["IPP_COPIES"]

What it does with the jobs that come from now on is printer.mode(WORD):
    print   takes it, prints it (the default)
    slow    prints for printer.seconds (2)
    empty   reports media-empty-error, waits for another mode, prints
    jam     reports media-jam-error, waits for another mode, prints
    hold    waits for another mode, prints
    abort   fails: the job is aborted
    exit    the printer's program dies in the middle of the job
A job was received once its bytes are in job.bytes; it lies on the tray once
job.printed.  The printer takes one job at a time: a second one is refused with
server-error-busy.  stop() is an unplugged printer, start() plugs it in again
at the same address; it has forgotten its jobs then.
"""
import atexit
import glob
import hashlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

CONF = """\
ATTR keyword media-supported {media}
ATTR keyword media-default {default}
ATTR keyword media-ready {default}
ATTR keyword sides-supported {sides}
ATTR keyword sides-default one-sided
ATTR rangeOfInteger copies-supported 1-99
ATTR integer copies-default 1
ATTR keyword print-scaling-supported auto,none
ATTR keyword print-scaling-default auto
ATTR boolean color-supported true
ATTR mimeMediaType document-format-supported {formats}
ATTR mimeMediaType document-format-default {format}
ATTR textWithoutLanguage printer-make-and-model "Test Printer"
ATTR octetString printer-supply "type=toner;maxcapacity=100;level=75;\
colorantname=black;","type=wasteToner;maxcapacity=100;level=20;"
ATTR textWithoutLanguage printer-supply-description "Black Toner","Waste"
"""

SCRIPT = """\
#!/bin/sh
cd '{folder}' || exit 1
n=received/$(date +%s.%N)
env >"$n.env"
cp "$1" "$n.part" && mv "$n.part" "$n.pdf"
stay() {{ while [ "$(cat mode)" = "$1" ]; do sleep 0.05; done; }}
mode=$(cat mode)
case $mode in
slow) sleep "$(cat seconds)" ;;
empty | jam)
	echo "STATE: +media-$mode-error" >&2
	stay "$mode"
	echo "STATE: -media-$mode-error" >&2 ;;
hold) stay hold ;;
abort)
	echo "ERROR: the printer cannot print this" >&2
	exit 1 ;;
exit)
	kill -9 $PPID
	exit 1 ;;
esac
touch "$n.printed"
"""


class _Bus:
    """ippeveprinter of Debian 12 does not start without a system bus, so it
    gets one of its own that nothing else is on."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="certsvc-bus-")
        self.address = "unix:path=%s/bus" % self.folder
        self.process = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile",
             "--address=" + self.address],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        atexit.register(self.close)
        _wait(lambda: os.path.exists(self.folder + "/bus"), "the bus")

    def close(self):
        _end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


_bus = None


def _wait(done, what, seconds=10):
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            raise TimeoutError("%s: not within %d s" % (what, seconds))
        time.sleep(0.02)


def _end(process):
    process.kill()
    process.wait()


def _free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Job:
    """What the printer received."""

    def __init__(self, stem):
        self.stem = stem
        with open(stem + ".env", encoding="utf-8", errors="replace") as f:
            self.attributes = dict(
                line.rstrip("\n").split("=", 1) for line in f if "=" in line)
        with open(stem + ".pdf", "rb") as f:
            self.bytes = f.read()
        self.path = stem + ".pdf"

    @property
    def id(self):
        return int(self.attributes["IPP_JOB_ID"])

    @property
    def name(self):
        return self.attributes["IPP_JOB_NAME"]

    @property
    def printed(self):
        return os.path.exists(self.stem + ".printed")


class Printer:
    """One printer; its jobs stay until close()."""

    def __init__(self, name="Counter 1", media="iso_a4_210x297mm,"
                 "iso_a3_297x420mm", sides="one-sided,two-sided-long-edge,"
                 "two-sided-short-edge", formats="application/pdf",
                 x509=None):
        """x509: (PEM file, key file) in the place of its own one."""
        self.name = name
        self.folder = tempfile.mkdtemp(prefix="certsvc-printer-")
        self.process = None
        self.port = _free_port()
        for sub in ("spool", "keys", "received"):
            os.mkdir("%s/%s" % (self.folder, sub))
        for path, name in zip(x509 or (), ("localhost.crt", "localhost.key")):
            shutil.copy(path, "%s/keys/%s" % (self.folder, name))
        self.mode("print")
        self.seconds = 2
        self._write("conf", CONF.format(
            media=media, default=media.split(",")[0], sides=sides,
            formats=formats, format=formats.split(",")[0]))
        self._write("command", SCRIPT.format(folder=self.folder))
        os.chmod(self.folder + "/command", 0o755)
        atexit.register(self.close)
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _write(self, name, text):
        path = "%s/%s" % (self.folder, name)
        with open(path + ".new", "w", encoding="utf-8") as f:
            f.write(text)
        os.rename(path + ".new", path)

    @property
    def uri(self):
        return "ipp://localhost:%d/ipp/print" % self.port

    @property
    def secure_uri(self):
        return "ipps://localhost:%d/ipp/print" % self.port

    @property
    def fingerprint(self):
        """SHA-256 of its public key, hex (openssl reads it, not we)."""
        pem = ssl.get_server_certificate(("localhost", self.port))
        key = subprocess.run(["openssl", "x509", "-pubkey", "-noout"],
                             input=pem.encode(), stdout=subprocess.PIPE,
                             check=True).stdout
        der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"],
                             input=key, stdout=subprocess.PIPE,
                             check=True).stdout
        return hashlib.sha256(der).hexdigest()

    @property
    def seconds(self):
        with open(self.folder + "/seconds", encoding="utf-8") as f:
            return float(f.read())

    @seconds.setter
    def seconds(self, value):
        self._write("seconds", str(value))

    def mode(self, word):
        self._write("mode", word)

    def start(self):
        global _bus
        if _bus is None:
            _bus = _Bus()
        if self.process is not None and self.process.poll() is None:
            return
        self.stop()
        with open(self.folder + "/log", "ab") as log:
            self.process = subprocess.Popen(
                ["/usr/sbin/ippeveprinter", "-v", "-r", "off",
                 "-n", "localhost", "-p", str(self.port),
                 "-K", self.folder + "/keys", "-d", self.folder + "/spool",
                 "-a", self.folder + "/conf", "-c", self.folder + "/command",
                 self.name],
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                     "DBUS_SYSTEM_BUS_ADDRESS": _bus.address},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)
        _wait(self._answers, "the printer")

    def _answers(self):
        try:
            socket.create_connection(("localhost", self.port), 1).close()
            return True
        except OSError:
            return False

    def pause(self):
        """It keeps its connections and says nothing, as behind a dead link."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def resume(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def stop(self):
        """Pull the plug; what it was printing is lost."""
        if self.process is not None:
            try:  # its command is in the session that start() made
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
            self.process = None

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def jobs(self):
        """All that it received, oldest first."""
        return [Job(path[:-4]) for path in
                sorted(glob.glob(self.folder + "/received/*.pdf"))]

    def printed(self):
        return [job for job in self.jobs() if job.printed]

    def wait_jobs(self, count, seconds=10, printed=True):
        """Wait until that many jobs lie on the tray (were received)."""
        get = self.printed if printed else self.jobs
        _wait(lambda: len(get()) >= count, "%d jobs" % count, seconds)
        return get()
