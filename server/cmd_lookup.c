#include <string.h>

#include "base/json.h"
#include "base/parse.h"
#include "server/cmd.h"
#include "server/extent.h"
#include "server/request.h"

enum { LOOKUP_MAX = 32 << 20 };

const struct pk_command_option pk_options_lookup[] = {
    {"address",  "ADDRESS",     "what applies at an address"             },
    {"crs",      "EPSG:N",      "reference system of --point (3006)"     },
    {"datetime", "DAY",         "the legal day asked for (today)"        },
    {"extent",   NULL,          "where the data lie: a box in EPSG:3006" },
    {"json",     NULL,          "the same JSON as /lookup gives"         },
    {"lang",     "sv|en",       "language of the answer"                 },
    {"point",    "X,Y",         "what applies at a point, easting first" },
    {"property", "DESIGNATION", "what applies on a property"             },
    {"version",  "N",           "the data version asked for (the newest)"},
    {NULL,       NULL,          NULL                                     },
};

static int print_extent(struct pk_invocation *in, struct pk_session *s)
{
    struct pk_error err = {0};
    struct pk_box box;
    if (pk_extent(&box, s->worker.store, &err) != PK_OK) {
        return pk_command_error(in, &err);
    }
    struct pk_buf out;
    struct pk_json j;
    pk_buf_init(&out, 4096);
    pk_json_init(&j, &out);
    pk_json_object(&j);
    pk_json_key(&j, "extent");
    if (pk_box_is_empty(box)) {
        pk_json_null(&j);
    } else {
        pk_json_array(&j);
        pk_json_fixed(&j, box.min_x, 3);
        pk_json_fixed(&j, box.min_y, 3);
        pk_json_fixed(&j, box.max_x, 3);
        pk_json_fixed(&j, box.max_y, 3);
        pk_json_end(&j);
    }
    pk_json_end(&j);
    pk_buf_addc(&out, '\n');
    int code = pk_session_print(in, &out);
    pk_buf_finish(&out);
    return code;
}

/* The question from the options; an exit code when they make none. */
static int read_question(struct pk_invocation *in, struct pk_question *q)
{
    const char *point = pk_given_value(in, "point"), *crs = pk_given_value(in, "crs");
    const char *property = pk_given_value(in, "property");
    const char *address = pk_given_value(in, "address");
    const char *version = pk_given_value(in, "version");
    const char *day = pk_given_value(in, "datetime");
    double xy[2];
    int lang = pk_session_lang(in);
    if (lang < 0) {
        return PK_EXIT_USAGE;
    }
    memset(q, 0, sizeof(*q));
    q->lang = (enum pk_lang)lang;
    q->now = time(NULL);
    q->crs = crs != NULL ? pk_crs_of_name(crs) : 3006;
    q->state.day = PK_DATE_NONE;
    if ((point != NULL) + (property != NULL) + (address != NULL) != 1) {
        return pk_command_fail(in, PK_EXIT_USAGE,
                               "one of --point, --property and --address is needed");
    }
    if (!pk_crs_known(q->crs)) {
        return pk_command_fail(in, PK_EXIT_USAGE,
                               "--crs: \"%.40s\" is no reference system we know", crs);
    }
    if (day != NULL && (q->state.day = pk_date_parse(day)) == PK_DATE_NONE) {
        return pk_command_fail(in, PK_EXIT_USAGE, "--datetime: \"%.40s\" is not a day",
                               day);
    }
    uint64_t number = 0;
    const char *cursor = version;
    if (version != NULL && (!pk_parse_u64(&cursor, INT64_MAX / 4, &number) ||
                            !pk_parse_end(cursor) || number == 0)) {
        return pk_command_fail(in, PK_EXIT_USAGE, "--version: \"%.40s\" is no version",
                               version);
    }
    q->state.version = (int64_t)number;
    q->version_given = version != NULL;
    q->day_given = day != NULL;
    if (point != NULL && !pk_request_numbers(point, xy, 2)) {
        return pk_command_fail(in, PK_EXIT_USAGE, "--point: \"%.60s\" is not X,Y", point);
    }
    q->kind = point != NULL      ? PK_ASK_POINT
              : property != NULL ? PK_ASK_PROPERTY
                                 : PK_ASK_ADDRESS;
    q->x = point != NULL ? xy[0] : 0;
    q->y = point != NULL ? xy[1] : 0;
    q->text = property != NULL ? property : address;
    return PK_EXIT_OK;
}

int pk_cmd_lookup(struct pk_invocation *in)
{
    struct pk_session s;
    struct pk_question question;
    struct pk_answer *answer = NULL;
    struct pk_error err = {0};
    const char *suggestions = NULL;
    bool extent = pk_given_flag(in, "extent");
    int code = extent ? PK_EXIT_OK : read_question(in, &question);
    if (code == PK_EXIT_OK) {
        code = pk_session_open(&s, in, false);
    }
    if (code != PK_EXIT_OK) {
        return code;
    }
    if (extent) {
        code = print_extent(in, &s);
    } else if (pk_lookup(&answer, s.worker.store, &question, &s.worker.municipality,
                         &suggestions, &s.worker.arena, &err) != PK_OK) {
        code = pk_command_error(in, &err);
    } else {
        struct pk_buf out;
        pk_buf_init(&out, LOOKUP_MAX);
        if (pk_given_flag(in, "json")) {
            pk_answer_json(&out, answer);
        } else {
            pk_answer_text(&out, answer);
        }
        code = pk_session_print(in, &out);
        pk_buf_finish(&out);
    }
    pk_session_close(&s);
    return code;
}
