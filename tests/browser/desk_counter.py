"""The counter of a real service with a real IPP printer, in a real browser."""
import json
import os
import re
import subprocess
import time

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browser
import world
from browser import FOLDER, SIZES, find, focused, look, size, wait
from harness import command, expect
from printer import Printer

OFFICE, OFFICE_ZH = "hekou-centre", "河口镇便民服务中心"
HOLDER = "11010519491231002X"
PRINTER = None
MADE = {}


def operator(name, method, path, body=None):
    """One call of somebody of the demo, in a session of its own."""
    c = world.public()
    status, headers, _ = c.call("POST", "/v1/sessions", json.dumps(
        {"name": name, "password": "yanshi-" + name}).encode(),
        {"Content-Type": "application/json"})
    expect(status == 201, "login of %s: %s", name, status)
    answer = c.json(method, path, body, {
        "Cookie": headers["Set-Cookie"].split(";")[0]})
    c.close()
    return answer


def prepare():
    """A printer for the office, and a certificate that waits for its holder."""
    global PRINTER
    PRINTER = Printer("window", media="iso_a4_210x297mm,iso_a5_148x210mm")
    status, answer = operator(
        "demo-region", "PUT", "/v1/offices/%s/printers/window-1" % OFFICE,
        {"zh": "窗口打印机", "uri": PRINTER.uri, "media": "iso_a4_210x297mm"})
    expect(status == 200, "%s %s", status, answer)
    c = world.client("dog-registration")
    status, made = c.json("POST", "/v1/certificates",
                          world.order("dog-registration"))
    expect(status == 201 and made["status"] == "pending", "%s", made)
    MADE.update(made, pdf=c.call(
        "GET", "/v1/certificates/%s/files/pdf" % made["id"])[2])
    c.close()


def close():
    if PRINTER is not None:
        PRINTER.close()


def keys(*presses):
    ActionChains(browser.BROWSER).send_keys(*presses).perform()


def text():
    return find("main").text


def shows(*words, seconds=20):
    for word in words:
        try:
            wait(lambda w=word: w in text(), seconds)
        except Exception:
            expect(False, "no %r in:\n%s", word, text())


def open_preview():
    keys(Keys.F4)
    wait(lambda: browser.BROWSER.find_elements(By.ID, "preview-close"))
    time.sleep(1)  # the viewer says to nobody when it has drawn


def close_preview():
    keys(Keys.ESCAPE)
    wait(lambda: not browser.BROWSER.find_elements(By.ID, "preview"))


def everywhere(name):
    for where in SIZES:
        size(where)
        if name == "preview":  # the viewer fits a page once, when it opens
            close_preview()
            open_preview()
        look("counter-%s-%s" % (name, where))
    size("desk")


def enter(name="demo-clerk", language="zh"):
    browser.BROWSER.delete_all_cookies()
    size("desk")
    browser.visit(world.SERVER.port, "/desk", language, "normal")
    wait(lambda: focused().get_attribute("id") == "login-name")
    keys(name, Keys.TAB, "yanshi-" + name, Keys.ENTER)
    wait(lambda: find("menu").is_displayed())


def raster(pdf, name, dpi):
    """Its first page as grey bytes: (width, height, bytes)."""
    path = os.path.join(FOLDER, name)
    with open(path + ".pdf", "wb") as f:
        f.write(pdf)
    command("pdftoppm", "-r", dpi, "-gray", "-singlefile", path + ".pdf", path)
    with open(path + ".pgm", "rb") as f:
        data = f.read()
    width, height = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", data).groups()
    width, height = int(width), int(height)
    return width, height, data[-width * height:]


def difference(a, b):
    """Mean difference of two pages, 0 to 255."""
    expect(a[:2] == b[:2], "the pages are %s and %s", a[:2], b[:2])
    return sum(abs(x - y) for x, y in zip(a[2], b[2])) / len(a[2])


def code_of(name):
    """The text of the code on a rasterised page, as a stranger reads it."""
    done = subprocess.run(["zbarimg", "--quiet", "--raw",
                           os.path.join(FOLDER, name + ".pgm")],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=False)
    return done.stdout.decode().strip()


def look_up(value=None):
    wait(lambda: focused().get_attribute("id") == "value")
    keys(value or MADE["number"], Keys.ENTER)
    wait(lambda: focused().get_attribute("id") == "purpose-holder")
    keys(Keys.SPACE)


