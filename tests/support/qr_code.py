"""An independent reader of the printed code: digits, CBOR, COSE_Sign1.

Written from the specifications (RFC 8949, RFC 9052, docs/qr.md) and not from
the C code, so that the two can disagree.  Standard library and openssl only.
"""
import base64
import hashlib
import os
import subprocess
import tempfile
import zlib

# COSE algorithm: how openssl is asked.
DIGESTS = {-7: ["-sha256"],
           -65600: ["-sm3", "-sigopt", "distid:1234567812345678"]}
LEFT_OVER = {3: 1, 5: 2, 8: 3, 10: 4, 13: 5, 15: 6}


def bytes_of_text(text):
    """The bytes behind <url>/#digits."""
    digits = text.split("/#", 1)[1]
    out = b""
    while digits:
        group, digits = digits[:17], digits[17:]
        size = 7 if len(group) == 17 else LEFT_OVER[len(group)]
        out += int(group).to_bytes(size, "big")
    return out


def text_of_bytes(url, data):
    """The other way round, to make forgeries."""
    out = url + "/#"
    for i in range(0, len(data), 7):
        group = data[i:i + 7]
        width = {v: k for k, v in LEFT_OVER.items()}.get(len(group), 17)
        out += str(int.from_bytes(group, "big")).zfill(width)
    return out


def cbor(data):
    """One item of definite-length CBOR and what follows it."""
    major, info = data[0] >> 5, data[0] & 31
    data = data[1:]
    if info < 24:
        value = info
    else:
        size = 1 << (info - 24)
        value, data = int.from_bytes(data[:size], "big"), data[size:]
    if major == 0:
        return value, data
    if major == 1:
        return -1 - value, data
    if major in (2, 3):
        raw, data = data[:value], data[value:]
        return (raw if major == 2 else raw.decode("utf-8")), data
    if major == 4:
        items = []
        for _ in range(value):
            item, data = cbor(data)
            items.append(item)
        return items, data
    if major == 5:
        items = {}
        for _ in range(value):
            key, data = cbor(data)
            items[key], data = cbor(data)
        return items, data
    if major == 6:
        item, data = cbor(data)
        return (value, item), data
    return {20: False, 21: True, 22: None}[value], data


def head(major, n):
    if n < 24:
        return bytes([major << 5 | n])
    if n < 256:
        return bytes([major << 5 | 24, n])
    return bytes([major << 5 | 25]) + n.to_bytes(2, "big")


class Code:
    """A decoded code: claims, payload, and what its signature covers."""

    def __init__(self, text):
        (tag, parts), rest = cbor(bytes_of_text(text))
        if tag != 18 or rest or len(parts) != 4 or parts[1] != {}:
            raise ValueError("not a COSE_Sign1")
        self.protected, _, self.payload, self.signature = parts
        header, _ = cbor(self.protected)
        self.algorithm, self.kid = header[1], header[4]
        body = self.payload[1:]
        if self.payload[0] == 1:
            body = zlib.decompress(body, -15)
        self.claims, rest = cbor(body)
        if rest:
            raise ValueError("bytes after the claims")
        self.licence = self.claims[-65537]
        self.values, self.face_digest = self.licence[6], self.licence[7]

    def signed_bytes(self):
        """Sig_structure of RFC 9052, 4.4."""
        name = b"Signature1"
        return (head(4, 4) + head(3, len(name)) + name +
                head(2, len(self.protected)) + self.protected + head(2, 0) +
                head(2, len(self.payload)) + self.payload)

    def verified_by(self, public_key_pem):
        """Ask openssl; the key as PEM text."""
        def integer(raw):
            raw = raw.lstrip(b"\0") or b"\0"
            if raw[0] & 0x80:
                raw = b"\0" + raw
            return b"\x02" + bytes([len(raw)]) + raw
        r, s = self.signature[:32], self.signature[32:]
        der = integer(r) + integer(s)
        der = b"\x30" + bytes([len(der)]) + der
        with tempfile.TemporaryDirectory() as folder:
            for name, data in (("key", public_key_pem.encode()), ("sig", der),
                               ("data", self.signed_bytes())):
                with open(os.path.join(folder, name), "wb") as f:
                    f.write(data)
            return subprocess.run(
                ["openssl", "dgst", *DIGESTS[self.algorithm], "-verify", "key",
                 "-signature", "sig", "data"], cwd=folder, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, check=False).returncode == 0


def public_key_of_x509(der_base64):
    """PEM of the key in an x509 (base64 of its DER), and its 8-byte id."""
    pem = ("-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n" %
           "\n".join(der_base64[i:i + 64]
                     for i in range(0, len(der_base64), 64)))
    key = subprocess.run(["openssl", "x509", "-noout", "-pubkey"],
                         input=pem.encode(), stdout=subprocess.PIPE,
                         check=True).stdout.decode()
    body = base64.b64decode("".join(key.splitlines()[1:-1]))
    return key, hashlib.sha256(body).digest()[:8]
