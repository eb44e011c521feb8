"""A server that is no good printer, in as many ways as there are paths.

    with HostilePrinter() as bad:
        ... probe or print to bad.uri("endless-body") ...
        bad.count("take-and-close")     Print-Jobs that it read to the end
"""
import contextlib
import socket
import struct
import threading
import time

PRINT_JOB, VALIDATE_JOB, GET_PRINTER_ATTRIBUTES = 0x0002, 0x0004, 0x000b


def attribute(tag, name, value):
    return struct.pack(">BH", tag, len(name)) + name + \
        struct.pack(">H", len(value)) + value


def message(status, number, groups=b""):
    return struct.pack(">BBHI", 1, 1, status, number) + b"\x01" + \
        attribute(0x47, b"attributes-charset", b"utf-8") + \
        attribute(0x48, b"attributes-natural-language", b"en") + \
        groups + b"\x03"


def integer(name, value, tag=0x21):
    return attribute(tag, name, struct.pack(">i", value))


PRINTER = b"\x04" + integer(b"printer-state", 3, 0x23) + \
    attribute(0x22, b"printer-is-accepting-jobs", b"\x01") + \
    attribute(0x49, b"document-format-supported", b"application/pdf") + \
    attribute(0x33, b"copies-supported", struct.pack(">ii", 1, 9)) + \
    attribute(0x44, b"media-supported", b"iso_a4_210x297mm")
JOB = b"\x02" + integer(b"job-id", 7) + integer(b"job-state", 3, 0x23) + \
    attribute(0x44, b"job-state-reasons", b"none")


def http(body, status="200 OK", kind="application/ipp", more=""):
    return ("HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n" %
            (status, kind, len(body), more)).encode() + body


def forever(connection, piece, pause=0.0):
    while True:
        connection.sendall(piece)
        time.sleep(pause)