def go(key):
    """A view by its key."""
    ActionChains(browser.BROWSER).key_down(Keys.ALT).send_keys(key).key_up(
        Keys.ALT).perform()


def walk(keep):
    """From the login to the holder's hand; keep(name) at every stop."""
    enter()
    look_up()
    keep("find")
    keys(Keys.ENTER)
    shows("养犬登记证", MADE["number"], "尚未送达", "窗口打印机", "就绪")
    keep("one")
    open_preview()
    keep("preview")
    close_preview()
    keys(Keys.F8)
    shows("原件第 1 份")
    PRINTER.wait_jobs(1)
    shows("已打出")
    keep("printed")
    find("confirmed").send_keys(Keys.SPACE)
    keys(Keys.ENTER)
    shows("已交付，证照现在有效")
    go("3")
    shows(OFFICE_ZH, "经办人签字")
    keep("account")
    go("1")
    wait(lambda: browser.BROWSER.find_elements(By.ID, "next"))
    keys(Keys.F2)
    wait(lambda: focused().get_attribute("id") == "value")


def printed_and_handed_over():
    """login, find, preview, print, hand over, without a mouse"""
    walk(everywhere)
    expect(world.state(MADE["id"], "dog-registration") == "valid", "status")


def right_sheet():
    """what lies on the tray is that page, and its code says which sheet it is"""
    sheet = PRINTER.printed()[0].bytes
    apart = difference(raster(sheet, "sheet", 50),
                       raster(MADE["pdf"], "issued", 50))
    expect(0 < apart < 12, "the pages differ by %.1f", apart)
    raster(sheet, "sheet-200", 200)
    code = code_of("sheet-200")
    expect(code and code != MADE["qr"], "code: %s", code)
    for answer in (world.verdict(code),
                   world.upload(sheet, "application/pdf")):
        expect(answer["verdict"] == "valid", "%s", answer)
        where = answer["certificate"]["sheet"]
        expect(where["number"] == 1 and where["office"].startswith(OFFICE_ZH),
               "%s", where)
    size("phone")
    browser.visit(world.SERVER.port, "/#" + code.split("#")[1], "zh")
    wait(lambda: find("result").is_displayed())
    expect("第 1 份打印件" in find("result").text, "%s", find("result").text)
    look("counter-verified-phone")


def copied_and_accounted_for():
    """a purpose-bound copy; a jam; then the day's account has every sheet"""
    enter()
    look_up()
    keys(Keys.ENTER)
    shows("窗口打印机")
    find("kind-copy").send_keys(Keys.SPACE)
    find("copy-purpose").send_keys("办理银行开户")
    browser.script("arguments[0].value = arguments[1]", find("copy-expires"),
                   browser.script("return new Date(Date.now() + 20 * 864e5)"
                                  ".toISOString().slice(0, 10)"))
    PRINTER.mode("jam")
    keys(Keys.F8)
    shows("加注件", "已送到打印机")
    shows("卡纸")
    look("counter-jam-desk")
    PRINTER.mode("print")
    PRINTER.wait_jobs(2)
    shows("已打出")
    go("2")
    shows("当天 2 份")
    everywhere("jobs")
    go("3")
    shows(OFFICE_ZH, "经办人签字")
    everywhere("day")
    expect("数目对不上" not in text(), "%s", text())


def more(folder, count):
    """Certificates of the sample's holder: their numbers."""
    c = world.client(folder)
    made = [c.json("POST", "/v1/certificates", world.order(folder))[1]
            for _ in range(count)]
    c.close()
    return [m["number"] for m in made]


def all_that_is_ready():
    """all that is ready goes to one printer in one run, one after the other"""
    more("dog-registration", 2)
    more("social-insurance-proof", 1)
    before = len(PRINTER.printed())
    enter()
    look_up(HOLDER)
    keys(Keys.ENTER)
    button = wait(lambda: browser.BROWSER.find_elements(By.ID, "print-all"))[0]
    count = int(re.search(r"(\d+) 份", button.text)[1])
    expect(count >= 3, "%s", button.text)
    button.send_keys(Keys.ENTER)
    PRINTER.wait_jobs(before + count, 60)
    wait(lambda: text().count("已打出") == count, 30, "not all are there")
    everywhere("all")


