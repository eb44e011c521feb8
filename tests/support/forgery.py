"""Forgeries of one certificate's documents, each a (name, bytes) pair.

None of them needs a key: they are what anybody can make who holds a genuine
document or two.
"""
import re

ORDER = int("FFFFFFFF00000000FFFFFFFFFFFFFFFF"
            "BCE6FAADA7179E84F3B9CAC2FC632551", 16)
CONTENTS = re.compile(rb"/Contents\s*<([0-9A-F]+)>")
INTEGER, OCTETS, SEQUENCE, SET = 2, 4, 0x30, 0x31


def der(tag, value):
    size = len(value)
    if size < 128:
        return bytes([tag, size]) + value
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + value


def items(data):
    """[(tag, value)] of consecutive DER values."""
    out = []
    while data:
        size, head = data[1], 2
        if size & 0x80:
            head = 2 + (size & 0x7f)
            size = int.from_bytes(data[2:head], "big")
        out.append((data[0], data[head:head + size]))
        data = data[head + size:]
    return out


def joined(parts):
    return b"".join(der(*p) for p in parts)


def integer(n):
    return der(INTEGER, n.to_bytes(n.bit_length() // 8 + 1, "big"))


class Cms:
    """The parts of a CMS, to put together otherwise."""

    def __init__(self, pdf):
        self.pdf, self.place = pdf, CONTENTS.search(pdf)
        raw = bytes.fromhex(self.place[1].decode())
        self.raw = raw[:4 + int.from_bytes(raw[2:4], "big")]
        self.content = items(items(self.raw)[0][1])
        self.data = items(items(self.content[1][1])[0][1])
        self.signer = items(items(self.data[-1][1])[0][1])
        self.r, self.s = [int.from_bytes(v, "big") for _, v in
                          items(items(self.signer[-1][1])[0][1])]

    def into_pdf(self, raw):
        start, end = self.place.span(1)
        text = raw.hex().upper().encode()
        return self.pdf[:start] + text.ljust(end - start, b"0") + \
            self.pdf[end:]

    def build(self, data=None, signer=None, times=1):
        signer = der(SEQUENCE, joined(signer or self.signer))
        data = (data or self.data)[:-1] + [(SET, signer * times)]
        return der(SEQUENCE, der(*self.content[0]) + der(
            0xa0, der(SEQUENCE, joined(data))))

    def with_x509s(self, change):
        return self.build([(t, joined(change(items(v)))) if t == 0xa0 else
                           (t, v) for t, v in self.data])

    def signed(self, r, s):
        value = der(SEQUENCE, integer(r) + integer(s))
        return self.build(signer=self.signer[:-1] + [(OCTETS, value)])


def cms_games(pdf):
    cms = Cms(pdf)
    timestamp = der(SEQUENCE, bytes.fromhex("060b2a864886f70d010910020e") +
                    der(SET, der(OCTETS, b"token")))
    games = {
        "high s": cms.signed(cms.r, ORDER - cms.s),
        "r plus the order": cms.signed(cms.r + ORDER, cms.s),
        "zeros": cms.signed(0, 0),
        "an unsigned attribute": cms.build(
            signer=cms.signer + [(0xa1, timestamp)]),
        "x509s reversed": cms.with_x509s(lambda x: x[::-1]),
        "x509s twice": cms.with_x509s(lambda x: x + x),
        "the signer's x509 alone": cms.with_x509s(lambda x: x[:1]),
        "no x509": cms.build([p for p in cms.data if p[0] != 0xa0]),
        "empty list of CRLs": cms.build(
            cms.data[:-1] + [(0xa1, b"")] + cms.data[-1:]),
        "another version": cms.build([(INTEGER, b"\3")] + cms.data[1:]),
        "two signers": cms.build(times=2),
        "no signed attributes": cms.build(
            signer=[p for p in cms.signer if p[0] != 0xa0]),
        "content inside": cms.build(
            [(t, v + der(0xa0, der(OCTETS, b"x"))) if i == 2 else (t, v)
             for i, (t, v) in enumerate(cms.data)]),
        "BER": b"\x30\x80" + items(cms.raw)[0][1] + b"\0\0",
        "a long length": b"\x30\x83\0" + cms.raw[2:],
        "something after it": cms.raw + b"\5\0",
        "nothing": b"",
        "NULL": b"\5\0",
    }
    assert cms.build() == cms.raw
    return [(name, cms.into_pdf(raw)) for name, raw in games.items()]


def transplants(pdf, others):
    """Other documents' seals in this one."""
    mine = Cms(pdf)
    return [("the seal of document %d" % n, mine.into_pdf(Cms(other).raw))
            for n, other in enumerate(others)]


def wrapped(pdf, png):
    return [("a blank before", b"\n" + pdf), ("GIF before", b"GIF89a" + pdf),
            ("ZIP before", b"PK\3\4" + pdf), ("itself again", pdf + pdf),
            ("a NUL after", pdf + b"\0"),
            ("a picture before", png + pdf), ("a picture after", pdf + png)]


def xml_games(xml, other):
    """Other spellings of the same XML, and parts of another one."""
    def part(text, name):
        return re.search("<%s[ >].*</%s>" % (name, name), text)[0]

    face, evidence = part(xml, "Face"), part(xml, "Evidence")
    declaration, _, rest = xml.partition("\n")
    games = {
        "a prefix": xml.replace("<Certificate xmlns=",
                                "<c:Certificate xmlns:c=").replace(
                                    "</Certificate", "</c:Certificate"),
        "another namespace": xml.replace("urn:certsvc:face:1", "urn:face"),
        "quotes": xml.replace('"urn:certsvc:face:1"', "'urn:certsvc:face:1'"),
        "a character reference": xml.replace("<ZZBH>", "<ZZBH>&#32;"),
        "CDATA": xml.replace("<CZZT>", "<CZZT><![CDATA[]]>"),
        "an entity": declaration + '\n<!DOCTYPE Certificate [<!ENTITY a "">]>'
                     "\n" + rest.replace("<CZZT>", "<CZZT>&a;"),
        "a byte order mark": "\ufeff" + xml,
        "CRLF": xml.replace("\n", "\r\n"),
        "no last line end": xml.rstrip("\n"),
        "one more line end": xml + "\n",
        "an instruction": xml.replace("<Evidence", "<?a b?><Evidence"),
        "version 1.1": xml.replace('"1.0"', '"1.1"'),
        "standalone": xml.replace("?>", ' standalone="yes"?>', 1),
        "an empty field": xml.replace("</Face>", "<KZ_X></KZ_X></Face>"),
        "a field more": xml.replace("</Face>", "<KZ_X>1</KZ_X></Face>"),
        "the face twice": xml.replace(face, face + face),
        "another face after it": xml.replace(face, face + part(other, "Face")),
        "another face before it": xml.replace(face, part(other, "Face") +
                                              face),
        "another face inside": xml.replace(
            "<Evidence>", "<Evidence>" + part(other, "Face")),
        "the evidence twice": xml.replace(evidence, evidence + evidence),
        "another's evidence": xml.replace(evidence, part(other, "Evidence")),
        "evidence first": xml.replace(evidence, "").replace(
            "<Face ", evidence + "<Face ", 1),
        "a zero-width space": xml.replace("<CZZT>", "<CZZT>\u200b"),
        "a variation selector": xml.replace("</CZZT>", "\ufe00</CZZT>"),
        "right to left": xml.replace("<CZZT>", "<CZZT>\u202e"),
        "full-width digits": xml.replace("2026", "２０２６", 1),
        "the scheme": xml.replace("<QR>http:", "<QR>https:"),
    }
    encoded = [(name, text.encode()) for name, text in games.items()]
    return encoded + [
        ("UTF-16", xml.replace("UTF-8", "UTF-16").encode("utf-16")),
        ("GB 18030", xml.replace("UTF-8", "GB18030").encode("gb18030"))]


def code_games(text):
    host = text.split("/")[2]
    games = {
        "https": text.replace("http:", "https:", 1),
        "a user": text.replace("//", "//a@", 1),
        "a path": text.replace("/#", "/x/#"),
        "a query": text.replace("/#", "/?x/#"),
        "two slashes": text.replace("/#", "//#"),
        "a dot after the host": text.replace(host, host.replace(":", ".:")),
        "another way to write the host": text.replace(
            "127.0.0.1", "127.000.000.001"),
        "full-width digits": text[:-3] + "".join(
            chr(ord(c) + 0xfee0) for c in text[-3:]),
        "a byte order mark": "\ufeff" + text,
        "a blank before": " " + text, "a blank after": text + " ",
        "a tab after": text + "\t", "two line ends": text + "\n\n",
        "a NUL after": text + "\0", "twice": text + "\n" + text,
        "very long": text + "1" * 5000,
    }
    return [(name, value.encode()) for name, value in games.items()]
