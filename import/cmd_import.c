#include "import/cmd_import.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/jsonread.h"
#include "import/deliver.h"
#include "import/mapping.h"
#include "import/progress.h"
#include "import/report_text.h"
#include "layers/publish.h"
#include "layers/rules.h"

enum {
    PK_SOURCE_LIST_MAX = 64 * 1024, /* bytes of the version's `source` */
    PK_REPORT_TEXT_MAX = 64 << 20
};

/* Reading takes most of the time of small deliveries, publishing of large ones. */
#define PK_SHARE_OF_READING 0.6

const struct pk_command_option pk_import_options[] = {
    {"mapping", "FILE", "mapping document (JSON): source fields to ours"          },
    {"layer",   "NAME", "id of the layer that a geodata file becomes"             },
    {"by",      "NAME", "who delivers; the login when it is not told"             },
    {"draft",   NULL,   "leave the delivery as a draft; publish nothing"          },
    {"profile", "P",    "rules: ngp, aldre or lager; else as the source calls for"},
    {"json",    NULL,   "the report as JSON"                                      },
    {NULL,      NULL,   NULL                                                      },
};

struct work {
    struct pk_invocation *in;
    struct pk_db db;
    struct pk_draft *draft;
    struct pk_progress progress;
    enum pk_lang lang;
    const char *mapping, *layer, *profile;
    struct pk_catalogue *catalogue;
    json_t *report;
    bool held, refused;
    int64_t draft_id, version;
};

