#include "server/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "layers/db.h"
#include "server/styleset.h"

static enum pk_status load_layer_styles(struct pk_session *s, struct pk_error *err)
{
    struct pk_store *store = s->worker.store;
    struct pk_layer_row *rows = NULL;
    uint32_t count = 0;
    int64_t version;
    enum pk_status status = store->ops->begin(store, &version, err);
    if (status != PK_OK) {
        return status;
    }
    status = store->ops->layers(store, version, &rows, &count, &s->worker.arena, err);
    store->ops->end(store);
    return status == PK_OK ? pk_styles_refresh(s->app.styles, rows, count, err) : status;
}

int pk_session_open(struct pk_session *s, struct pk_invocation *in, bool rendering)
{
    struct pk_error err = {0};
    memset(s, 0, sizeof(*s));
    s->rendering = rendering;
    const char *styles[16];
    uint32_t count = 0;
    const char *file;
    while (count < PK_COUNT(styles) && (file = pk_given_at(in, "style", count)) != NULL) {
        styles[count++] = file;
    }
    /* render and audit name a style; only files are read */
    bool named = in->command->run == pk_cmd_render || in->command->run == pk_cmd_audit;
    if (named && count > 0 && strstr(styles[count - 1], ".json") == NULL) {
        count = 0;
    }
    pk_db_start();
    enum pk_status status =
        pk_app_init(&s->app, in->opts, false, false, styles, count, &err);
    if (status != PK_OK) {
        return pk_command_fail(in, PK_EXIT_USAGE, "%s", err.text);
    }
    if (rendering) {
        status = pk_render_start(NULL, &err);
    }
    if (status == PK_OK) {
        status = pk_worker_open(&s->worker, &s->app, &err);
    }
    if (status == PK_OK && rendering) {
        status = load_layer_styles(s, &err);
    }
    /* Links of a command line answer are relative unless public_url is set. */
    if (pk_opts_text(in->opts, "public_url") == NULL) {
        s->worker.municipality.base_url = "";
    }
    if (status != PK_OK) {
        pk_session_close(s);
        return pk_command_error(in, &err);
    }
    return PK_EXIT_OK;
}

void pk_session_close(struct pk_session *s)
{
    if (s->worker.app != NULL) {
        pk_worker_close(&s->worker);
    }
    pk_app_finish(&s->app);
}

int pk_session_lang(struct pk_invocation *in)
{
    const char *lang = pk_given_value(in, "lang");
    if (lang == NULL) {
        return PK_SV;
    }
    if (pk_lang_of(lang) < 0) {
        pk_command_fail(in, PK_EXIT_USAGE, "--lang: \"%.20s\" is not sv or en", lang);
    }
    return pk_lang_of(lang);
}

int pk_session_print(struct pk_invocation *in, const struct pk_buf *out)
{
    if (out->failed) {
        return pk_command_fail(in, PK_EXIT_FAILED, "the answer is too large");
    }
    if (fwrite(out->data, 1, out->len, stdout) != out->len || fflush(stdout) != 0) {
        return pk_command_fail(in, PK_EXIT_FAILED, "standard output: %s",
                               strerror(errno));
    }
    return PK_EXIT_OK;
}

static bool beside(char *out, size_t size, const char *program)
{
    char self[4000];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (n <= 0) {
        return false;
    }
    self[n] = '\0';
    char *slash = strrchr(self, '/');
    *(slash != NULL ? slash : self) = '\0';
    snprintf(out, size, "%s/%s", self, program);
    return access(out, X_OK) == 0;
}

bool pk_work_path(char *out, size_t size)
{
    return beside(out, size, "plankarta-work");
}

int pk_work_exec(char **argv)
{
    /* Only the sample's files are written with GDAL. */
    const char *program =
        strcmp(argv[1], "sample") == 0 ? "plankarta-read" : "plankarta-work";
    char path[4096];
    if (!beside(path, sizeof(path), program)) {
        fprintf(stderr, "plankarta %s: %s is not beside this program\n", argv[1],
                program);
        return PK_EXIT_FAILED;
    }
    execv(path, argv);
    fprintf(stderr, "plankarta %s: %s: %s\n", argv[1], path, strerror(errno));
    return PK_EXIT_FAILED;
}
