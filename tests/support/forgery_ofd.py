"""Forgeries of an OFD licence, each a (name, bytes) pair.

None of them needs a key: they are what anybody can make who holds a genuine
document or two.  Archives are written again in the one form of ours, with every
check sum right, so that nothing but the seals is left to notice.
"""
import base64
import hashlib
import re
import struct
import zlib

STORED, DEFLATED = 0, 8
SIGNATURE = "Doc_0/Signs/Sign_0/Signature.xml"
VALUE = "Doc_0/Signs/Sign_0/SignedValue.dat"
SEAL = "Doc_0/Signs/Sign_0/Seal.esl"
LIST = "Doc_0/Signs/Signatures.xml"
RECORD = "Doc_0/Attachs/certificate.xml"
PAGE = "Doc_0/Pages/Page_0/Content.xml"


class Entry:
    """One file of an archive: its bytes as they are, and as they are packed."""

    def __init__(self, name, content, method=DEFLATED, packed=None):
        self.name, self.content, self.method = name, content, method
        self.packed = packed
        if packed is None:
            self.packed = content if method == STORED else deflate(content)

    def common(self):
        """What local header and directory say alike."""
        return struct.pack("<HHHHHIIIHH", 20, 0, self.method, 0, 0x21,
                           zlib.crc32(self.content), len(self.packed),
                           len(self.content), len(self.name.encode()), 0)

    def local(self):
        return b"PK\3\4" + self.common() + self.name.encode() + self.packed

    def record(self, at):
        return b"PK\1\2" + struct.pack("<H", 20) + self.common() + \
            struct.pack("<HHHII", 0, 0, 0, 0, at) + self.name.encode()


def deflate(content):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def read(ofd):
    """The entries of one of our archives."""
    entries, at = [], 0
    while ofd[at:at + 4] == b"PK\3\4":
        method, packed, size, name = struct.unpack_from("<HxxxxxxxxIIH", ofd,
                                                        at + 8)
        start = at + 30 + name
        data = ofd[start:start + packed]
        content = data if method == STORED else zlib.decompress(data, -15)
        entries.append(Entry(ofd[at + 30:start].decode(), content, method,
                             data))
        at = start + packed
    return entries


def write(entries):
    out, records = b"", b""
    for entry in entries:
        records += entry.record(len(out))
        out += entry.local()
    return out + records + b"PK\5\6" + struct.pack(
        "<HHHHIIH", 0, 0, len(entries), len(entries), len(records), len(out), 0)


def replaced(entries, name, content):
    return [Entry(e.name, content, e.method) if e.name == name else e
            for e in entries]


def content(entries, name):
    return next(e.content for e in entries if e.name == name)


def referred(entries):
    """With the digests in Signature.xml made to fit again."""
    xml = content(entries, SIGNATURE).decode()
    for entry in entries:
        digest = base64.b64encode(
            hashlib.new("sm3", entry.content).digest()).decode()
        xml = re.sub(r'(FileRef="/%s"><ofd:CheckValue>)[^<]*' %
                     re.escape(entry.name), r"\g<1>" + digest, xml)
    return replaced(entries, SIGNATURE, xml.encode())


def package_games(ofd):
    """Entries taken out, put in, moved, doubled and named anew."""
    entries = read(ofd)
    assert write(entries) == ofd, "not in our one form"
    extra = Entry("Doc_0/Res/extra.png", b"x")
    for i, e in enumerate(entries):
        rest = entries[:i] + entries[i + 1:]
        yield "without " + e.name, write(rest)
        yield "last " + e.name, write(rest + [e])
        yield "twice " + e.name, write(entries + [e])
        yield "stored or not " + e.name, write(
            entries[:i] + [Entry(e.name, e.content, e.method ^ 8)] +
            entries[i + 1:])
        for name in (e.name.upper(), e.name.lower(), "/" + e.name,
                     "./" + e.name, "../" + e.name, e.name + "/",
                     e.name.replace("/", "\\"), e.name + "\0.png",
                     "C:" + e.name, "x"):
            if name == e.name:
                continue
            yield "%r for %s" % (name, e.name), write(
                entries[:i] + [Entry(name, e.content, e.method)] +
                entries[i + 1:])
            yield "%r beside %s" % (name, e.name), write(
                entries + [Entry(name, e.content, e.method)])
        yield "extra before " + e.name, write(
            entries[:i] + [extra] + entries[i:])
    yield "extra at the end", write(entries + [extra])


