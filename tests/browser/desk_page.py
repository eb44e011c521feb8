"""The desk before a stand-in: what is shown, what is sent, by keyboard alone."""
import re
import time

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browser
import fake_desk
import world
from browser import SIZES, find, focused, look, script, size, wait
from harness import expect

FAKE = None


def prepare():
    global FAKE
    made = world.issue()
    c = world.client()
    pdf = c.call("GET", "/v1/certificates/%s/files/pdf" % made["id"])[2]
    c.close()
    FAKE = fake_desk.FakeDesk(world.SERVER.port, pdf)


def close():
    if FAKE is not None:
        FAKE.close()


def fresh(**state):
    """The stand-in as new, but with this state."""
    desk = fake_desk.Desk(FAKE.desk.pdf)
    for name, value in state.items():
        setattr(desk, name, value)
    FAKE.desk = FAKE.server.desk = desk
    return desk


def visit(view="", language="zh", letters="normal"):
    browser.visit(FAKE.port, "/desk" + (view and "#" + view), language, letters)


def enter(view="", **state):
    """Come to a view as somebody who is logged in."""
    desk = fresh(session="yes", **state)
    visit(view)
    wait(lambda: browser.BROWSER.find_elements(By.CSS_SELECTOR, "#menu a"))
    return desk


def keys(*presses):
    ActionChains(browser.BROWSER).send_keys(*presses).perform()


def chord(modifier, key):
    ActionChains(browser.BROWSER).key_down(modifier).send_keys(key).key_up(
        modifier).perform()


def text():
    return find("main").text


def shows(*words):
    for word in words:
        wait(lambda w=word: w in text(), 10, "no %r in:\n%s" % (word, text()))


def calls(desk, method, path):
    return [c for c in desk.calls if c[:2] == (method, path)]


def everywhere(name):
    """Pictures and measures of what is shown, both sizes."""
    for where in SIZES:
        size(where)
        look("desk-%s-%s" % (name, where))
    size("desk")


def logged_out():
    """no session: the login, in both languages and large letters"""
    fresh()
    visit()
    shows("登录打印台")
    everywhere("login")
    visit(language="en")
    shows("Log in to the print desk")
    look("desk-login-en")
    visit(letters="large")
    for where in SIZES:
        size(where)
        look("desk-login-large-" + where)
    size("desk")
    visit()


def wrong_password():
    """a wrong password says so once for every cause, and asks again"""
    desk = fresh()
    visit()
    keys("zhang", Keys.TAB, "wrong", Keys.ENTER)
    shows("登录名、密码或验证码不对", "bad_login")
    expect(focused().get_attribute("id") == "login-password", "focus")
    expect(find("login-password").get_attribute("value") == "", "kept")
    keys("right", Keys.TAB, "123456", Keys.ENTER)
    shows("查找打印")
    sent = calls(desk, "POST", "sessions")[-1][2]
    expect(sent == {"name": "zhang", "password": "right", "code": "123456"},
           "%s", sent)


def first_login():
    """the first login changes the password before anything else; then it enrols"""
    desk = fresh(must_change=True, totp="missing")
    visit()
    keys("zhang", Keys.TAB, "right", Keys.ENTER)
    shows("初始密码")
    everywhere("first")
    for name, value in (("old", "right"), ("new", "longer one"),
                        ("again", "other one")):
        find("password-" + name).send_keys(value)
    keys(Keys.ENTER)
    shows("不一样")
    find("password-again").clear()
    find("password-again").send_keys("longer one", Keys.ENTER)
    shows("还没有绑定手机验证器")
    find("totp-password").send_keys("wrong", Keys.ENTER)
    shows("密码不对")
    find("totp-password").clear()
    find("totp-password").send_keys("right", Keys.ENTER)
    shows("JBSW Y3DP")
    expect(browser.BROWSER.find_elements(By.CSS_SELECTOR, "svg.code path"),
           "no code is drawn")
    everywhere("enrol")
    keys("123456", Keys.ENTER)
    shows("验证器已绑定")
    expect(desk.totp == "enrolled" and not desk.must_change, "not done")


def code_asked_for():
    """a right password without its code: the code is asked for"""
    fresh(code_needed=True)
    visit()
    keys("zhang", Keys.TAB, "right", Keys.ENTER)
    shows("请输入动态验证码")
    expect(focused().get_attribute("id") == "login-code", "focus")
    keys("123456", Keys.ENTER)
    shows("扫描或输入")


def found_by_scanner():
    """a reader types a number and Enter; the purpose is asked for"""
    desk = enter()
    expect(focused().get_attribute("id") == "value", "focus")
    keys("１１０１０５19491231002x")
    shows("看起来是持证主体")
    keys(Keys.ENTER)
    shows("请选择查询目的")
    expect(not calls(desk, "POST", "lookups"), "looked up without a purpose")
    keys(Keys.SPACE, Keys.ENTER)
    shows("找到 3 份证照", "尚未送达", "还可打 49 份", "交付以后才能做加注件", "已撤销")
    sent = calls(desk, "POST", "lookups")[-1][2]
    expect(sent == {"by": "holder", "value": fake_desk.HOLDER,
                    "purpose": "本人到窗口领取"}, "%s", sent)
    expect(fake_desk.HOLDER[:14] not in browser.BROWSER.current_url and
           fake_desk.HOLDER[:14] not in browser.BROWSER.page_source,
           "the number stays on the page")
    everywhere("found")


