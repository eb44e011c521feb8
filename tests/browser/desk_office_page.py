"""Around the counter, before a stand-in: jobs, accounts, auditors, offices."""
import re
import time

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browser
import world
from browser import SIZES, find, focused, look, script, size, wait
from desk_screen import (act, calls, chord, enter, everywhere, keys, look_up,
                         shows, text, visit)
from harness import expect


def settle_a_job():
    """the day's jobs: unknown ones are settled, failed ones printed again"""
    desk = enter()
    look_up()
    for state in ("unknown", "rendered", "confirmed", "failed", "sent"):
        desk.state_of_new = state
        desk.make_job({"certificate": desk.found[0]["id"], "kind": "original",
                       "channel": "printer", "printer": "p1",
                       "purpose": "本人到窗口领取"})
    desk.jobs[-1]["detail"] = {"code": "lost", "zh": "打印机重启过，查不到这份",
                               "en": "the printer restarted"}
    chord(Keys.ALT, "2")
    shows("不清楚打出来没有", "打印机重启过", "还没有送到", "已打出", "没有打成", "当天 5 份")
    expect("截至" in text(), "it does not say when it was known")
    everywhere("jobs")
    act("J1spoiled")
    wait(lambda: focused().get_attribute("id") == "fault-J1")
    keys(Keys.ENTER)
    find("fault-text-J1").send_keys(Keys.ENTER)
    wait(lambda: desk.job("J1")["state"] == "failed")
    act("J2resend")
    wait(lambda: desk.job("J2")["state"] == "sent")
    act("J4again")
    wait(lambda: focused().get_attribute("id") == "again-reason")
    keys("第一张卡纸", Keys.ENTER)
    wait(lambda: len(desk.jobs) == 6)
    seen = calls(desk, "POST", "lookups")[-1][2]
    expect(seen == {"by": "number", "value": desk.found[0]["number"],
                    "purpose": "第一张卡纸"}, "%s", seen)
    desk.session = None
    shows("登录已失效")
    expect("林木" not in browser.BROWSER.page_source, "the jobs are still there")


def offline():
    """without a connection it says so, and how old its news are"""
    desk = enter("jobs")
    shows("没有打印任务")
    desk.fail["print-jobs"] = (503, "server_busy", "现在很忙", "busy now", 1)
    desk.make_job({"certificate": desk.found[0]["id"], "kind": "original",
                   "channel": "printer", "printer": "p1", "purpose": "x"})
    chord(Keys.ALT, "1")
    shows("扫描或输入")
    chord(Keys.ALT, "2")
    shows("现在很忙")


def cut_off():
    """the line is cut: it says so, and goes on by itself when it is back"""
    desk = enter()
    look_up("青林采〔2026〕000123")
    shows("就绪")
    browser.link(offline=True)
    keys(Keys.F8)
    shows("连不上服务器")
    expect(not calls(desk, "POST", "print-jobs"), "sent")
    browser.link()
    keys(Keys.F8)
    shows("已送到打印机")
    browser.link(offline=True)
    shows("暂时问不到新情况")
    desk.jobs[0]["state"] = "confirmed"
    browser.link()
    shows("已打出")
    expect("暂时问不到" not in text(), "%s", text())


def seconds_until_login():
    start = time.monotonic()
    browser.visit(world.SERVER.port, "/desk")
    wait(lambda: find("login-name").is_displayed())
    return time.monotonic() - start


def slow_link():
    """over 256 kbit/s and 300 ms the desk is there in a few seconds"""
    browser.BROWSER.execute_cdp_cmd("Network.clearBrowserCache", {})
    browser.link(kilobits=256, delay=300)
    first, again = seconds_until_login(), seconds_until_login()
    browser.link()
    print("    %.1f s, from the cache %.1f s" % (first, again))
    expect(first < 10 and again < 5, "%.1f s, %.1f s", first, again)


def only_text():
    """names, reasons and what printers say are text, whatever they contain"""
    evil = "<img src=x onerror=\"document.title='bad'\"><b>x</b>"
    desk = enter()
    for item in desk.found:
        item["holder"] = item["department_name"] = evil
        item["type_name"] = {"zh": evil, "en": evil}
    desk.printers[0].update(zh=evil, words={"zh": evil, "en": evil})
    desk.state_of_new = "failed"
    look_up()
    shows(evil)
    browser.script("document.querySelector('[data-open]').click()")
    wait(lambda: browser.BROWSER.find_elements(By.ID, "print"))
    keys(Keys.F8)
    shows("没有打成")
    desk.jobs[0]["detail"] = {"code": "x", "zh": evil, "en": evil}
    chord(Keys.ALT, "2")
    shows("当天 1 份")
    expect(not browser.BROWSER.find_elements(By.CSS_SELECTOR, "main img, main b")
           and browser.BROWSER.title != "bad", "it became markup")


