/* main.c - the program's commands; see command.h. */
#include "api/command.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/cli.h"
#include "api/demo.h"
#include "api/init.h"
#include "api/serve.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *zh, *en;
} commands[] = {
    {"init", cli_init, "建立数据目录", "make a data directory"},
    {"serve", cli_serve, "运行服务", "run the service"},
    {"issue", cli_issue, "签发证照", "issue a certificate"},
    {"verify", cli_verify, "核验文件或二维码", "verify documents or codes"},
    {"revoke", cli_revoke, "注销", "revoke a certificate"},
    {"suspend", cli_suspend, "暂停", "suspend a certificate"},
    {"resume", cli_resume, "恢复", "resume a certificate"},
    {"hand-over", cli_hand_over, "送达（待生效转有效）",
	"hand over: pending becomes valid"},
    {"renew", cli_renew, "换发", "renew a certificate"},
    {"correct", cli_correct, "更正", "correct a certificate"},
    {"copy", cli_copy, "制作加注件", "make a purpose-bound copy"},
    {"status", cli_status, "查询状态", "tell the status of a certificate"},
    {"template", cli_template, "检查或预览模板", "check or preview templates"},
    {"dump", cli_dump, "以文本显示任何文件", "print any object as text"},
    {"key", cli_key, "管理部门接口密钥", "manage departments' API keys"},
    {"ca", cli_ca, "管理证书机构与根证书吊销列表",
	"manage authorities and the roots' lists"},
    {"seal", cli_seal, "管理印章", "make and look after seals"},
    {"print", cli_print_job, "打印证照", "print a certificate"},
    {"office", cli_office, "管理机构", "look after offices"},
    {"operator", cli_operator, "管理操作员", "look after operators"},
    {"printer", cli_printer, "查看和试用打印机", "look at and try a printer"},
    {"doctor", cli_doctor, "自检", "check that everything is in order"},
    {"demo", cli_demo, "演示", "a demonstration"},
};

enum {
	COMMANDS = sizeof(commands) / sizeof(commands[0])
};

static int
usage(FILE *out)
{
	size_t i;

	fprintf(out, "用法 / usage: certsvc COMMAND ...\n");
	for (i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-10s %s / %s\n", commands[i].name,
		    commands[i].zh, commands[i].en);
	return COMMAND_USAGE;
}

int
command_run(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, argv[0]) == 0)
			return commands[i].run(argc, argv);
	fprintf(stderr, "没有这个命令 / no such command: %s\n", argv[0]);
	return usage(stderr);
}

/* A file that is opened later must not take the place of one of these: what is
 * said would be written into it. */
static int
standard_files(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	return fd < 0 ? -1 : close(fd);
}

/* An answer that could not be written is none. */
static int
finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "certsvc: 写不了标准输出\n"
			"         cannot write the standard output\n");
	return COMMAND_OUTPUT;
}

int
main(int argc, char **argv)
{
	if (standard_files() != 0)
		return COMMAND_OUTPUT;
	setlocale(LC_CTYPE, "C.UTF-8");
	if (argc < 2)
		return usage(stderr);
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0) {
		usage(stdout);
		return finish(0);
	}
	return finish(command_run(argc - 1, argv + 1));
}
