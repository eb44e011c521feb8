"""The words of the pages, without a browser."""
import glob
import os
import re

from browser import words
from harness import ROOT, expect

PAGES = os.path.join(ROOT, "api/pages")
# Keys that are put together at run time: word("desk.states." + state).
FAMILY = re.compile(r'word\("([a-z_.]+\.)" \+')
LITERAL = re.compile(r'(?:word\("|data-word="|"data-word": "|say\("|problem\(")'
                     r'([a-z_]+(?:\.[a-z_0-9]+)+)"')
TEXT = re.compile(r'"([a-z_]+(?:\.[a-z_0-9]+)+)"')
HAN = re.compile("[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")


def flat(table, prefix=""):
    for name, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, prefix + name + ".")
        else:
            yield prefix + name, value


def sources():
    for path in sorted(glob.glob(PAGES + "/*.js") +
                       glob.glob(PAGES + "/*.html")):
        with open(path, encoding="utf-8") as f:
            yield os.path.basename(path), f.read()


def same_keys():
    """both languages have the same keys, with the same places"""
    zh, en = dict(flat(words("zh"))), dict(flat(words("en")))
    expect(set(zh) == set(en), "%s", sorted(set(zh) ^ set(en)))
    for key, text in zh.items():
        places = [sorted(re.findall(r"\{\w+\}", t)) for t in (text, en[key])]
        expect(places[0] == places[1], "%s: %s", key, places)
        expect(text and en[key], "%s is empty", key)


def all_used():
    """every key that a page uses is there, and none is left over"""
    keys = set(dict(flat(words("zh"))))
    used, families = set(), set()
    for name, text in sources():
        families |= set(FAMILY.findall(text))
        for key in LITERAL.findall(text):
            expect(key in keys, "%s uses %s", name, key)
        used |= {k for k in TEXT.findall(text) if k in keys}
    for family in families:
        expect(any(k.startswith(family) for k in keys), "no %s*", family)
    rest = [k for k in keys - used if not k.startswith(tuple(families))]
    expect(not rest, "nobody uses %s", sorted(rest))


def nowhere_else():
    """no page has words of its own"""
    for name, text in sources():
        found = HAN.findall(re.sub(r"/\*.*?\*/", "", text, flags=re.S))
        expect(not found, "%s: %s", name, "".join(found))


CASES = [same_keys, all_used, nowhere_else]
