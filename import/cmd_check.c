#include "import/cmd_check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/jsonread.h"
#include "import/check_report.h"
#include "import/deliver.h"
#include "import/progress.h"
#include "import/report_text.h"
#include "layers/rules.h"

enum { PK_REPORT_TEXT_MAX = 64 << 20, PK_FOLDER_MAX = 4000 };

const struct pk_command_option pk_check_options[] = {
    {"profile", "P",    "rules: ngp, aldre or lager; else as the source calls for"},
    {"mapping", "FILE", "mapping document (JSON): source fields to ours"          },
    {"layer",   "NAME", "id of the layer that a geodata file becomes"             },
    {"json",    NULL,   "the report as JSON, also in Lantmäteriet's shape"       },
    {"geojson", NULL,   "the faults as GeoJSON, in longitude and latitude"        },
    {NULL,      NULL,   NULL                                                      },
};

/* A file of its own, in a folder that goes when the work is done. */
struct scratch {
    char folder[PK_FOLDER_MAX], path[PK_FOLDER_MAX + 16];
    struct pk_db db;
    bool open;
};

static enum pk_status scratch_open(struct scratch *s, struct pk_error *err)
{
    const char *temp = getenv("TMPDIR");
    enum pk_status status;

    snprintf(s->folder, sizeof(s->folder), "%s/plankarta-check-XXXXXX",
             temp != NULL && temp[0] == '/' ? temp : "/tmp");
    if (mkdtemp(s->folder) == NULL) {
        status = pk_fail(err, PK_IO, "%s: %s", s->folder, strerror(errno));
        s->folder[0] = '\0';
        return status;
    }
    snprintf(s->path, sizeof(s->path), "%s/check.db", s->folder);
    pk_db_start();
    status = pk_db_open(&s->db, s->path, PK_DB_CREATE, true, err);
    s->open = status == PK_OK;
    return status;
}

static void scratch_close(struct scratch *s)
{
    static const char *const tails[] = {"", "-wal", "-shm", "-journal", ".lock"};
    char name[PK_FOLDER_MAX + 32];

    if (s->open) {
        pk_db_close(&s->db);
    }
    for (size_t i = 0; s->folder[0] != '\0' && i < PK_COUNT(tails); i++) {
        snprintf(name, sizeof(name), "%s%s", s->path, tails[i]);
        unlink(name);
    }
    if (s->folder[0] != '\0') {
        rmdir(s->folder);
    }
}

static enum pk_status check_all(json_t **report, struct scratch *s,
                                struct pk_invocation *in,
                                const struct pk_catalogue *catalogue,
                                struct pk_error *err)
{
    struct pk_draft_origin origin = {.by = "check",
                                     .source = "check",
                                     .default_accuracy_m =
                                         pk_opts_number(in->opts, "default_accuracy_m"),
                                     .lang = pk_report_lang(),
                                     .profile = pk_given_value(in, "profile"),
                                     .catalogue = catalogue};
    struct pk_progress progress;
    struct pk_draft *draft = NULL;
    int64_t id;
    bool held, refused;
    enum pk_status status = pk_draft_begin(&draft, &s->db, &origin, err);

    pk_progress_init(&progress);
    for (uint32_t i = 0; i < in->operand_count && status == PK_OK; i++) {
        struct pk_delivery what = {.path = in->operands[i],
                                   .layer = pk_given_value(in, "layer"),
                                   .mapping = pk_given_value(in, "mapping"),
                                   .lang = origin.lang,
                                   .progress = pk_progress_show,
                                   .context = &progress};
        double share = 1.0 / in->operand_count;
        pk_progress_step(&progress, in->operands[i], share * i, share);
        status = pk_deliver(&draft, in->opts, &what, err);
    }
    if (status == PK_OK) {
        status = pk_draft_finish(draft, &id, &held, &refused, report, err);
    }
    pk_progress_end(&progress);
    if (status != PK_OK) {
        pk_draft_abandon(draft);
        return status;
    }
    /* The draft goes with the file: nobody can publish it. */
    return json_object_set_new(*report, "draft", json_null()) == 0 ? PK_OK : PK_BAD_DATA;
}

static void print_json(const json_t *document)
{
    json_dumpf(document, stdout, JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(13));
    putchar('\n');
}

static void print_text(const json_t *report, struct pk_check_count count)
{
    char errors[24], warnings[24], notes[24];
    enum pk_lang lang = pk_report_lang();
    struct pk_buf text;

    snprintf(errors, sizeof(errors), "%lld", (long long)count.errors);
    snprintf(warnings, sizeof(warnings), "%lld", (long long)count.warnings);
    snprintf(notes, sizeof(notes), "%lld", (long long)count.notes);
    pk_buf_init(&text, PK_REPORT_TEXT_MAX);
    pk_report_sources(&text, report, lang);
    pk_msg(&text, lang, PK_MSG_CHECK_SUMMARY, "errors", errors, "warnings", warnings,
           "notes", notes, NULL);
    pk_buf_addc(&text, '\n');
    fwrite(text.data, 1, text.len, stdout);
    pk_buf_finish(&text);
}

static void print(json_t *report, struct pk_invocation *in, double seconds)
{
    const struct pk_check_about about = {.name = in->operands[0],
                                         .when = time(NULL),
                                         .seconds = seconds,
                                         .lang = pk_report_lang(),
                                         .public_url =
                                             pk_opts_text(in->opts, "public_url")};

    if (pk_given_flag(in, "geojson")) {
        json_t *faults = pk_check_geojson(report);
        print_json(faults);
        json_decref(faults);
    } else if (pk_given_flag(in, "json")) {
        pk_check_testcases(report, &about);
        print_json(report);
    } else {
        print_text(report, pk_check_count(report));
    }
}

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int pk_cmd_check(struct pk_invocation *in)
{
    const char *profile = pk_given_value(in, "profile");
    struct pk_catalogue *catalogue = NULL;
    struct pk_error err = {0};
    struct scratch s = {.folder = ""};
    json_t *report = NULL;
    double begun = now_s();
    enum pk_status status;
    int code = PK_EXIT_OK;

    if (profile != NULL && pk_profile_of(profile) < 0) {
        return pk_command_fail(in, PK_EXIT_USAGE,
                               "--profile %s: is not ngp, aldre or lager", profile);
    }
    status = pk_deliver_mapping(pk_given_value(in, "mapping"), &err);
    if (status == PK_OK) {
        status = pk_deliver_catalogue(&catalogue, in->opts, &err);
    }
    if (status == PK_OK) {
        status = scratch_open(&s, &err);
    }
    if (status == PK_OK) {
        status = check_all(&report, &s, in, catalogue, &err);
    }
    if (status == PK_OK) {
        print(report, in, now_s() - begun);
        code = pk_check_count(report).errors > 0 ? PK_EXIT_FAILED : PK_EXIT_OK;
    }
    json_decref(report);
    scratch_close(&s);
    pk_catalogue_free(catalogue);
    if (status == PK_BUSY) {
        return pk_command_fail(in, PK_EXIT_SIGNAL, "%s", err.text);
    }
    return status == PK_OK ? code : pk_command_error(in, &err);
}
