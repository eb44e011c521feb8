/*
 * render_bench.c - a page of text through our renderer and through libharu's
 * own TrueType path: the same font (fonts-lxgw-wenkai), the same lines, no seal
 * and no code on either side, CPU time of the same process, interleaved.
 */
#include <hpdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "certsvc/font.h"
#include "certsvc/format/pdf.h"
#include "certsvc/layout_flow.h"

enum {
	ROUNDS = 12,
	OURS_PER_ROUND = 20,
	LINES = 15
};

/* Fifteen lines of a licence. */
static const char *const lines[LINES] = {
    "营业执照（副本）统一社会信用代码 91990100MA9QH0018G",
    "名称 青禾市云溪民族特色食品加工与冷链物流进出口国际贸易股份有限公司",
    "类型 股份有限公司（非上市）", "法定代表人 阿卜杜热合曼·麦麦提依明",
    "注册资本 人民币伍仟万元整", "成立日期 2018年6月12日",
    "营业期限 2018年6月12日至长期",
    "住所 青禾市稻香区仰山路88号清泉大厦3栋2单元1506室",
    "经营范围 许可项目：食品生产；食品销售；道路货物运输；货物进出口；技术进出口。",
    "一般项目：农副产品销售；初级农产品收购；低温仓储；供应链管理服务；装卸搬运；",
    "包装服务；互联网销售；工艺美术品及收藏品零售；技术服务、技术开发、技术咨询；",
    "信息咨询服务（不含许可类信息咨询服务）。依法须经批准的项目，经相关部门批准后",
    "方可开展经营活动，具体经营项目以相关部门批准文件或许可证件为准。",
    "登记机关 青禾市市场监督管理局",
    "2026年11月22日 电子证照标识 11990000MB9A010097001"};

static void
check(int failed, const char *what)
{
	if (failed) {
		fprintf(stderr, "render_bench: %s\n", what);
		exit(1);
	}
}

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Shape, wrap, place and write. */
static size_t
ours(const struct font_set *fonts)
{
	static const struct layout_style style = {.font = FONT_KAI,
	    .size = 4.2f,
	    .min = 4.2f,
	    .leading = 1,
	    .wrap = 0};
	static const struct pdf_info info = {
	    .title = "营业执照", .language = "zh-CN", .created = 1795391747};
	struct step_list steps = STEP_LIST_INIT;
	struct buf pdf = BUF_INIT;
	struct err e = ERR_INIT;
	struct step_page *page = step_page_add(&steps, 210, 297);
	struct flow flow;
	size_t i, n;

	check(page == NULL, "page");
	for (i = 0; i < LINES; i++) {
		struct step_box box = {15, 20 + 8 * (float)i, 190, 6};

		check(flow_make(fonts, &style, lines[i], "", &flow, &e) != 0,
		    e.en);
		check(
		    flow_place(&flow, box, 1 + (unsigned int)i, page, &e) != 0,
		    e.en);
		flow_release(&flow);
	}
	check(pdf_render(&steps, NULL, 0, &info, &pdf, &e) != 0, e.en);
	n = pdf.n;
	step_list_release(&steps);
	buf_release(&pdf);
	return n;
}

static size_t
theirs(const char *path)
{
	HPDF_Doc doc = HPDF_New(NULL, NULL);
	const char *name;
	HPDF_Font font;
	HPDF_Page page;
	size_t i, n;

	check(doc == NULL, "libharu");
	HPDF_SetCompressionMode(doc, HPDF_COMP_ALL);
	HPDF_UseUTFEncodings(doc);
	name = HPDF_LoadTTFontFromFile(doc, path, HPDF_TRUE);
	font = HPDF_GetFont(doc, name, "UTF-8");
	page = HPDF_AddPage(doc);
	HPDF_Page_SetSize(page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
	HPDF_Page_BeginText(page);
	HPDF_Page_SetFontAndSize(page, font, 12);
	for (i = 0; i < LINES; i++)
		HPDF_Page_TextOut(page, 42, 770 - 22 * (float)i, lines[i]);
	HPDF_Page_EndText(page);
	check(HPDF_SaveToStream(doc) != HPDF_OK, "libharu save");
	n = HPDF_GetStreamSize(doc);
	HPDF_Free(doc);
	return n;
}

static const char *
path_of(const struct font_set *fonts, const char *name)
{
	size_t i;

	for (i = 0; i < font_set_count(fonts); i++)
		if (strcmp(font_set_at(fonts, i)->name, name) == 0)
			return font_set_at(fonts, i)->path;
	check(1, name);
	return NULL;
}

int
main(void)
{
	struct font_set *fonts;
	struct err e = ERR_INIT;
	double own = 0, haru = 0, start, middle;
	size_t own_size, haru_size = 0, i, k;
	const char *path;

	check(font_set_load(NULL, 0, &fonts, &e) != 0, e.en);
	path = path_of(fonts, "LXGWWenKai-Regular");
	own_size = ours(fonts);
	for (i = 0; i < ROUNDS; i++) {
		start = cpu_ms();
		haru_size = theirs(path);
		middle = cpu_ms();
		for (k = 0; k < OURS_PER_ROUND; k++)
			own_size = ours(fonts);
		haru += middle - start;
		own += (cpu_ms() - middle) / OURS_PER_ROUND;
	}
	printf("figure render_ms %.3f ms\n", own / ROUNDS);
	printf("figure render_libharu_ms %.3f ms\n", haru / ROUNDS);
	printf("figure render_speed %.2f x >= 20\n", haru / own);
	printf("figure render_size %.3f x <= 0.6\n",
	    (double)own_size / (double)haru_size);
	font_set_free(fonts);
	return 0;
}
