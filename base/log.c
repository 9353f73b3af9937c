#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static atomic_int threshold = PK_LOG_INFO;
static const char *const names[] = {"error", "warn", "info", "debug"};

void pk_log_set_level(enum pk_log_level level)
{
    atomic_store(&threshold, (int)level);
}

int pk_log_level_of(const char *name)
{
    for (size_t i = 0; i < PK_COUNT(names); i++) {
        if (strcmp(names[i], name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

void pk_log(enum pk_log_level level, const char *event, const char *fmt, ...)
{
    if ((int)level > atomic_load(&threshold)) {
        return;
    }
    char text[1024], line[2600];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);

    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    int n = snprintf(line, sizeof(line), "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %s %s ",
                     utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
                     utc.tm_min, utc.tm_sec, now.tv_nsec / 1000000, names[level], event);
    size_t at = n > 0 ? (size_t)n : 0;
    for (const char *p = text; *p != '\0' && at + 6 < sizeof(line); p++) {
        unsigned char c = (unsigned char)*p;
        if (c < 0x20 || c == 0x7f) {
            at += (size_t)snprintf(line + at, sizeof(line) - at, "\\x%02x", c);
        } else {
            line[at++] = *p;
        }
    }
    line[at++] = '\n';
    /* One write, so that lines of several processes do not mix. */
    ssize_t ignored = write(STDERR_FILENO, line, at);
    (void)ignored;
}