/* Who, for the version's row. */
static const char *who(const struct pk_invocation *in)
{
    const char *told = pk_given_value(in, "by");
    if (told != NULL && told[0] != '\0') {
        return told;
    }
    const struct passwd *user = getpwuid(getuid());

    return user != NULL && user->pw_name != NULL ? user->pw_name : "import";
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* When the first source has been read: others may publish until then. */
static enum pk_status begin(void *context, struct pk_error *err)
{
    struct work *w = context;
    struct pk_buf names, digests;
    char digest[PK_SHA256_TEXT];
    enum pk_status status;

    pk_buf_init(&names, PK_SOURCE_LIST_MAX);
    pk_buf_init(&digests, PK_SOURCE_LIST_MAX);
    for (uint32_t i = 0; i < w->in->operand_count; i++) {
        pk_buf_addf(&names, "%s%s", i ? ", " : "", base_name(w->in->operands[i]));
        if (pk_sha256_file(digest, w->in->operands[i], NULL) == PK_OK) {
            pk_buf_addf(&digests, "%s\"%s\"", digests.len ? ", " : "[", digest);
        }
    }
    bool one = w->in->operand_count == 1 && digests.len > 0;
    pk_buf_adds(&digests, digests.len ? "]" : "");
    struct pk_draft_origin origin = {
        .by = who(w->in),
        .source = names.data,
        .sha256 = one           ? digest
                  : digests.len ? digests.data
                                : NULL,
        .mapping = w->mapping ? base_name(w->mapping) : NULL,
        .default_accuracy_m = pk_opts_number(w->in->opts, "default_accuracy_m"),
        .lang = w->lang,
        .profile = w->profile,
        .catalogue = w->catalogue};
    status = pk_draft_begin(&w->draft, &w->db, &origin, err);
    pk_buf_finish(&names);
    pk_buf_finish(&digests);
    return status;
}

static enum pk_status take(struct work *w, const char *source, struct pk_error *err)
{
    struct pk_delivery what = {.path = source,
                               .layer = w->layer,
                               .mapping = w->mapping,
                               .lang = w->lang,
                               .progress = pk_progress_show,
                               .context = &w->progress,
                               .begin = w->draft == NULL ? begin : NULL,
                               .begin_context = w};

    return pk_deliver(&w->draft, w->in->opts, &what, err);
}

static void publish_progress(double done, const char *what)
{
    (void)done;
    (void)what;
}

static enum pk_status finish(struct work *w, struct pk_error *err)
{
    int64_t left = 0;
    enum pk_status status;

    status =
        pk_draft_finish(w->draft, &w->draft_id, &w->held, &w->refused, &w->report, err);
    if (status != PK_OK) {
        return status;
    }
    w->draft = NULL;
    if (w->draft_id == 0) {
        return PK_OK; /* nothing differs from what is published */
    }
    if (pk_given_flag(w->in, "draft")) {
        json_object_set_new(w->report, "draft", json_integer(w->draft_id));
        return PK_OK;
    }
    pk_progress_step(&w->progress, pk_msg_text(PK_MSG_IMPORT_PUBLISHING, w->lang),
                     PK_SHARE_OF_READING, 1 - PK_SHARE_OF_READING);
    status = pk_publish(&w->version, &left, &w->db, w->draft_id, publish_progress, err);
    if (status == PK_OK && w->version > 0) {
        json_object_set_new(w->report, "version", json_integer(w->version));
    }
    if (status == PK_OK && left > 0) {
        json_object_set_new(w->report, "draft", json_integer(left));
    }
    return status;
}

static void print(struct work *w)
{
    if (pk_given_flag(w->in, "json")) {
        json_dumpf(w->report, stdout, JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(13));
        putchar('\n');
        return;
    }
    struct pk_buf text;
    pk_buf_init(&text, PK_REPORT_TEXT_MAX);
    pk_report_text(&text, w->report, w->lang);
    fwrite(text.data, 1, text.len, stdout);
    pk_buf_finish(&text);
}

static enum pk_status run(struct work *w, struct pk_error *err)
{
    uint32_t n = w->in->operand_count;
    enum pk_status status = PK_OK;

    for (uint32_t i = 0; i < n && status == PK_OK; i++) {
        pk_progress_step(&w->progress, w->in->operands[i], PK_SHARE_OF_READING * i / n,
                         PK_SHARE_OF_READING / n);
        status = take(w, w->in->operands[i], err);
    }
    if (status == PK_OK) {
        status = finish(w, err);
    }
    pk_progress_end(&w->progress);
    return status;
}

int pk_cmd_import(struct pk_invocation *in)
{
    struct work w = {.in = in,
                     .lang = pk_report_lang(),
                     .mapping = pk_given_value(in, "mapping"),
                     .layer = pk_given_value(in, "layer"),
                     .profile = pk_given_value(in, "profile")};
    const char *path = pk_opts_text(in->opts, "db");
    struct pk_error err = {0};
    enum pk_status status;

    if (path == NULL) {
        return pk_command_fail(in, PK_EXIT_USAGE, "--db FILE is missing");
    }
    if (w.profile != NULL && pk_profile_of(w.profile) < 0) {
        return pk_command_fail(in, PK_EXIT_USAGE,
                               "--profile %s: is not ngp, aldre or lager", w.profile);
    }
    if (pk_deliver_mapping(w.mapping, &err) != PK_OK ||
        pk_deliver_catalogue(&w.catalogue, in->opts, &err) != PK_OK) {
        return pk_command_error(in, &err);
    }
    pk_db_start();
    if (pk_db_open(&w.db, path, PK_DB_CREATE, true, &err) != PK_OK) {
        pk_catalogue_free(w.catalogue);
        return pk_command_error(in, &err);
    }
    pk_progress_init(&w.progress);
    status = run(&w, &err);
    if (status != PK_OK) {
        pk_draft_abandon(w.draft);
    } else {
        print(&w);
    }
    json_decref(w.report);
    pk_db_close(&w.db);
    pk_catalogue_free(w.catalogue);
    if (status != PK_OK) {
        return status == PK_BUSY ? pk_command_fail(in, PK_EXIT_SIGNAL, "%s", err.text)
                                 : pk_command_error(in, &err);
    }
    return w.held || w.refused ? PK_EXIT_FAILED : PK_EXIT_OK;
}
