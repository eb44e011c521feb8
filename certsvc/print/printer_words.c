/* printer_words.c - what printers say in keywords, in plain words (RFC 8011,
 * 5.3.8 and 5.4.12, and what CUPS and PWG 5100 add). */
#include <string.h>

#include "certsvc/print/printer.h"

static const struct {
	const char *keyword, *zh, *en;
} words[] = {
    {"media-empty", "缺纸，请加纸", "out of paper: add some"},
    {"media-needed", "请放入所需的纸张", "put in the paper it asks for"},
    {"media-low", "纸快用完了", "paper is running low"},
    {"media-jam", "卡纸，请打开机盖取出纸张",
	"paper jam: open it and take the paper out"},
    {"input-tray-missing", "纸盒没有装好", "the paper tray is not in"},
    {"output-tray-missing", "出纸盘没有装好", "the output tray is not in"},
    {"output-area-full", "出纸盘已满，请取走纸张",
	"the output tray is full: take the paper away"},
    {"output-area-almost-full", "出纸盘快满了",
	"the output tray is nearly full"},
    {"cover-open", "机盖没有关好", "a cover is open"},
    {"door-open", "机盖没有关好", "a door is open"},
    {"interlock-open", "机盖没有关好", "a cover is open"},
    {"toner-empty", "墨粉已用完，请更换", "no toner left: replace it"},
    {"toner-low", "墨粉快用完了", "toner is running low"},
    {"marker-supply-empty", "墨水或墨粉已用完，请更换",
	"no ink or toner left: replace it"},
    {"marker-supply-low", "墨水或墨粉快用完了", "ink or toner is running low"},
    {"marker-waste-full", "废粉盒已满，请更换",
	"the waste container is full: replace it"},
    {"marker-waste-almost-full", "废粉盒快满了",
	"the waste container is nearly full"},
    {"developer-empty", "显影剂已用完", "no developer left"},
    {"developer-low", "显影剂快用完了", "developer is running low"},
    {"opc-life-over", "硒鼓已到寿命，请更换",
	"the drum is worn out: replace it"},
    {"opc-near-eol", "硒鼓快到寿命了", "the drum is nearly worn out"},
    {"fuser-over-temp", "定影器过热，请稍候", "the fuser is too hot: wait"},
    {"fuser-under-temp", "正在预热", "it is warming up"},
    {"paused", "打印机已暂停，请在打印机上恢复",
	"it is paused: resume it at the printer"},
    {"moving-to-paused", "打印机正在暂停", "it is pausing"},
    {"shutdown", "打印机已关机", "it is shut down"},
    {"stopping", "打印机正在停止", "it is stopping"},
    {"stopped-partly", "打印机部分停止", "a part of it has stopped"},
    {"connecting-to-device", "正在连接打印机", "connecting to the printer"},
    {"offline", "打印机没有联机", "it is off line"},
    {"timed-out", "打印机没有回应", "it does not answer"},
    {"spool-area-full", "打印机存储已满", "its memory is full"},
    {"job-incoming", "正在接收", "it is receiving the job"},
    {"job-data-insufficient", "数据没有收全", "the data is not complete"},
    {"job-queued", "正在排队", "it is waiting in line"},
    {"queued-in-device", "正在排队", "it is waiting in line"},
    {"job-printing", "正在打印", "it is printing"},
    {"job-transforming", "正在处理", "it is being prepared"},
    {"job-interpreting", "正在处理", "it is being prepared"},
    {"job-fetchable", "正在排队", "it is waiting in line"},
    {"job-hold-until-specified", "打印机要求在机上确认后打印",
	"it is held: release it at the printer"},
    {"job-password-wait", "打印机要求在机上输入密码",
	"the printer wants a password at its panel"},
    {"resources-are-not-ready", "缺少所需的纸张或耗材",
	"paper or supplies that it needs are missing"},
    {"printer-stopped", "打印机已停止", "the printer has stopped"},
    {"printer-stopped-partly", "打印机部分停止",
	"a part of the printer has stopped"},
    {"processing-to-stop-point", "正在取消", "it is being canceled"},
    {"job-completed-successfully", "已打印完成", "it is printed"},
    {"job-completed-with-warnings", "已打印完成，但有警告",
	"it is printed, with warnings"},
    {"job-completed-with-errors", "打印出错", "it was printed with errors"},
    {"job-canceled-by-user", "已取消", "it was canceled"},
    {"job-canceled-by-operator", "已由打印机管理员取消",
	"an operator canceled it"},
    {"job-canceled-at-device", "已在打印机上取消",
	"it was canceled at the printer"},
    {"aborted-by-system", "打印机放弃了这份文件",
	"the printer gave the document up"},
    {"document-format-error", "打印机读不懂这份文件",
	"the printer cannot read the document"},
    {"document-unprintable-error", "打印机无法打印这份文件",
	"the printer cannot print the document"},
    {"unsupported-document-format", "打印机不支持这种文件",
	"the printer does not take this kind of document"},
    {"submission-interrupted", "传送中断", "sending was interrupted"},
    {"other", "打印机报告了其他问题，请到打印机前查看",
	"it reports another problem: look at the printer"},
};

/* The keyword without its severity. */
static size_t
stem_size(const char *s, size_t n)
{
	static const char *const ends[] = {"-error", "-warning", "-report"};
	size_t i, end;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		end = strlen(ends[i]);
		if (n > end && memcmp(s + n - end, ends[i], end) == 0)
			return n - end;
	}
	return n;
}

static int
is_word(size_t i, const char *s, size_t n)
{
	return strlen(words[i].keyword) == n &&
	       memcmp(words[i].keyword, s, n) == 0;
}

static void
add_word(const char *s, size_t n, struct buf *zh, struct buf *en)
{
	size_t i, stem = stem_size(s, n);

	if (zh->n > 0)
		buf_add_str(zh, "；");
	if (en->n > 0)
		buf_add_str(en, "; ");
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_word(i, s, n) || is_word(i, s, stem)) {
			buf_add_str(zh, words[i].zh);
			buf_add_str(en, words[i].en);
			return;
		}
	buf_printf(zh, "打印机报告：%.*s", (int)n, s);
	buf_printf(en, "the printer says: %.*s", (int)n, s);
}

void
printer_words(const char *reasons, struct buf *zh, struct buf *en)
{
	size_t n;

	for (; *reasons != '\0'; reasons += n + (reasons[n] == ' ')) {
		n = strcspn(reasons, " ");
		if (n > 0)
			add_word(reasons, n, zh, en);
	}
}
