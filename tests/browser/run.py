#!/usr/bin/python3
"""The public page in a real browser: upload, paste, scan, both languages."""
import os
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "api"))

from selenium import webdriver  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

import world  # noqa: E402
from harness import ROOT, expect, run_cases  # noqa: E402

SCREENS = os.path.join(ROOT, "build/screens")
SIZES = {"phone": (390, 844), "desk": (1366, 768)}
FOLDER = tempfile.mkdtemp(prefix="certsvc-browser-")
BROWSER = None
MADE = {}


def open_browser():
    global BROWSER
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--disable-gpu", "--no-first-run",
                     "--disable-dev-shm-usage", "--lang=zh-CN",
                     "--disable-background-networking",
                     "--user-data-dir=" + FOLDER + "/profile"):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    BROWSER = webdriver.Chrome(options=options,
                               service=Service("/usr/bin/chromedriver"))


def size(name):
    width, height = SIZES[name]
    BROWSER.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1,
        "mobile": name == "phone"})


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
    BROWSER.get("about:blank")
    BROWSER.get("http://127.0.0.1:%d/%s" % (world.SERVER.port, fragment))
    if language and find("language").text == ("English" if language == "en"
                                              else "中文"):
        find("language").click()


def find(name):
    return BROWSER.find_element(By.ID, name)


def result(verdict):
    """Wait for a verdict; the text of the result."""
    WebDriverWait(BROWSER, 20).until(
        lambda b: find("result").is_displayed() and find("word").text)
    box = find("result")
    expect(box.get_attribute("data-verdict") == verdict, "%s: %s", verdict,
           box.text)
    expect(find("symbol").text, "no symbol")
    expect(BROWSER.switch_to.active_element.get_attribute("id") == "result",
           "the result has no focus")
    return box.text


def screen(name):
    os.makedirs(SCREENS, exist_ok=True)
    BROWSER.save_screenshot(os.path.join(SCREENS, name + ".png"))
    width = BROWSER.execute_script(
        "return [document.documentElement.scrollWidth, innerWidth]")
    expect(width[0] <= width[1], "%s scrolls sideways: %s", name, width)


def upload(name):
    find("file").send_keys(os.path.join(FOLDER, name))


def good_upload():
    """a good PDF is valid, with what to compare, on phone and desk"""
    for where in SIZES:
        size(where)
        visit(language="zh")
        screen("start-zh-" + where)
        upload("good.pdf")
        text = result("valid")
        for part in ("有效", MADE["number"], "营业执照", "刚刚"):
            expect(part in text, "%s is missing: %s", part, text)
        screen("valid-zh-" + where)


def tampered_upload():
    """a changed PDF is not valid, in both languages"""
    size("phone")
    for language, word in (("zh", "不要采信"), ("en", "Do not rely")):
        visit(language=language)
        upload("bad.pdf")
        WebDriverWait(BROWSER, 20).until(
            lambda b: find("result").is_displayed() and find("word").text)
        kind = find("result").get_attribute("data-verdict")
        expect(kind in ("invalid", "unreadable"), "it is %s", kind)
        expect(word in find("result").text, "%s", find("result").text)
        screen("tampered-" + language)


def pasted():
    """a pasted code is valid in English, from the keyboard alone"""
    size("desk")
    visit(language="en")
    find("code").send_keys(MADE["qr"])
    find("code").send_keys(Keys.TAB)
    expect(BROWSER.switch_to.active_element.get_attribute("id") == "verify",
           "the button does not follow the field")
    BROWSER.switch_to.active_element.send_keys(Keys.ENTER)
    text = result("valid")
    for part in ("Valid", MADE["number"], "Business Licence", "just now"):
        expect(part in text, "%s is missing: %s", part, text)
    screen("valid-en-desk")


def scanned():
    """a scanned code opens the page with its verdict"""
    size("phone")
    visit("#" + MADE["qr"].split("#")[1])
    text = result("valid")
    expect(MADE["number"] in text, "%s", text)
    screen("scanned-phone")
    find("again").click()
    expect("#" not in BROWSER.current_url, "the digits stay")
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
        screen("copy-" + language)


def foreign():
    """what is not ours has no seal, and nothing at all is asked for"""
    size("desk")
    visit(language="zh")
    upload("other.txt")
    WebDriverWait(BROWSER, 20).until(
        lambda b: find("result").is_displayed() and find("word").text)
    kind = find("result").get_attribute("data-verdict")
    expect(kind in ("unsigned", "unreadable"), "it is %s", kind)
    visit(language="zh")
    find("verify").click()
    WebDriverWait(BROWSER, 5).until(lambda b: find("result").is_displayed())
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
    expect("有效" in find("result").text, "%s", find("result").text)
    expect(BROWSER.find_element(By.TAG_NAME, "html").get_attribute("lang") ==
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
    screen("revoked-zh-phone")


def targets():
    """buttons are at least 44 pixels high, and text says where files go"""
    size("phone")
    visit(language="zh")
    for button in BROWSER.find_elements(By.CSS_SELECTOR,
                                        "button, label.button"):
        if button.is_displayed():
            expect(button.size["height"] >= 44, "%s: %s", button.text,
                   button.size)
    expect("发送到本服务器" in find("sent").text, "%s", find("sent").text)


def quiet_console():
    """the browser had nothing to complain about, and asked no one else"""
    bad = [e["message"] for e in BROWSER.get_log("browser")
           if "favicon.ico" not in e["message"]]
    expect(not bad, "%s", bad)
    hosts = BROWSER.execute_script(
        "return performance.getEntriesByType('resource')"
        ".map(e => new URL(e.name).host)")
    expect(set(hosts) <= {"127.0.0.1:%d" % world.SERVER.port}, "%s", hosts)


if __name__ == "__main__":
    status = 1
    try:
        world.open()
        prepare()
        open_browser()
        status = run_cases([good_upload, tampered_upload, pasted, scanned,
                            copy_scanned, foreign, language_stays, revoked, targets,
                            quiet_console])
    finally:
        if BROWSER is not None:
            BROWSER.quit()
        world.close()
        shutil.rmtree(FOLDER, ignore_errors=True)
    sys.exit(status)
