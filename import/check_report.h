/*
 * check_report.h - what `check` says beside the import report: the shape of
 * Lantmäteriet's validation, and the faults as GeoJSON.
 */
#ifndef PK_IMPORT_CHECK_REPORT_H
#define PK_IMPORT_CHECK_REPORT_H

#include <jansson.h>
#include <stdint.h>
#include <time.h>

#include "base/error.h"
#include "base/msg.h"

struct pk_check_count {
    int64_t errors, warnings, notes;
};
struct pk_check_count pk_check_count(const json_t *report);

/* What the report is of. */
struct pk_check_about {
    const char *name;
    time_t when;
    double seconds;
    enum pk_lang lang;
    const char *public_url; /* links to the map; NULL = none */
};

/* Adds {name, timestamp, tests, failures, warnings, errors, skipped, time, testcase:
 * [{id, label, status, message: []}]} to the import report; status is OK, WARNING or
 * FAILURE. `errors` counts files that could not be read. */
void pk_check_testcases(json_t *report, const struct pk_check_about *about);

/* A FeatureCollection (RFC 7946, longitude and latitude): one feature per finding with
 * the geometry of the fault, else its point, else none; properties are the finding's
 * members. New reference. */
json_t *pk_check_geojson(const json_t *report);

#endif