def archive_games(ofd):
    """The same entries in another archive."""
    entries = read(ofd)
    end, size = len(ofd) - 22, struct.unpack_from("<I", ofd, len(ofd) - 10)[0]
    for what, data in (("prefix", b"MZ" + ofd), ("suffix", ofd + b"\0"),
                       ("twice", ofd + ofd), ("comment", ofd[:-2] + b"\1\0x"),
                       ("no end", ofd[:end]), ("no directory",
                                               ofd[:size] + ofd[end:]),
                       ("other directory", write(entries[::-1])[:size] +
                        ofd[size:])):
        yield what, data
    # Fields of the local header and of the directory, one at a time.
    for start, fields in ((0, (4, 6, 8, 10, 12, 14, 18, 22, 26, 28)),
                          (size, (4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 30, 32,
                                  34, 36, 38, 42)),
                          (end, (4, 6, 8, 10, 12, 16, 20))):
        for field in fields:
            changed = bytearray(ofd)
            changed[start + field] ^= 1
            yield "field %d at %d" % (field, start), bytes(changed)


def content_games(ofd):
    """Contents changed, the digests that refer to them made to fit or not."""
    entries = read(ofd)
    page = content(entries, PAGE)
    record = content(entries, RECORD)
    xml = content(entries, SIGNATURE)
    value = content(entries, VALUE)
    for what, changed in (
            ("a page", replaced(entries, PAGE, page.replace(b"2", b"3"))),
            ("an empty page", replaced(entries, PAGE, re.sub(
                rb"<ofd:TextObject.*</ofd:TextObject>", b"", page,
                flags=re.S))),
            ("the record", replaced(entries, RECORD, record.replace(
                b"1", b"7", 1))),
            ("OFD.xml", replaced(entries, "OFD.xml", content(
                entries, "OFD.xml").replace(b"Title", b"Subject")))):
        yield what, write(changed)
        yield what + ", digests fitted", write(referred(changed))
    for what, found, new in (
            ("no reference", rb"<ofd:Reference .*?</ofd:Reference>", b""),
            ("MD5", rb'CheckMethod="[^"]*"', b'CheckMethod="MD5"'),
            ("no method", rb' CheckMethod="[^"]*"', b""),
            ("the stamp elsewhere", rb'Boundary="[\d.]+', b'Boundary="1'),
            ("no stamp", rb"<ofd:StampAnnot[^>]*>", b""),
            ("no seal", rb"<ofd:Seal>.*</ofd:Seal>", b""),
            ("a comment", rb"<ofd:Provider", b"<!-- --><ofd:Provider"),
            ("another value", rb"SignedValue.dat", b"Seal.esl")):
        yield what, write(replaced(entries, SIGNATURE, re.sub(
            found, new, xml, count=1, flags=re.S)))
    for what, listed in (
            ("nothing listed", rb""), ("listed twice", rb"\g<0>\g<0>")):
        yield what, write(replaced(entries, LIST, re.sub(
            rb"<ofd:Signature .*?/>", listed, content(entries, LIST))))
    yield "as a bare signature", write(replaced(
        entries, LIST, content(entries, LIST).replace(b"Seal", b"Sign")))
    for what, changed in (("cut", value[:-1]), ("longer", value + b"\0"),
                          ("empty", b""), ("a seal", content(entries, SEAL))):
        yield "value " + what, write(replaced(entries, VALUE, changed))


def transplants(ofd, others):
    """Parts of another certificate's OFD in this one."""
    entries = read(ofd)
    for other in others:
        donor = {e.name: e.content for e in read(other)}
        names = [e.name for e in entries if e.name in donor]
        for name in names:
            if donor[name] == content(entries, name):
                continue
            changed = replaced(entries, name, donor[name])
            yield "other " + name, write(changed)
            yield "other %s, digests fitted" % name, write(referred(changed))
        changed = entries
        for name in (SEAL, SIGNATURE, VALUE):
            changed = replaced(changed, name, donor[name])
        yield "another's whole seal", write(changed)
        yield "another's whole seal, digests fitted", write(referred(changed))


def wrapped(ofd, pdf):
    """Two formats at once."""
    entries = read(ofd)
    yield "PDF before", pdf + ofd
    yield "PDF behind", ofd + pdf
    yield "PDF inside", write([Entry("a.pdf", pdf, STORED)] + entries)
    yield "OFD inside", write(entries + [Entry("a.ofd", ofd, STORED)])


def games(ofd, others, pdf):
    for some in (package_games(ofd), archive_games(ofd), content_games(ofd),
                 transplants(ofd, others), wrapped(ofd, pdf)):
        yield from some