class HostilePrinter:
    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.seen = {}          # path: [operation, ...]
        self.open = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        with self.lock:
            for connection in self.open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def uri(self, path):
        return "ipp://127.0.0.1:%d/%s" % (self.port, path)

    def count(self, path, operation=PRINT_JOB):
        with self.lock:
            return self.seen.get(path, []).count(operation)

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.open.add(connection)
            threading.Thread(target=self._serve, args=(connection,),
                             daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError, ValueError, EOFError):
            stream = connection.makefile("rb")
            while self._one(connection, stream):
                pass
        with self.lock:
            self.open.discard(connection)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()

    def _one(self, connection, stream):
        line = stream.readline().split()
        if len(line) < 2:
            return False
        path, size = line[1].decode()[1:], 0
        while (header := stream.readline().strip()):
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                size = int(value)
        if path == "deaf":      # never takes what was announced
            time.sleep(60)
            return False
        start = stream.read(8)
        _, _, operation, number = struct.unpack(">BBHI", start)
        if path == "early-busy" and operation == PRINT_JOB:
            connection.sendall(http(message(0x0507, number)))
            return False
        if path == "take-and-deaf" and operation == PRINT_JOB:
            time.sleep(60)
            return False
        if path == "half" and operation == PRINT_JOB:
            stream.read(size // 2)
            self._note(path, operation)
            return False
        stream.read(size - 8)
        self._note(path, operation)
        return self._answer(connection, path, operation, number)

    def _note(self, path, operation):
        with self.lock:
            self.seen.setdefault(path, []).append(operation)

    def _answer(self, connection, path, operation, number):
        """True: the connection is kept."""
        if path == "hangs-up":      # after each answer, without a word
            self.do_print_anything(connection, number)
            return False
        if path.startswith("take-and-"):
            if operation == GET_PRINTER_ATTRIBUTES:
                connection.sendall(http(message(0, number, PRINTER)))
                return True
            if operation == VALIDATE_JOB:
                connection.sendall(http(message(0, number)))
                return True
            path = path[len("take-and-"):]
        elif path in ("early-busy", "half"):
            connection.sendall(http(message(
                0, number, PRINTER if operation == GET_PRINTER_ATTRIBUTES
                else b"")))
            return True
        getattr(self, "do_" + path.replace("-", "_"))(connection, number)
        return False

    def do_print(self, connection, number):
        connection.sendall(http(message(0, number, JOB)))

    def do_print_anything(self, connection, number):
        connection.sendall(http(message(0, number, PRINTER + JOB)))

    def do_slow(self, connection, number):
        """As one that wakes up first."""
        time.sleep(25)
        self.do_print(connection, number)

    def do_close(self, connection, number):
        pass

    def do_garbage(self, connection, number):
        connection.sendall(bytes(range(256)) * 16)

    def do_endless_body(self, connection, number):
        connection.sendall(b"HTTP/1.1 200 OK\r\n"
                           b"Content-Type: application/ipp\r\n\r\n")
        forever(connection, bytes(65536))

    def do_endless_headers(self, connection, number):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        forever(connection, b"X-Y: " + b"z" * 1000 + b"\r\n")

    def do_endless_line(self, connection, number):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        forever(connection, b"z" * 65536)

    def do_endless_continue(self, connection, number):
        forever(connection, b"HTTP/1.1 100 Continue\r\n\r\n" * 100)

    def do_drip(self, connection, number):
        for byte in http(message(0, number, PRINTER + JOB)) * 9:
            connection.sendall(bytes([byte]))
            time.sleep(1.5)

    def do_silent(self, connection, number):
        time.sleep(60)

    def do_huge_length(self, connection, number):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp"
                           b"\r\nContent-Length: 99999999999999\r\n\r\n\1\1")

    def do_negative_length(self, connection, number):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp"
                           b"\r\nContent-Length: -5\r\n\r\n\1\1")

    def do_bad_chunks(self, connection, number):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp"
                           b"\r\nTransfer-Encoding: chunked\r\n\r\n"
                           b"ffffffffffffffffff\r\n\1\1")

    def do_redirect(self, connection, number):
        connection.sendall(http(
            b"", "307 Temporary Redirect", more="Location: http://127.0.0.1:%d"
            "/redirected\r\n" % self.port))

    def do_redirected(self, connection, number):
        connection.sendall(http(message(0, number, PRINTER)))

    def do_file(self, connection, number):
        connection.sendall(http(b"", "302 Found",
                                more="Location: file:///etc/passwd\r\n"))

    def do_password(self, connection, number):
        connection.sendall(http(b"", "401 Unauthorized", more="WWW-"
                                "Authenticate: Basic realm=\"x\"\r\n"))

    def do_forbidden(self, connection, number):
        connection.sendall(http(b"", "403 Forbidden"))

    def do_nowhere(self, connection, number):
        connection.sendall(http(b"", "404 Not Found"))

    def do_upgrade(self, connection, number):
        connection.sendall(http(b"", "426 Upgrade Required"))

    def do_500(self, connection, number):
        connection.sendall(http(b"", "500 Internal Server Error"))

    def do_503(self, connection, number):
        connection.sendall(http(b"", "503 Service Unavailable"))

    def do_web_page(self, connection, number):
        connection.sendall(http(b"<html>", kind="text/html"))

    def do_other_number(self, connection, number):
        connection.sendall(http(message(0, number + 1, PRINTER + JOB)))

    def do_cut(self, connection, number):
        connection.sendall(http(message(0, number, PRINTER + JOB)[:-9]))

    def do_bomb(self, connection, number):
        bomb = attribute(0x34, b"media-col", b"") + \
            (attribute(0x4a, b"", b"m") + attribute(0x34, b"", b"")) * 60000
        connection.sendall(http(message(0, number, b"\x04" + bomb)))

    def do_wordy(self, connection, number):
        """As much as an answer may be, of quotes that JSON doubles."""
        more = attribute(0x44, b"media-supported", b'"' * 255) + \
            attribute(0x44, b"", b'"' * 255) * 3900
        connection.sendall(http(message(
            0, number, PRINTER.replace(b"media-supported", b"media-supporter")
            + more)))

    def do_no_job(self, connection, number):
        connection.sendall(http(message(0, number)))

    def do_busy(self, connection, number):
        connection.sendall(http(message(0x0507, number)))

    def do_broken(self, connection, number):
        connection.sendall(http(message(0x0500, number)))
