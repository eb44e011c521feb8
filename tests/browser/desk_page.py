"""The counter before a stand-in: what is shown, what is sent, by keyboard alone."""
import time

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browser
import fake_desk
from browser import SIZES, find, focused, look, script, size, wait
from desk_screen import (act, calls, enter, everywhere, fresh, keys, look_up,
                         shows, visit)
from harness import expect


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
    """the first login changes the password, then enrols, before anything else"""
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
    shows("请先设置动态验证码")
    find("totp-password").send_keys("wrong", Keys.ENTER)
    shows("密码不对")
    find("totp-password").clear()
    find("totp-password").send_keys("right", Keys.ENTER)
    shows("JBSW Y3DP")
    expect(browser.BROWSER.find_elements(By.CSS_SELECTOR, "svg.code path"),
           "no code is drawn")
    everywhere("enrol")
    keys("123456", Keys.ENTER)
    shows("扫描或输入")
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
    shows("已交付，证照现在有效", "已打过 1 份，还可打 48 份")
    expect("还没有交付" not in find("main").text and
           find("kind-copy").is_enabled(), "a copy is still refused")
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
    find("copy-purpose").clear()
    keys(Keys.F8)
    shows("请先写加注件的用途")
    expect(focused().get_attribute("id") == "copy-purpose", "focus")
    keys("办理银行开户")
    script("arguments[0].value = ''", find("copy-expires"))
    keys(Keys.F8)
    shows("请先选加注件用到哪一天")
    expect(focused().get_attribute("id") == "copy-expires" and
           not calls(desk, "POST", "print-jobs"), "sent")
    script("arguments[0].value = '2030-01-31'", find("copy-expires"))
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
    """a printer with numbered stock asks for the blank's number; 副本 is chosen"""
    desk = enter()
    look_up("青林采〔2026〕000123")
    shows("没有纸了")
    expect(not find("blank").is_displayed(), "asked for at p1")
    find("variant").send_keys(Keys.ARROW_DOWN)
    find("printer").send_keys(Keys.ARROW_DOWN)
    find("blank").send_keys("A000101")
    keys(Keys.F8)
    shows("已送到打印机")
    sent = calls(desk, "POST", "print-jobs")[-1][2]
    expect(sent["printer"] == "p2" and sent["blank"] == "A000101" and
           sent["variant"] == "duplicate", "%s", sent)


def states_not_known():
    """when nobody knows the printers' states, they can be chosen all the same"""
    desk = enter()
    desk.fail["offices/qh-001/printers"] = (
        503, "printer_process", "打印服务暂时没有应答", "no answer", 2)
    look_up("青林采〔2026〕000123")
    shows("打印服务暂时没有应答", "一号打印机：状态不清楚")
    keys(Keys.F8)
    shows("已送到打印机")
    expect(calls(desk, "POST", "print-jobs")[0][2]["printer"] == "p1", "where")


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
    shows("请先写明为什么再打")
    keys("上一张弄脏了", Keys.F8)
    wait(lambda: len(calls(desk, "POST", "print-jobs")) == 3)
    expect(calls(desk, "POST", "print-jobs")[2][3] != sent[0][3], "same key")


CASES = [logged_out, wrong_password, first_login, code_asked_for,
         found_by_scanner, looks_of_a_text, printed_by_keyboard,
         hand_over_needs_the_holder, again_needs_a_reason,
         reason_that_the_server_asks_for, copy_for_a_purpose, by_the_browser,
         stock_is_asked_for, states_not_known,
         print_all, twice_is_once]
