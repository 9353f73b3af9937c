#include "base/date.h"

#include <stdio.h>

#include "base/parse.h"

/* Civil calendar to days and back: Howard Hinnant, "chrono-compatible low-level
 * date algorithms". */
static int32_t days_from_civil(int y, int m, int d)
{
    y -= m <= 2;
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static void civil_from_days(int32_t z, int *y, int *m, int *d)
{
    z += 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    *d = doy - (153 * mp + 2) / 5 + 1;
    *m = mp + (mp < 10 ? 3 : -9);
    *y = yoe + era * 400 + (*m <= 2);
}

static int month_days(int y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return m == 2 && leap ? 29 : days[m - 1];
}

static bool digits(const char **p, int n, int *out)
{
    *out = 0;
    for (int i = 0; i < n; i++, (*p)++) {
        if (**p < '0' || **p > '9') {
            return false;
        }
        *out = *out * 10 + (**p - '0');
    }
    return true;
}

static pk_date read_day(const char **p)
{
    int y, m, d;
    if (!digits(p, 4, &y) || !pk_parse_char(p, '-') || !digits(p, 2, &m) ||
        !pk_parse_char(p, '-') || !digits(p, 2, &d)) {
        return PK_DATE_NONE;
    }
    if (y < 1600 || m < 1 || m > 12 || d < 1 || d > month_days(y, m)) {
        return PK_DATE_NONE;
    }
    return days_from_civil(y, m, d);
}

pk_date pk_date_parse(const char *text)
{
    if (text == NULL) {
        return PK_DATE_NONE;
    }
    pk_date day = read_day(&text);
    bool ends =
        *text == '\0' || *text == 'T' || *text == 'Z' || *text == '+' || *text == '-';
    return ends ? day : PK_DATE_NONE;
}

void pk_date_format(char out[PK_DATE_TEXT], pk_date day)
{
    int y, m, d;
    civil_from_days(day, &y, &m, &d);
    char text[40];
    snprintf(text, sizeof(text), "%04d-%02d-%02d", y, m, d);
    snprintf(out, PK_DATE_TEXT, "%.10s", text);
}

pk_date pk_date_add_months(pk_date day, int months)
{
    int y, m, d;
    civil_from_days(day, &y, &m, &d);
    int total = y * 12 + (m - 1) + months;
    y = total / 12;
    m = total % 12 + 1;
    int last = month_days(y, m);
    return days_from_civil(y, m, d < last ? d : last);
}

/* Last Sunday of a month at 01:00 UTC, when summer time begins and ends. */
static time_t last_sunday(int y, int m)
{
    int32_t last = days_from_civil(y, m, month_days(y, m));
    int weekday =
        (int)(((last % 7) + 11) % 7); /* 1970-01-01 was a Thursday; 0 = Sunday */
    return (time_t)(last - weekday) * 86400 + 3600;
}

static int offset_at(time_t utc)
{
    int y, m, d;
    civil_from_days((int32_t)(utc / 86400 - (utc % 86400 < 0)), &y, &m, &d);
    return utc >= last_sunday(y, 3) && utc < last_sunday(y, 10) ? 7200 : 3600;
}

pk_date pk_date_stockholm(time_t utc)
{
    time_t local = utc + offset_at(utc);
    return (pk_date)(local / 86400 - (local % 86400 < 0));
}

time_t pk_date_stockholm_start(pk_date day)
{
    time_t guess = (time_t)day * 86400;
    /* Clocks change at 01:00 UTC, never at a local midnight. */
    return guess - offset_at(guess - 3600);
}

void pk_time_format(char out[PK_TIME_TEXT], time_t utc)
{
    struct tm t;
    gmtime_r(&utc, &t);
    strftime(out, PK_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &t);
}

bool pk_time_parse(time_t *out, const char *text)
{
    int h, min, s;
    pk_date day = read_day(&text);
    if (day == PK_DATE_NONE || !pk_parse_char(&text, 'T') || !digits(&text, 2, &h) ||
        !pk_parse_char(&text, ':') || !digits(&text, 2, &min) ||
        !pk_parse_char(&text, ':') || !digits(&text, 2, &s) ||
        !pk_parse_char(&text, 'Z') || !pk_parse_end(text) || h > 23 || min > 59 ||
        s > 60) {
        return false;
    }
    *out = (time_t)day * 86400 + h * 3600 + min * 60 + s;
    return true;
}
