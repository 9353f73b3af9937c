/*
 * date.h - legal days (Europe/Stockholm) and recorded times (UTC, RFC 3339).
 */
#ifndef PK_BASE_DATE_H
#define PK_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { PK_DATE_TEXT = 11, PK_TIME_TEXT = 21 };

/* Days since 1970-01-01; PK_DATE_NONE when not known. */
typedef int32_t pk_date;
#define PK_DATE_NONE INT32_MIN

/* "2019-03-04", or the day of "2019-03-04T00:00:00Z" and "2019-03-04+01:00"
 * as written (the zone is not applied: registers mean the local day).
 * PK_DATE_NONE for anything else and for days that no calendar has. */
pk_date pk_date_parse(const char *text);
void pk_date_format(char out[PK_DATE_TEXT], pk_date day);
/* The same day of month `months` later, or the month's last (29 Feb + 12). */
pk_date pk_date_add_months(pk_date day, int months);

/* The local day of a time, by the EU summer time rule (Directive 2000/84/EC). */
pk_date pk_date_stockholm(time_t utc);
/* When that local day begins, in UTC. */
time_t pk_date_stockholm_start(pk_date day);

/* "2026-03-02T09:14:05Z" */
void pk_time_format(char out[PK_TIME_TEXT], time_t utc);
bool pk_time_parse(time_t *out, const char *text);

#endif