def look_up(value=fake_desk.HOLDER):
    wait(lambda: focused().get_attribute("id") == "value")
    keys(value, Keys.ENTER)
    wait(lambda: focused().get_attribute("id") == "purpose-holder")
    keys(Keys.SPACE, Keys.ENTER)
    wait(lambda: browser.BROWSER.find_elements(By.CSS_SELECTOR, "#found h1"))


def looks_of_a_text():
    """what a text looks like is shown, and can be overruled"""
    desk = enter()
    for value, word in ((fake_desk.HOLDER.lower(), "证件号码"), ("青林采〔2026〕000123", "证照编号"),
                        ("https://x.example/#" + "1" * 40, "二维码"),
                        ("91990100MA9QH0018G", "证件号码")):
        find("value").clear()
        find("value").send_keys(value)
        wait(lambda w=word: w in find("seen").text, 5,
             "%s: %s" % (value, find("seen").text))
    find("by").send_keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    find("value").send_keys(Keys.ENTER)
    keys(Keys.SPACE, Keys.ENTER)
    shows("没有找到")
    expect(calls(desk, "POST", "lookups")[-1][2]["by"] == "number", "by")
    everywhere("none")


def printed_by_keyboard():
    """find, preview, print, hand over, next: without a mouse"""
    desk = enter(state_of_new="sent")
    look_up("青林采〔2026〕000123")
    shows("一号打印机", "就绪", "没有纸了，请加纸", "连不上")
    everywhere("one")
    keys(Keys.F4)
    wait(lambda: browser.BROWSER.find_elements(By.ID, "preview-close"))
    expect(focused().get_attribute("id") == "preview-close", "focus")
    address = script("return document.querySelector('#preview iframe').src")
    expect(address.startswith("blob:"), "%s", address)
    script("const revoke = URL.revokeObjectURL; window.taken = [];"
           "URL.revokeObjectURL = a => { taken.push(a); revoke.call(URL, a) }")
    time.sleep(1)  # the viewer says to nobody when it has drawn
    browser.picture("desk-preview-desk")
    keys(Keys.ESCAPE)
    wait(lambda: not browser.BROWSER.find_elements(By.ID, "preview"))
    expect(script("return taken") == [address.split("#")[0]],
           "the address of the preview still leads to it")
    expect(focused().get_attribute("id") == "preview-open", "focus")
    keys(Keys.F8)
    shows("已送到打印机", "第 1 份")
    made = calls(desk, "POST", "print-jobs")
    expect(len(made) == 1 and made[0][3], "%s", made)
    expect({k: made[0][2][k] for k in ("kind", "channel", "printer", "lookup",
                                       "purpose")} == {
        "kind": "original", "channel": "printer", "printer": "p1",
        "lookup": "L1", "purpose": "本人到窗口领取"}, "%s", made)
    desk.jobs[0]["state"] = "confirmed"
    shows("已打出")
    everywhere("printed")
    find("confirmed").send_keys("")
    keys(Keys.SPACE, Keys.ENTER)
    shows("已交付，证照现在有效")
    given = desk.calls[-1]
    expect(given[1].endswith("hand-over") and given[2] == {
        "reason": "handed_over", "holder_confirmed": True, "lookup": "L1"},
        "%s", given)
    keys(Keys.F2)
    wait(lambda: focused().get_attribute("id") == "value")
    expect("赵" not in browser.BROWSER.page_source, "the last one is still there")


def hand_over_needs_the_holder():
    """without the holder's confirmation nothing is handed over"""
    desk = enter()
    look_up("青林采〔2026〕000123")
    find("hand-over").find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    shows("请先请持证人核对")
    expect(not [c for c in desk.calls if c[1].endswith("hand-over")], "sent")


def again_needs_a_reason():
    """printed before: the reason is asked for and sent"""
    desk = enter()
    look_up("QHSB-2026-0009")
    shows("已打过 1 份", "再打一份的原因")
    find("reprint-reason").send_keys("上一张被雨淋湿", Keys.ENTER)
    shows("第 1 份")
    sent = calls(desk, "POST", "print-jobs")[-1][2]
    expect(sent["kind"] == "proof" and sent["reason"] == "上一张被雨淋湿",
           "%s", sent)


def reason_that_the_server_asks_for():
    """a sheet that was void needs a reason too: the field comes, with the focus"""
    desk = enter(reason_needed=True)
    look_up("青林采〔2026〕000123")
    expect(not find("reprint-reason").is_displayed(), "asked too early")
    shows("就绪")
    keys(Keys.F8)
    shows("请写明重打原因")
    wait(lambda: focused().get_attribute("id") == "reprint-reason")
    keys("上一张卡纸作废", Keys.ENTER)
    shows("已送到打印机")
    expect(calls(desk, "POST", "print-jobs")[-1][2]["reason"] ==
           "上一张卡纸作废", "reason")


