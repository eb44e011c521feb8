"""Somebody with keys of his own who takes the names of others.

His x509s are the real ones, byte for byte, but for key and signature: same
subject, same serial number, same key identifiers.  With them he seals an OFD
anew, every digest right, so that nothing but the keys is left to notice.
"""
import base64
import hashlib
import os
import re
import subprocess

import forgery_ofd as ofd
from forgery import SEQUENCE, der, items, joined

BITS, OCTETS, TIME = 3, 4, 0x18


def openssl(*argv, stdin=None):
    return subprocess.run(["openssl", *argv], input=stdin, check=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def der_of(pem):
    with open(pem, encoding="ascii") as f:
        return base64.b64decode(re.search(
            "BEGIN CERTIFICATE-----(.*?)-----END", f.read(), re.S)[1])


def pem_of(raw):
    return "-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % (
        base64.encodebytes(raw).decode())


class Key:
    """An SM2 key, in a file of its folder."""

    def __init__(self, folder, name):
        self.path = os.path.join(folder, name + ".key")
        openssl("ecparam", "-name", "SM2", "-genkey", "-noout", "-out",
                self.path)
        self.point = openssl("pkey", "-in", self.path, "-pubout", "-outform",
                             "DER")[-65:]

    def sign(self, data):
        return openssl("dgst", "-sm3", "-sign", self.path, "-sigopt",
                       "distid:1234567812345678", stdin=data)


def bits(value):
    return (BITS, b"\0" + value)


def taken_over(x509, key, issuer):
    """The x509 with this key in it, signed by that one."""
    tbs, algorithm, _ = items(items(x509)[0][1])
    point = openssl("x509", "-inform", "DER", "-noout", "-pubkey", stdin=x509)
    point = openssl("pkey", "-pubin", "-outform", "DER", stdin=point)[-65:]
    body = der(tbs[0], tbs[1].replace(point, key.point))
    return der(SEQUENCE, body + der(*algorithm) +
               der(*bits(issuer.sign(body))))


class Sealed:
    """The parts of an OFD's seal, to put together otherwise."""

    def __init__(self, data):
        self.entries = ofd.read(data)
        value = ofd.content(self.entries, ofd.VALUE)
        to_sign, cert, self.oid, value = items(items(value)[0][1])
        self.to_sign = items(to_sign[1])
        self.x509, self.value = cert[1], value
        self.seal = items(self.to_sign[1][1])
        self.maker = self.seal[1][1]

    def seal_by(self, x509, key, signer, change=None):
        """The same seal, for that signer, made by this maker; change(info,
        about) does the rest to the lists of its elements."""
        info = items(self.seal[0][1])
        about = items(info[2][1])
        about[3] = (SEQUENCE, der(OCTETS, signer))
        if change:
            change(info, about)
        info[2] = (SEQUENCE, joined(about))
        parts = [(SEQUENCE, joined(info)), (OCTETS, x509), self.seal[2]]
        value = key.sign(der(*parts[0]))
        return der(SEQUENCE, joined(parts + [bits(value)]))

    def sealed(self, seal, x509, key, time=None):
        """The OFD with another page, sealed anew."""
        page = ofd.content(self.entries, ofd.PAGE).replace(b"2", b"3")
        entries = ofd.replaced(self.entries, ofd.PAGE, page)
        entries = ofd.replaced(entries, ofd.SEAL, seal)
        entries = ofd.referred(entries)
        before = entries[:[e.name for e in entries].index(ofd.VALUE)]
        package = hashlib.sha256(b"".join(e.local() for e in before)).digest()
        to_sign = list(self.to_sign)
        to_sign[1] = items(seal)[0]
        if time:
            to_sign[2] = (TIME, time)
        to_sign[3] = bits(hashlib.new("sm3", ofd.content(
            entries, ofd.SIGNATURE)).digest())
        more = items(items(to_sign[5][1])[0][1])
        last = items(more[-1][1])[:-1] + [(OCTETS, package)]
        more[-1] = (SEQUENCE, joined(last))
        to_sign[5] = (to_sign[5][0], der(SEQUENCE, joined(more)))
        signed = der(SEQUENCE, joined(to_sign))
        value = signed + der(OCTETS, x509) + der(*self.oid) + \
            der(*bits(key.sign(signed)))
        return ofd.write(ofd.replaced(entries, ofd.VALUE,
                                      der(SEQUENCE, value)))
