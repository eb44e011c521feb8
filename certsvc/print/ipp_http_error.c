/* ipp_http_error.c - why a printer gave no answer, in words for who stands
 * beside it. */
#include "certsvc/print/ipp_http_private.h"

#include "crypto/base/text.h"

static int
offline(struct err *e, const char *zh, const char *en)
{
	return err_set(e, ERR_BUSY, "printer_offline",
	    "连不上打印机：%s%.0s。请检查电源、网线和打印机地址",
	    "the printer cannot be reached: %.0s%s. Check its power, its cable and its address",
	    zh, en);
}

/* "printer_untrusted" or "printer_key_changed", with the key that answered. */
static int
untrusted(struct ipp_http *http, struct err *e)
{
	uint8_t key[PRINTER_FINGERPRINT_SIZE];
	struct buf hex = BUF_INIT;
	const char *text = "?";
	int rc;

	if (ipp_http_ask_key(http, key) == 0)
		text_hex(&hex, (struct bytes){key, sizeof(key)});
	if (hex.n > 0 && buf_cstr(&hex) != NULL)
		text = buf_cstr(&hex);
	if (http->pin.n > 0)
		rc = err_set(e, ERR_DENIED, "printer_key_changed",
		    "打印机的公钥与登记的不同，可能换了打印机，也可能有人冒充；现在的指纹是 %s。请与打印机面板或配置页上的核对，一致才重新登记",
		    "the printer has another key than the one on record: it was replaced, or somebody poses as it. Its fingerprint is now %s: compare it with the printer's own page before you record it",
		    text);
	else
		rc = err_set(e, ERR_DENIED, "printer_untrusted",
		    "打印机的 x509 不是受信任的机构签发的；它的公钥指纹是 %s。请与打印机面板或配置页上的核对，一致后登记这个指纹",
		    "no trusted authority vouches for the printer's x509. The fingerprint of its key is %s: compare it with the printer's own page, then record it",
		    text);
	buf_release(&hex);
	return rc;
}

static int
no_tls(struct err *e)
{
	return err_set(e, ERR_CONFLICT, "printer_tls",
	    "与打印机建立加密连接失败：它可能不支持 ipps，或只支持 TLS 1.2 以前的版本",
	    "no encrypted connection to the printer: it may not speak ipps, or nothing newer than TLS 1.1");
}

static int
not_a_printer(struct err *e)
{
	return err_set(e, ERR_CONFLICT, "not_a_printer",
	    "这个地址上的不是 IPP 打印机，请检查打印机地址",
	    "what answers at this address is no IPP printer: check the address");
}

static int
bad_address(struct err *e)
{
	return err_set(e, ERR_INPUT, "printer_address",
	    "打印机不在允许的网段内，不能使用（config.json 的 printer_networks；本地链路和多播地址一律不用）",
	    "the printer is outside the networks of printers (printer_networks in config.json; link-local and multicast never are)");
}

int
ipp_http_failed(struct ipp_http *http, CURLcode code, struct err *e)
{
	if (http->refused)
		return bad_address(e);
	if (http->too_large)
		return not_a_printer(e);
	/* libcurl has a hundred codes; those not named are a lost connection */
	if (code == CURLE_PEER_FAILED_VERIFICATION ||
	    code == CURLE_SSL_PINNEDPUBKEYNOTMATCH ||
	    code == CURLE_SSL_CACERT_BADFILE)
		return untrusted(http, e);
	if (code == CURLE_SSL_CONNECT_ERROR)
		return no_tls(e);
	if (code == CURLE_COULDNT_RESOLVE_HOST)
		return offline(
		    e, "找不到这个主机名", "nobody knows this host name");
	if (code == CURLE_OPERATION_TIMEDOUT)
		return offline(e, "没有回应", "it does not answer");
	/* a header line without end is out of memory to libcurl */
	if (code == CURLE_UNSUPPORTED_PROTOCOL ||
	    code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_OUT_OF_MEMORY)
		return not_a_printer(e);
	if (code == CURLE_COULDNT_CONNECT)
		return offline(e, "没有接受连接", "it takes no connection");
	return offline(e, "连接中断", "the connection broke");
}

int
ipp_http_status(long status, struct err *e)
{
	if (status == 401 || status == 403 || status == 407)
		return err_set(e, ERR_DENIED, "printer_denied",
		    "打印机要求账号密码或不允许本机打印，请在打印机的设置中允许本服务器",
		    "the printer wants a password or does not let this machine print: allow this server in its settings");
	if (status == 426)
		return err_set(e, ERR_CONFLICT, "printer_tls",
		    "打印机只接受加密连接，请把地址改为 ipps://",
		    "the printer takes encrypted connections only: change its address to ipps://");
	if (status == 503)
		return err_set(e, ERR_BUSY, "printer_busy",
		    "打印机正忙，请稍后重试",
		    "the printer is busy: try again in a moment");
	if (status == 404)
		return err_set(e, ERR_CONFLICT, "not_a_printer",
		    "打印机上没有这个路径，请检查打印机地址（多为 /ipp/print）",
		    "the printer does not know this path: check the address (mostly /ipp/print)");
	return not_a_printer(e);
}
