/* make_data.c - a small database for the HTTP tests: make_data FILE [WORDING]
 * publishes plans in a row of twenty, property units and a strandskydd layer; called
 * again with another wording it changes one plan's regulation. */
#include "unit/publish_fixture.h"

enum { PLANS = 20 };

static struct {
    const char *path, *wording;
} arguments;

static void add_plans(struct delivery *d)
{
    for (int i = 0; i < PLANS; i++) {
        char name[16];
        snprintf(name, sizeof(name), "P%d", i + 1);
        put_plan(d, name, i == 19 ? "samråd" : "laga kraft",
                 i == 19 ? NULL : "2019-03-04", NULL,
                 i == 0 ? arguments.wording : "Bostäder", 600000 + 300.0 * i, 6900000,
                 200, 100);
    }
}

static void add_properties(struct delivery *d)
{
    put(d, PK_REC_LAYER,
        "{\"id\": \"property_unit\", \"role\": \"property_unit\", \"settings\": "
        "{\"title\": {\"sv\": \"Fastigheter\", \"en\": \"Property units\"}, \"role\": "
        "\"property_unit\"}}");
    for (int i = 0; i < PLANS; i++) {
        char json[256];
        snprintf(json, sizeof(json),
                 "{\"layer\": \"property_unit\", \"key\": \"f%d\", \"title\": \"SANDVIK "
                 "LILLÅKER 1:%d\", \"crs\": 3006, \"part\": 1, \"attributes\": {}}",
                 i + 1, i + 1);
        put_area(d, PK_REC_FEATURE, json, 600000 + 300.0 * i, 6900000, 100, 100);
    }
}

static void make(void **state)
{
    (void)state;
    struct pk_db db;
    struct pk_error err = {0};
    struct outcome outcome = {0};
    struct delivery d;
    pk_db_start();
    if (pk_db_open(&db, arguments.path, PK_DB_CREATE, true, &err) != PK_OK) {
        fail_msg("%s", err.text);
    }
    struct pk_draft *draft = begin(&db);
    deliver(&d);
    add_plans(&d);
    take(&d, draft, "plans.json", true);
    deliver(&d);
    add_properties(&d);
    take(&d, draft, "properties.json", true);
    finish(&outcome, &db, draft, true);
    if (outcome.refused || outcome.held) {
        char *report = json_dumps(outcome.report, JSON_INDENT(1));
        fail_msg("%s", report);
    }
    printf("version %lld\n", (long long)outcome.version);
    json_decref(outcome.report);
    pk_db_close(&db);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(make)};
    if (argc < 2) {
        return 2;
    }
    arguments.path = argv[1];
    arguments.wording = argc > 2 ? argv[2] : "Skola";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
