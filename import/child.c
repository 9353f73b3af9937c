/* child.c - the child's side: sandbox first, then recognise and read. */
#include "import/child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/jsonread.h"
#include "base/parse.h"
#include "import/mapping.h"
#include "import/read.h"
#include "import/sandbox.h"

struct arguments {
    const char *dir, *file, *name, *layer, *mapping;
    enum pk_lang lang;
    struct pk_sandbox box;
};

static bool read_arguments(struct arguments *a, int argc, char **argv)
{
    uint64_t mb, s;
    const char *p;
    int lang;

    if (argc != 11) {
        return false;
    }
    lang = pk_lang_of(argv[5]);
    *a = (struct arguments){.dir = argv[2],
                            .file = argv[3],
                            .name = argv[4],
                            .lang = lang < 0 ? PK_SV : (enum pk_lang)lang,
                            .layer = argv[6][0] ? argv[6] : NULL,
                            .mapping = argv[7][0] ? argv[7] : NULL};
    p = argv[8];
    if (!pk_parse_u64(&p, 1000000, &mb) || !pk_parse_end(p)) {
        return false;
    }
    p = argv[9];
    if (!pk_parse_u64(&p, 86400, &s) || !pk_parse_end(p)) {
        return false;
    }
    a->box = (struct pk_sandbox){.dir = a->dir,
                                 .max_mb = (int64_t)mb,
                                 .max_s = (int64_t)s,
                                 .require_landlock = strcmp(argv[10], "yes") == 0};
    return true;
}

static int say(int code, const struct pk_error *err)
{
    fprintf(stderr, "%s\n", err->text);
    return code;
}

static enum pk_status read_all(const struct arguments *a, struct pk_source *src,
                               struct pk_error *err)
{
    enum pk_status status = PK_OK;

    if (a->mapping != NULL) {
        status = pk_json_parse_file(&src->mapping, a->mapping, PK_MAPPING_BYTES_MAX, err);
        if (status == PK_OK) {
            status = pk_mapping_check(src->mapping, err);
        }
        if (status != PK_OK) {
            return status;
        }
    }
    src->name = a->name;
    src->path = a->file;
    src->layer = a->layer;
    src->progress_fd = PK_CHILD_PROGRESS_FD;
    status = pk_read_source(src, err);
    if (status == PK_OK) {
        pk_source_end(src);
    }
    return status;
}

int pk_child_main(int argc, char **argv)
{
    struct pk_stream_out out;
    struct pk_source src;
    struct arguments a;
    struct pk_error err = {0};
    enum pk_status status;

    if (!read_arguments(&a, argc, argv)) {
        return PK_CHILD_NO_SANDBOX;
    }
    /* Relative names from here: no path of ours is ever read as a connection. */
    if (chdir(a.dir) != 0) {
        pk_fail(&err, PK_IO, "cannot enter the private folder");
        return say(PK_CHILD_NO_SANDBOX, &err);
    }
    setenv("CPL_TMPDIR", a.dir, 1);
    setenv("TMPDIR", a.dir, 1);
    if (pk_sandbox_enter(&a.box, &err) != PK_OK) {
        return say(PK_CHILD_NO_SANDBOX, &err);
    }
    alarm((unsigned)a.box.max_s);
    pk_stream_out_init(&out, STDOUT_FILENO);
    pk_source_init(&src, &out, a.lang);
    status = read_all(&a, &src, &err);
    json_decref(src.mapping);
    pk_source_finish(&src);
    if (status == PK_OK) {
        status = pk_stream_out_finish(&out, &err);
    }
    return status == PK_OK ? 0 : say(PK_CHILD_UNREADABLE, &err);
}
