#include "import/cmd_diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "base/parse.h"
#include "base/text.h"
#include "import/report_text.h"
#include "layers/publish.h"

enum { TEXT_MAX_BYTES = 64 * 1024 * 1024, VALUE_SHOWN = 120 };

const struct pk_command_option pk_diff_options[] = {
    {"draft", "ID",      "this draft against what is published"},
    {"from",  "VERSION", "the earlier state; 0 = nothing"      },
    {"to",    "VERSION", "the later state"                     },
    {"layer", "ID",      "only this layer; plan = only plans"  },
    {"json",  NULL,      "all of it as JSON"                   },
    {NULL,    NULL,      NULL                                  },
};

struct printer {
    struct pk_buf out;
    enum pk_lang lang;
};

static const char *change_word(const struct printer *p, const json_t *thing)
{
    const char *change = pk_jget_string(thing, "change");

    return pk_msg_text(strcmp(change, "added") == 0     ? PK_MSG_DIFF_ADDED
                       : strcmp(change, "removed") == 0 ? PK_MSG_DIFF_REMOVED
                                                        : PK_MSG_DIFF_CHANGED,
                       p->lang);
}

/* A value as a line holds it: text bare, other things as JSON, long ones cut. */
static void value_text(char *out, size_t size, const struct printer *p,
                       const json_t *value)
{
    char *json;
    size_t n;

    if (!value || json_is_null(value)) {
        snprintf(out, size, "%s", pk_msg_text(PK_MSG_DIFF_ABSENT, p->lang));
        return;
    }
    json =
        json_is_string(value)
            ? strdup(json_string_value(value))
            : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(13));
    snprintf(out, size, "%s", json ? json : "");
    free(json);
    /* Not in the middle of a letter. */
    n = strlen(out);
    while (n > 0 && !pk_utf8_valid(out))
        out[--n] = '\0';
}

static void print_members(struct printer *p, const json_t *thing, const char *indent)
{
    const json_t *members = pk_jget_array(thing, "members");
    double shift = 0;
    char before[VALUE_SHOWN], after[VALUE_SHOWN], metres[32];

    for (size_t i = 0; i < json_array_size(members); i++) {
        const json_t *m = json_array_get(members, i);

        value_text(before, sizeof(before), p, json_object_get(m, "before"));
        value_text(after, sizeof(after), p, json_object_get(m, "after"));
        pk_buf_adds(&p->out, indent);
        pk_msg(&p->out, p->lang, PK_MSG_DIFF_MEMBER, "name", pk_jget_string(m, "name"),
               "before", before, "after", after, NULL);
        pk_buf_addc(&p->out, '\n');
    }
    if (!pk_jget_number(pk_jget_object(thing, "geometry"), "largest_shift_m", &shift))
        return;
    pk_text_fixed(metres, sizeof(metres), shift, 3);
    pk_buf_adds(&p->out, indent);
    pk_msg(&p->out, p->lang, PK_MSG_DIFF_MOVED, "m", metres, NULL);
    pk_buf_addc(&p->out, '\n');
}

static const char *name_of(const json_t *thing, const char *first, const char *second)
{
    const char *name = pk_jget_string(thing, first);

    if (!name)
        name = pk_jget_string(thing, second);
    return name ? name : pk_jget_string(thing, "id");
}

static bool is_changed(const json_t *thing)
{
    return strcmp(pk_jget_string(thing, "change"), "changed") == 0;
}

static void print_plan(struct printer *p, const json_t *plan)
{
    const json_t *regulations = pk_jget_array(plan, "regulations");

    pk_msg(&p->out, p->lang, PK_MSG_DIFF_PLAN, "name",
           name_of(plan, "beteckning", "namn"), "change", change_word(p, plan), NULL);
    pk_buf_addc(&p->out, '\n');
    if (!is_changed(plan))
        return;
    print_members(p, plan, "  ");
    for (size_t i = 0; i < json_array_size(regulations); i++) {
        const json_t *r = json_array_get(regulations, i);

        pk_buf_adds(&p->out, "  ");
        pk_msg(&p->out, p->lang, PK_MSG_DIFF_REGULATION, "name",
               name_of(r, "bestammelseformulering", "beteckning"), "change",
               change_word(p, r), NULL);
        pk_buf_addc(&p->out, '\n');
        if (is_changed(r))
            print_members(p, r, "    ");
    }
}

static void print_layer(struct printer *p, const json_t *layer)
{
    static const char *const counts[] = {"added", "changed", "removed"};
    char n[3][24];

    for (int i = 0; i < 3; i++) {
        long long v = 0;

        pk_jget_int(layer, counts[i], &v);
        snprintf(n[i], sizeof(n[i]), "%lld", v);
    }
    pk_msg(&p->out, p->lang, PK_MSG_DIFF_LAYER, "name", pk_jget_string(layer, "id"),
           "added", n[0], "changed", n[1], "removed", n[2], NULL);
    pk_buf_addc(&p->out, '\n');
}

static void print_text(const json_t *diff)
{
    const json_t *plans = pk_jget_array(diff, "plans");
    const json_t *layers = pk_jget_array(diff, "layers");
    struct printer p = {.lang = pk_report_lang()};

    pk_buf_init(&p.out, TEXT_MAX_BYTES);
    for (size_t i = 0; i < json_array_size(plans); i++)
        print_plan(&p, json_array_get(plans, i));
    for (size_t i = 0; i < json_array_size(layers); i++)
        print_layer(&p, json_array_get(layers, i));
    if (p.out.len == 0) {
        pk_msg(&p.out, p.lang, PK_MSG_CMD_DIFF_NOTHING, NULL);
        pk_buf_addc(&p.out, '\n');
    }
    fputs(p.out.data, stdout);
    pk_buf_finish(&p.out);
}

/* -1 when it was not given; false when it is no number. */
static bool number_of(int64_t *out, const struct pk_invocation *in, const char *name)
{
    const char *text = pk_given_value(in, name);
    uint64_t value;

    *out = -1;
    if (!text)
        return true;
    if (!pk_parse_u64(&text, INT64_MAX, &value) || !pk_parse_end(text))
        return false;
    *out = (int64_t)value;
    return true;
}

int pk_cmd_diff(struct pk_invocation *in)
{
    const char *path = pk_opts_text(in->opts, "db");
    struct pk_error err = {0};
    struct pk_db db;
    json_t *diff = NULL;
    int64_t draft, from, to;
    enum pk_status status;

    if (!number_of(&draft, in, "draft") || !number_of(&from, in, "from") ||
        !number_of(&to, in, "to"))
        return pk_command_fail(in, PK_EXIT_USAGE,
                               "--draft, --from and --to take whole numbers");
    if (!path || (draft > 0) == (from >= 0 && to >= 0))
        return pk_command_fail(
            in, PK_EXIT_USAGE,
            "--db FILE and --draft ID, or --from V --to V, are needed");
    pk_db_start();
    /* The rows to compare are gathered in a temporary table: no lock is taken. */
    if (pk_db_open(&db, path, PK_DB_WRITE, false, &err))
        return pk_command_error(in, &err);
    status = pk_diff(&diff, &db, draft > 0 ? draft : 0, from, to,
                     pk_given_value(in, "layer"), &err);
    pk_db_close(&db);
    if (status)
        return pk_command_error(in, &err);
    if (pk_given_flag(in, "json")) {
        json_dumpf(diff, stdout, JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(13));
        putchar('\n');
    } else {
        print_text(diff);
    }
    json_decref(diff);
    return PK_EXIT_OK;
}
