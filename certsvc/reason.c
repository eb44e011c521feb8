/* reason.c - see reason.h. */
#include "certsvc/reason.h"

#include <string.h>

static const struct reason table[] = {
    {"holder_died", REASON_REVOKE, "持证人死亡", "the holder died"},
    {"holder_dissolved", REASON_REVOKE, "持证单位注销或解散",
	"the holding organisation was dissolved"},
    {"obtained_by_fraud", REASON_REVOKE, "以欺骗等不正当手段取得",
	"obtained by fraud"},
    {"issued_in_error", REASON_REVOKE, "错误签发", "issued in error"},
    {"conditions_lapsed", REASON_REVOKE, "不再符合法定条件",
	"the legal conditions no longer hold"},
    {"violation", REASON_REVOKE | REASON_SUSPEND, "违法行为",
	"a violation of law"},
    {"court_order", REASON_REVOKE | REASON_SUSPEND | REASON_RESUME,
	"司法机关决定", "by order of a court"},
    {"holder_request",
	REASON_REVOKE | REASON_SUSPEND | REASON_RESUME | REASON_RENEW |
	    REASON_CORRECT,
	"持证人申请", "asked for by the holder"},
    {"cancelled", REASON_REVOKE, "依法注销", "cancelled by law"},
    {"purpose_ended", REASON_REVOKE, "许可事项终止或标的灭失",
	"the licensed activity or thing ended"},
    {"under_investigation", REASON_SUSPEND, "正在调查", "under investigation"},
    {"lost", REASON_SUSPEND, "证件遗失", "reported lost"},
    {"overdue_report", REASON_SUSPEND, "逾期未年检或未年报",
	"yearly report or inspection overdue"},
    {"investigation_closed", REASON_RESUME, "调查结束",
	"the investigation is closed"},
    {"found", REASON_RESUME, "证件找回", "found again"},
    {"obligation_met", REASON_RESUME, "已履行义务", "the obligation was met"},
    {"suspended_in_error", REASON_RESUME, "错误暂停", "suspended in error"},
    {"expiring", REASON_RENEW, "有效期届满换发", "validity runs out"},
    {"typing_error", REASON_CORRECT, "录入错误更正",
	"a typing error is corrected"},
    {"name_changed", REASON_CORRECT, "名称或姓名变更", "the name changed"},
    {"data_changed", REASON_CORRECT, "登记事项变更", "registered data changed"},
    {"handed_over", REASON_HAND_OVER, "当面交付", "handed over in person"},
    {"posted", REASON_HAND_OVER, "邮寄送达", "delivered by post"},
    {"agent_collected", REASON_HAND_OVER, "代办人领取",
	"collected by an agent"},
};

const struct reason *
reason_table(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);
	return table;
}

const struct reason *
reason_find(const char *code, enum reason_action action)
{
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].code, code) == 0)
			return (table[i].actions & action) ? &table[i] : NULL;
	return NULL;
}

unsigned int
reason_action(const char *name)
{
	static const struct {
		const char *name;
		unsigned int action;
	} names[] = {
	    {"revoke", REASON_REVOKE},
	    {"suspend", REASON_SUSPEND},
	    {"resume", REASON_RESUME},
	    {"renew", REASON_RENEW},
	    {"correct", REASON_CORRECT},
	    {"hand_over", REASON_HAND_OVER},
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].action;
	return 0;
}