def browser_prints():
    """the browser's sheet is fetched once; no good: void; then another one"""
    number = more("dog-registration", 1)[0]
    enter()
    look_up(number)
    keys(Keys.ENTER)
    shows("窗口打印机")
    find("printer").send_keys(Keys.END)
    keys(Keys.F8)
    shows("已交给浏览器打印")
    job = browser.BROWSER.find_element(
        By.CSS_SELECTOR, "[data-job]").get_attribute("data-job")
    status = browser.BROWSER.execute_async_script(
        "const done = arguments[1]; fetch('/v1/print-jobs/' + arguments[0] +"
        " '/file').then(r => done(r.status), e => done(String(e)))", job)
    expect(status == 409, "fetched twice: %s", status)
    browser.BROWSER.get_log("browser")
    browser.BROWSER.find_element(
        By.CSS_SELECTOR, '[data-act="%sspoiled"]' % job).send_keys(Keys.ENTER)
    wait(lambda: focused().get_attribute("id") == "fault-" + job)
    find("fault-text-" + job).send_keys(Keys.ENTER)
    shows("没有打成，这一张作废")
    find("reprint-reason").send_keys("浏览器打印时卡纸", Keys.ENTER)
    shows("第 2 份")


def numbered_blanks():
    """pre-printed stock: taken in, used, and in the day's account"""
    made = world.issue()
    status, answer = operator(
        "demo-region", "PUT", "/v1/offices/%s/printers/stock-1" % OFFICE,
        {"zh": "打证机", "uri": PRINTER.uri, "stock": made["type"],
         "media": "iso_a4_210x297mm"})
    expect(status == 200, "%s %s", status, answer)
    enter()
    go("4")
    wait(lambda: find("stock-type").is_displayed())
    find("stock-type").send_keys("营业执照")
    find("stock-from").send_keys("A000101", Keys.TAB, "A000103", Keys.ENTER)
    shows("A000103", "未用")
    everywhere("stock")
    go("1")
    look_up(made["number"])
    keys(Keys.ENTER)
    wait(lambda: browser.BROWSER.find_elements(
        By.CSS_SELECTOR, "[data-open], #printer"))
    rows = browser.BROWSER.find_elements(
        By.CSS_SELECTOR, '[data-open="%s"]' % made["id"])
    if rows:
        rows[0].send_keys(Keys.ENTER)
    shows("打证机")
    find("printer").send_keys("打证机")
    find("blank").send_keys("A000101", Keys.ENTER)
    shows("第 1 份 · 打证机")
    shows("已打出", seconds=40)
    go("3")
    shows("空白证照：已用")
    used = browser.BROWSER.find_element(
        By.XPATH, "//dt[.='空白证照：已用']/following-sibling::dd").text
    expect(used == "1", "%s", used)


def others_look_on():
    """auditor and administrator see what was looked up, and the printers"""
    enter("demo-auditor")
    browser.BROWSER.find_element(
        By.CSS_SELECTOR, '[data-view="lookups"]').send_keys(Keys.ENTER)
    shows("demo-clerk", "本人到窗口领取")
    everywhere("lookups")
    enter("demo-region")
    browser.BROWSER.find_element(
        By.CSS_SELECTOR, '[data-view="offices"]').send_keys(Keys.ENTER)
    shows(OFFICE_ZH)
    browser.BROWSER.find_element(
        By.CSS_SELECTOR, '[data-office="%s"] summary' % OFFICE).send_keys(
            Keys.ENTER)
    shows("窗口打印机", "就绪")
    everywhere("offices")


def another_office():
    """a clerk of another office finds nothing of it"""
    enter("demo-clerk-partner")
    look_up()
    keys(Keys.ENTER)
    shows("没有找到")


def quiet():
    """the browser had nothing to complain about but the refused first look"""
    entries = [e["message"] for e in browser.BROWSER.get_log("browser")]
    bad = [m for m in entries
           if not re.search(r"/v1/session - .*responded with a status of 401",
                            m)]
    expect(not bad, "%s", bad)


CASES = [printed_and_handed_over, right_sheet, copied_and_accounted_for,
         all_that_is_ready, browser_prints, numbered_blanks,
         others_look_on, another_office, quiet]
