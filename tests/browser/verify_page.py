"""The public page: upload, paste, scan, both languages."""
import os
import time

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browser
import print_desk
import world
from browser import FOLDER, SIZES, find, look, size, wait
from demo import department_of
from harness import expect
from print_jobs import Desk
from printer import Printer

MADE = {}


def prepare():
    """A good PDF, a changed one, and a code."""
    MADE.update(world.issue())
    c = world.client()
    good = c.call("GET", "/v1/certificates/%s/files/pdf" % MADE["id"])[2]
    c.close()
    bad = bytearray(good)
    bad[len(bad) // 3] ^= 1
    for name, data in (("good.pdf", good), ("bad.pdf", bytes(bad)),
                       ("other.txt", b"hello")):
        with open(os.path.join(FOLDER, name), "wb") as f:
            f.write(data)


def visit(fragment="", language=None):
    browser.visit(world.SERVER.port, "/" + fragment, language)


def verdict_shown():
    wait(lambda: find("result").is_displayed() and find("word").text)


def result(verdict):
    """Wait for a verdict; the text of the result."""
    verdict_shown()
    box = find("result")
    expect(box.get_attribute("data-verdict") == verdict, "%s: %s", verdict,
           box.text)
    expect(find("symbol").text, "no symbol")
    expect(browser.focused().get_attribute("id") == "result",
           "the result has no focus")
    return box.text


def upload(name):
    find("file").send_keys(os.path.join(FOLDER, name))


def good_upload():
    """a good PDF is valid, with what to compare, on phone and desk"""
    for where in SIZES:
        size(where)
        visit(language="zh")
        look("verify-start-zh-" + where)
        upload("good.pdf")
        text = result("valid")
        for part in ("有效", MADE["number"], "营业执照", "刚刚"):
            expect(part in text, "%s is missing: %s", part, text)
        look("verify-valid-zh-" + where)


def tampered_upload():
    """a changed PDF is not valid, in both languages"""
    size("phone")
    for language, word in (("zh", "不要采信"), ("en", "Do not rely")):
        visit(language=language)
        upload("bad.pdf")
        verdict_shown()
        kind = find("result").get_attribute("data-verdict")
        expect(kind in ("invalid", "unreadable"), "it is %s", kind)
        expect(word in find("result").text, "%s", find("result").text)
        look("verify-tampered-" + language)


def pasted():
    """a pasted code is valid in English, from the keyboard alone"""
    size("desk")
    visit(language="en")
    find("code").send_keys(MADE["qr"])
    find("code").send_keys(Keys.TAB)
    expect(browser.focused().get_attribute("id") == "verify",
           "the button does not follow the field")
    browser.focused().send_keys(Keys.ENTER)
    text = result("valid")
    for part in ("Valid", MADE["number"], "Business Licence", "just now"):
        expect(part in text, "%s is missing: %s", part, text)
    look("verify-valid-en-desk")


def scanned():
    """a scanned code opens the page with its verdict"""
    size("phone")
    visit("#" + MADE["qr"].split("#")[1])
    text = result("valid")
    expect(MADE["number"] in text, "%s", text)
    look("verify-scanned-phone")
    find("again").click()
    expect("#" not in browser.BROWSER.current_url, "the digits stay")
    expect(not find("result").is_displayed(), "the result stays")


def copy_scanned():
    """the code of a copy says so before all else, in both languages"""
    c = world.client()
    status, copied = c.json(
        "POST", "/v1/certificates/%s/copies" % MADE["id"],
        {"purpose": "办理银行开户", "expires": time.strftime(
            "%Y-%m-%d", time.gmtime(time.time() + 20 * 86400)),
         "matter": "COPY", "serial": "browser"})
    c.close()
    expect(status == 201, "%s", copied)
    size("phone")
    for language, words in (("zh", ("不是原件", "第几份")),
                            ("en", ("not the original", "Number of this"))):
        visit(language=language)
        visit("#" + copied["qr"].split("#")[1])
        text = result("valid")
        expect(words[0] in find("word").text, "%s", find("word").text)
        expect(words[1] in text and "银行" not in text, "%s", text)
        look("verify-copy-" + language)


def sheet_scanned():
    """a printed sheet is valid as the licence itself; which one, and where"""
    with Printer() as printer:
        desk = Desk(world.SERVER, department_of("business-licence"))
        desk.wait_state(desk.make(MADE["id"], printer.uri), "confirmed")
        desk.close()
        code = print_desk.read_page(printer.jobs()[-1].path)
    size("phone")
    for language, words in (("zh", ("有效", "第 1 份打印件", "不是加注件")),
                            ("en", ("Valid", "Printed sheet 1, at ",
                                    "not a purpose-bound copy"))):
        visit(language=language)
        visit("#" + code.split("#")[1])
        text = result("valid")
        expect(find("word").text == words[0], "%s", find("word").text)
        expect(words[1] in text and words[2] in text, "%s", text)
        look("verify-sheet-" + language)


def foreign():
    """what is not ours has no seal, and nothing at all is asked for"""
    size("desk")
    visit(language="zh")
    upload("other.txt")
    verdict_shown()
    kind = find("result").get_attribute("data-verdict")
    expect(kind in ("unsigned", "unreadable"), "it is %s", kind)
    visit(language="zh")
    find("verify").click()
    wait(lambda: find("result").is_displayed(), 5)
    expect("请先选择文件" in find("result").text, "%s", find("result").text)


def language_stays():
    """the language is remembered, and a shown verdict changes with it"""
    size("desk")
    visit(language="en")
    visit()
    expect(find("language").text == "中文", "not remembered")
    find("code").send_keys(MADE["qr"])
    find("verify").click()
    expect("Valid" in result("valid"), "not English")
    find("language").click()
    wait(lambda: find("language").text == "English")
    expect("有效" in find("result").text, "%s", find("result").text)
    expect(browser.BROWSER.find_element(By.TAG_NAME, "html").get_attribute("lang") ==
           "zh-CN", "lang")


def revoked():
    """a revoked certificate says so, and what to do"""
    made = world.issue()
    world.act(made["id"], "revoke", "holder_dissolved")
    size("phone")
    visit(language="zh")
    find("code").send_keys(made["qr"])
    find("verify").click()
    text = result("invalid")
    expect("撤销" in text and "无效" in text, "%s", text)
    look("verify-revoked-zh-phone")


def privacy():
    """the text says where files go"""
    size("phone")
    visit(language="zh")
    expect("发送到本服务器" in find("sent").text, "%s", find("sent").text)


def large_letters():
    """large letters are remembered, and nothing is cut"""
    for where in SIZES:
        size(where)
        browser.visit(world.SERVER.port, "/", "zh", "large")
        visit()
        height = browser.script("return parseFloat(getComputedStyle("
                                "document.querySelector('.lead')).fontSize)")
        expect(height >= 24, "letters of %s px", height)
        look("verify-large-" + where)
    browser.visit(world.SERVER.port, "/", "zh", "normal")


def quiet():
    """the browser had nothing to complain about, and asked no one else"""
    browser.quiet_console(world.SERVER.port)


CASES = [good_upload, tampered_upload, pasted, scanned, copy_scanned,
         sheet_scanned, foreign, language_stays, revoked, privacy, large_letters, quiet]