def without_scripts():
    """without scripts each page says what it is and what to do"""
    browser.BROWSER.execute_cdp_cmd("Emulation.setScriptExecutionDisabled",
                                    {"value": True})
    for path, words in (("/", ("这份证照是真的吗", "请启用 JavaScript")),
                        ("/desk", ("证照打印台", "请启用 JavaScript"))):
        browser.BROWSER.get("http://127.0.0.1:%d%s" % (
            world.SERVER.port, path))
        body = browser.BROWSER.find_element(By.TAG_NAME, "body").text
        for word in words:
            expect(word in body, "%s lacks %s: %s", path, word, body)
    browser.BROWSER.execute_cdp_cmd("Emulation.setScriptExecutionDisabled",
                                    {"value": False})


def every_control_by_tab():
    """Tab comes to every control of the counter, in the order of the page"""
    enter()
    look_up("青林采〔2026〕000123")
    shows("就绪")
    found = []
    for _ in range(40):
        keys(Keys.TAB)
        found.append(focused().get_attribute("id"))
    want = ["preview-open", "variant", "kind-original", "printer", "print",
            "confirmed"]
    places = [found.index(name) for name in want if name in found]
    expect(len(places) == len(want) and places == sorted(places), "%s", found)


def polls_slowly():
    """nothing is asked more often than every two seconds"""
    desk = enter()
    desk.make_job({"certificate": desk.found[0]["id"], "kind": "original",
                   "channel": "printer", "printer": "p1", "purpose": "x"})
    chord(Keys.ALT, "2")
    shows("当天 1 份")
    desk.calls.clear()
    time.sleep(5)
    n = len(calls(desk, "GET", "print-jobs"))
    expect(1 <= n <= 3, "%d calls in 5 s", n)


def day_and_stock():
    """the day's account adds up and prints; blanks are taken in and voided"""
    desk = enter("day")
    shows("打印日结单", "经办人签字")
    desk.state_of_new = "unknown"
    desk.make_job({"certificate": desk.found[0]["id"], "kind": "original",
                   "channel": "printer", "printer": "p1", "purpose": "x"})
    visit("day")
    shows("还有 1 张没有结果")
    everywhere("day")
    browser.BROWSER.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                    {"media": "print"})
    expect(not find("menu").is_displayed() and
           not find("print-day").is_displayed(), "buttons on paper")
    browser.picture("desk-day-paper")
    size("phone")  # paper is narrower than a desk, and still has tables
    expect(find("main").find_element(By.TAG_NAME, "thead").size["height"] > 9,
           "the account is printed as cards")
    size("desk")
    browser.BROWSER.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    chord(Keys.ALT, "4")
    shows("A000101", "未用")
    everywhere("stock")
    browser.BROWSER.find_element(By.CSS_SELECTOR, "td button").send_keys(
        Keys.ENTER)
    wait(lambda: focused().get_attribute("id") == "spoil-reason")
    keys("撕破", Keys.ENTER)
    shows("撕破")


def blanks_and_post():
    """a run of blanks is taken in; a certificate is sent by post"""
    desk = enter("stock")
    wait(lambda: find("stock-from")).send_keys("A000201", Keys.TAB, "A000300",
                                               Keys.ENTER)
    sent = wait(lambda: calls(desk, "POST", "blanks"))
    expect(sent[0][2]["from"] == "A000201" and sent[0][2]["to"] == "A000300",
           "%s", sent)
    chord(Keys.ALT, "1")
    wait(lambda: browser.BROWSER.find_elements(By.ID, "value"))
    look_up("青林采〔2026〕000123")
    browser.BROWSER.find_element(By.TAG_NAME, "summary").send_keys(Keys.ENTER)
    wait(lambda: find("tracking").is_displayed())
    find("tracking").send_keys("EA123456789CN", Keys.ENTER)
    shows("邮寄已登记")
    sent = calls(desk, "POST", "postings")[0][2]
    expect(sent.pop("lookup"), "%s", sent)
    expect(sent == {"certificate": desk.found[0]["id"], "carrier": "中国邮政",
                    "tracking": "EA123456789CN"}, "%s", sent)


FAST = """
const slow = window.setTimeout;
window.setTimeout = (f, ms) => slow(f, ms >= 300000 ? ms / 200 : ms);
"""


def nobody_there():
    """found data leave the screen when nobody is there; later the session ends"""
    script_id = browser.BROWSER.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": FAST})
    desk = enter()
    look_up()
    shows("好一会儿没有操作")
    expect("赵" not in browser.BROWSER.page_source, "the holder is still there")
    shows("很久没有操作，已自动退出")
    wait(lambda: desk.session is None)
    browser.BROWSER.execute_cdp_cmd(
        "Page.removeScriptToEvaluateOnNewDocument", script_id)


def auditor():
    """an auditor sees look-ups, counts, jobs and accounts, and no counter"""
    enter("lookups", role="auditor")
    shows("本人到窗口领取", "310", "查询记录 1 条")
    everywhere("lookups")
    expect(not browser.BROWSER.find_elements(
        By.CSS_SELECTOR, '[data-view="find"]'), "a counter")
    browser.BROWSER.find_element(By.XPATH, "//button[.='再显示一些']").send_keys(
        Keys.ENTER)
    shows("查询记录 2 条")
    chord(Keys.ALT, "1")
    shows("没有打印任务")
    chord(Keys.ALT, "2")
    shows("经办人签字")
    everywhere("day-auditor")


