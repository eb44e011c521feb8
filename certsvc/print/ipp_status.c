/* ipp_status.c - what the status of an answer means (RFC 8011, appendix B). */
#include "certsvc/print/ipp_call.h"

enum {
	SUCCESS_LAST = 0x00ff,
	SERVER_ERRORS = 0x0500,
	ATTRIBUTES_NOT_SUPPORTED = 0x040b
};

static const struct {
	unsigned int status;
	enum err_class class;
	int uncertain; /* the printer may have made a job before it said so */
	const char *code, *zh, *en;
} meanings[] = {
    {0x0401, ERR_DENIED, 0, "printer_denied", "打印机不允许本机打印",
	"the printer does not let this machine print"},
    {0x0402, ERR_DENIED, 0, "printer_denied", "打印机要求账号密码",
	"the printer wants a password"},
    {0x0403, ERR_DENIED, 0, "printer_denied", "打印机不允许这样做",
	"the printer does not allow this"},
    {0x0404, ERR_CONFLICT, 0, "job_is_over", "打印机说现在不能这样做",
	"the printer says that this is not possible now"},
    {0x0405, ERR_BUSY, 1, "printer_offline", "打印机等待数据超时",
	"the printer waited too long for the data"},
    {0x0406, ERR_NOT_FOUND, 0, "no_such_job", "打印机上没有这项任务",
	"the printer does not know this job"},
    {0x0407, ERR_NOT_FOUND, 0, "no_such_job", "打印机上没有这项任务了",
	"the printer does not know this job any more"},
    {0x0408, ERR_CONFLICT, 0, "printer_refused", "这份文件对打印机来说过大",
	"the document is too large for the printer"},
    {0x040a, ERR_CONFLICT, 0, "printer_needs_pdf",
	"这台打印机不能直接打印 PDF，请换一台，或通过浏览器打印",
	"this printer does not take PDF: use another one, or print through the browser"},
    {0x0411, ERR_CONFLICT, 0, "printer_refused", "打印机读不懂这份文件",
	"the printer cannot read the document"},
    {0x0417, ERR_BUSY, 0, "printer_busy", "打印机的任务已满，请稍后重试",
	"the printer has too many jobs: try again in a moment"},
    {0x0500, ERR_BUSY, 1, "printer_failed", "打印机内部出错",
	"the printer had an internal error"},
    {0x0502, ERR_BUSY, 0, "printer_not_accepting", "打印机暂停服务",
	"the printer is out of service for now"},
    {0x0504, ERR_BUSY, 1, "printer_failed", "打印机设备出错",
	"the printer's device failed"},
    {0x0505, ERR_BUSY, 0, "printer_busy", "打印机暂时不能处理，请稍后重试",
	"the printer cannot take it now: try again in a moment"},
    {0x0506, ERR_BUSY, 0, "printer_not_accepting",
	"打印机暂不接受任务，请在打印机上恢复",
	"the printer takes no jobs now: resume it at its panel"},
    {0x0507, ERR_BUSY, 0, "printer_busy", "打印机正在打印别的任务，请稍后重试",
	"the printer is printing something else: try again in a moment"},
    {0x0508, ERR_BUSY, 1, "printer_failed", "任务在打印机上被取消",
	"the job was canceled at the printer"},
    {0x050a, ERR_BUSY, 0, "printer_not_accepting", "打印机已停用",
	"the printer is deactivated"},
};

/* The attributes that a printer names in its group of unsupported ones. */
static const struct {
	const char *name, *code, *zh, *en;
} refusals[] = {
    {"media", "printer_media", "打印机不支持这种纸张",
	"the printer does not have this paper"},
    {"sides", "printer_sides", "打印机不支持这样的单双面",
	"the printer does not print on sides like this"},
    {"copies", "printer_copies", "打印机不能一次打印这么多份",
	"the printer does not make this many copies at once"},
    {"document-format", "printer_needs_pdf",
	"这台打印机不能直接打印 PDF，请换一台，或通过浏览器打印",
	"this printer does not take PDF: use another one, or print through the browser"},
};

static int
refused_attribute(const struct ipp_message *m, struct err *e)
{
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (ipp_find(m, IPP_UNSUPPORTED_ATTRIBUTES, refusals[i].name) !=
		    NULL)
			return err_set(e, ERR_CONFLICT, refusals[i].code,
			    "%s%.0s", "%.0s%s", refusals[i].zh, refusals[i].en);
	return err_set(e, ERR_CONFLICT, "printer_refused",
	    "打印机不支持这样的打印设置",
	    "the printer does not support these settings");
}

int
ipp_status_check(const struct ipp_message *m, int *uncertain, struct err *e)
{
	size_t i;

	*uncertain = 0;
	if (m->code <= SUCCESS_LAST)
		return 0;
	if (m->code == ATTRIBUTES_NOT_SUPPORTED)
		return refused_attribute(m, e);
	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].status == m->code) {
			*uncertain = meanings[i].uncertain;
			return err_set(e, meanings[i].class, meanings[i].code,
			    "%s%.0s", "%.0s%s", meanings[i].zh, meanings[i].en);
		}
	*uncertain = m->code < 0x0400 || m->code >= SERVER_ERRORS;
	return err_set(e, ERR_CONFLICT, "printer_refused",
	    "打印机拒绝了（IPP 状态 0x%04x）",
	    "the printer refused (IPP status 0x%04x)", m->code);
}