def copy_for_a_purpose():
    """a purpose-bound copy asks for purpose and last day"""
    desk = enter()
    look_up("QHSB-2026-0009")
    wait(lambda: find("kind-copy")).click()
    find("copy-purpose").send_keys("办理银行开户")
    script("arguments[0].value = '2030-01-31'", find("copy-expires"))
    everywhere("copy")
    keys(Keys.F8)
    shows("加注件第 1 份")
    sent = calls(desk, "POST", "print-jobs")[-1][2]
    expect(sent["kind"] == "copy" and sent["purpose"] == "办理银行开户" and
           sent["expires"] == "2030-01-31", "%s", sent)


def by_the_browser():
    """the browser prints: fetched once, then the clerk says what came out"""
    desk = enter()
    script("window.print = () => {}")
    look_up("青林采〔2026〕000123")
    shows("就绪")
    find("printer").send_keys(Keys.END)
    keys(Keys.F8)
    wait(lambda: calls(desk, "GET", "print-jobs/J1/file"))
    shows("请看看打出来没有")
    expect(len(calls(desk, "GET", "print-jobs/J1/file")) == 1, "fetched again")
    act("J1here")
    wait(lambda: len(calls(desk, "GET", "print-jobs/J1/file")) == 2)
    expect(calls(desk, "POST", "print-jobs/J1/resend"), "without saying so")
    act("J1came_out")
    shows("已打出")


def stock_is_asked_for():
    """a printer with numbered stock asks for the number of the blank"""
    desk = enter()
    look_up("青林采〔2026〕000123")
    shows("没有纸了")
    expect(not find("blank").is_displayed(), "asked for at p1")
    find("printer").send_keys(Keys.ARROW_DOWN)
    find("blank").send_keys("A000101")
    keys(Keys.F8)
    shows("已送到打印机")
    sent = calls(desk, "POST", "print-jobs")[-1][2]
    expect(sent["printer"] == "p2" and sent["blank"] == "A000101", "%s", sent)


def print_all():
    """all that is ready goes in one run; what was printed before does not"""
    desk = enter()
    look_up()
    button = wait(lambda: browser.BROWSER.find_element(By.ID, "print-all"))
    expect("1 份" in button.text, "%s", button.text)
    button.send_keys(Keys.ENTER)
    wait(lambda: calls(desk, "POST", "print-jobs"))
    shows("已送到打印机")
    everywhere("all")


def twice_is_once():
    """an answer that was lost is asked for again under the same key"""
    desk = enter()
    look_up("青林采〔2026〕000123")
    shows("就绪")
    desk.fail["print-jobs"] = (503, "server_busy", "现在很忙", "busy now", 2)
    keys(Keys.F8)
    shows("现在很忙", "请等 2 秒")
    desk.fail.clear()
    keys(Keys.F8)
    shows("已送到打印机")
    sent = calls(desk, "POST", "print-jobs")
    expect(len(sent) == 2 and sent[0][3] == sent[1][3], "%s", sent)
    keys(Keys.F8)
    wait(lambda: len(calls(desk, "POST", "print-jobs")) == 3)
    expect(calls(desk, "POST", "print-jobs")[2][3] != sent[0][3], "same key")


def act(name):
    """Press the button of a job, however often it is drawn anew."""
    for _ in range(5):
        try:
            wait(lambda: browser.BROWSER.find_element(
                By.CSS_SELECTOR, '[data-act="%s"]' % name)).send_keys(
                    Keys.ENTER)
            return
        except StaleElementReferenceException:
            pass


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
    browser.BROWSER.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    chord(Keys.ALT, "4")
    shows("A000101", "未用")
    everywhere("stock")
    browser.BROWSER.find_element(By.CSS_SELECTOR, "td button").send_keys(
        Keys.ENTER)
    wait(lambda: focused().get_attribute("id") == "spoil-reason")
    keys("撕破", Keys.ENTER)
    shows("撕破")


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
    keys("（大厅）", Keys.ENTER)
    wait(lambda: calls(desk, "PUT", "offices/qh-001/printers/p1"))
    sent = calls(desk, "PUT", "offices/qh-001/printers/p1")[0][2]
    expect(sent["zh"] == "一号打印机（大厅）" and sent["dx"] == 0, "%s", sent)
    wait(lambda: browser.BROWSER.find_elements(
        By.CSS_SELECTOR, '[data-act="add"]'))[0].send_keys(Keys.ENTER)
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
           if not re.search(r"/v1/\S+ - .*responded with a status of [45]", m)]
    expect(not bad, "%s", bad)


CASES = [logged_out, wrong_password, first_login, code_asked_for,
         found_by_scanner,
         looks_of_a_text, printed_by_keyboard, hand_over_needs_the_holder,
         again_needs_a_reason,
         reason_that_the_server_asks_for, copy_for_a_purpose, by_the_browser,
         stock_is_asked_for, print_all, twice_is_once, settle_a_job, offline,
         polls_slowly, day_and_stock, auditor, regional_admin, english_large,
         keeps_nothing, logout, small, quiet]