def regional_admin():
    """a regional administrator sees printers and stops people"""
    desk = enter("offices", role="regional_admin")
    shows("青禾镇便民服务中心")
    browser.BROWSER.find_element(By.TAG_NAME, "summary").send_keys(Keys.ENTER)
    shows("没有纸了", "63%")
    everywhere("offices")
    browser.BROWSER.find_element(By.CSS_SELECTOR, "td button").send_keys(
        Keys.ENTER)
    wait(lambda: focused().get_attribute("id") == "printer-zh")
    everywhere("printer")
    browser.BROWSER.find_elements(
        By.CSS_SELECTOR, "#printer-form .quiet")[0].send_keys(Keys.ENTER)
    wait(lambda: calls(desk, "GET", "calibration"))
    find("printer-zh").send_keys("")
    keys("（大厅）", Keys.ENTER)
    wait(lambda: calls(desk, "PUT", "offices/qh-001/printers/p1"))
    sent = calls(desk, "PUT", "offices/qh-001/printers/p1")[0][2]
    expect(sent["zh"] == "一号打印机（大厅）" and sent["dx"] == 0, "%s", sent)
    wait(lambda: not browser.BROWSER.find_elements(By.ID, "printer-form"))
    wait(lambda: focused().tag_name == "div")  # where the printers are
    act("add")
    wait(lambda: focused().get_attribute("id") == "printer-id")
    keys(Keys.ENTER)
    shows("请填好打印机代号")
    wait(lambda: focused().get_attribute("id") == "printer-id")
    keys("hall-2", Keys.TAB, "二号", Keys.TAB, "ipp://127.0.0.1/x", Keys.ENTER)
    sent = wait(lambda: calls(desk, "PUT", "offices/qh-001/printers/hall-2"))
    expect(sent[0][2]["uri"] == "ipp://127.0.0.1/x" and
           "stock" not in sent[0][2], "%s", sent)
    chord(Keys.ALT, "4")
    shows("锁定到")
    everywhere("people")
    button = browser.BROWSER.find_element(By.CSS_SELECTOR,
                                          '[data-act="zhangdisable"]')
    button.send_keys(Keys.ENTER)
    shows("已停用")
    expect(focused().get_attribute("data-act") == "zhangenable", "focus")


def custodian():
    """a custodian sees the department's seals and their uses"""
    enter("seals", role="custodian")
    shows("市场监管局印章", "在用")
    act("market-1")
    shows("使用记录：市场监管局印章", "11990100MB9A00014N")
    everywhere("seals")


def english_large():
    """English and large letters: nothing is cut, no Chinese words of ours"""
    enter()
    visit(language="en", letters="large")
    wait(lambda: browser.BROWSER.find_elements(By.ID, "value"))
    look_up()
    for where in SIZES:
        size(where)
        look("desk-found-en-large-" + where)
    size("desk")
    visit()


def keeps_nothing():
    """the browser keeps language and size, nothing else"""
    kept = script("return [Object.keys(localStorage).sort().join(), "
                  "sessionStorage.length, document.cookie]")
    expect(kept == ["language,size", 0, ""], "%s", kept)


def logout():
    """logging out ends the session and clears the page"""
    desk = enter()
    find("logout").send_keys(Keys.ENTER)
    shows("已退出")
    expect(desk.session is None, "the session goes on")
    expect(not find("menu").is_displayed(), "the menu stays")


def small():
    """all that the desk loads is under 60 KB in gzip"""
    c = world.public()
    todo, seen, total = ["/desk"], set(), 0
    while todo:
        path = todo.pop()
        if path in seen or path.endswith("/en.json"):
            continue
        seen.add(path)
        total += len(c.call("GET", path, None, {"Accept-Encoding": "gzip"})[2])
        plain = c.call("GET", path)[2]
        todo += [n.decode() for n in re.findall(
            rb'"(/assets/[0-9a-f]{16}/[a-z.-]+)"', plain)]
    c.close()
    print("    %d bytes in %d files" % (total, len(seen)))
    expect(total < 61440, "%d bytes", total)


def quiet():
    """the browser had nothing to complain about, and asked no one else"""
    entries = [e["message"] for e in browser.BROWSER.get_log("browser")]
    bad = [m for m in entries
           if not re.search(r"/v1/\S+ - .*(responded with a status of [45]|"
                            r"ERR_INTERNET_DISCONNECTED)", m)]
    expect(not bad, "%s", bad)


CASES = [settle_a_job, offline, cut_off, slow_link, only_text,
         without_scripts, every_control_by_tab, polls_slowly, day_and_stock,
         blanks_and_post, nobody_there, auditor, regional_admin, custodian,
         english_large, keeps_nothing, logout, small, quiet]
