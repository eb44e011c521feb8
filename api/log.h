/*
 * log.h - one line per event to standard error: time, process, text.  Never
 * personal data: ids, codes and counts only.
 */
#ifndef API_LOG_H
#define API_LOG_H

void log_line(const char *process, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
