/* log.c - see log.h. */
#include "api/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "crypto/base/clock.h"

enum {
	LOG_LINE_MAX = 1024
};

void
log_line(const char *process, const char *fmt, ...)
{
	char text[LOG_LINE_MAX], line[LOG_LINE_MAX + 64];
	char now[CLOCK_RFC3339_SIZE];
	va_list ap;
	int n;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	clock_rfc3339(now, clock_now());
	n = snprintf(line, sizeof(line), "%s %s %s\n", now, process, text);
	/* One write: lines of several processes do not mix. */
	if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
		return;
}
