#include "import/deliver.h"

#include <unistd.h>

#include "base/hash.h"
#include "base/jsonread.h"
#include "import/mapping.h"

enum pk_status pk_deliver(struct pk_draft *const *draft, const struct pk_opts *opts,
                          const struct pk_delivery *what, struct pk_error *err)
{
    const char *name = what->name ? what->name : what->path;
    char digest[PK_SHA256_TEXT] = "";
    struct pk_error why = {0};
    struct pk_stream_in *stream;
    enum pk_status status;
    int fd;
    struct pk_child_job job = {.source = what->path,
                               .layer = what->layer,
                               .mapping = what->mapping,
                               .lang = what->lang,
                               .max_bytes = pk_opts_int(opts, "import.max_bytes"),
                               .max_mb = pk_opts_int(opts, "import.max_mb"),
                               .max_s = pk_opts_int(opts, "import.max_s"),
                               .require_landlock =
                                   pk_opts_bool(opts, "import.require_landlock"),
                               .progress = what->progress,
                               .context = what->context};

    if (pk_sha256_file(digest, what->path, NULL) != PK_OK) {
        digest[0] = '\0'; /* the child says why it cannot be read */
    }
    status = pk_child_run(&fd, &job, &why);
    if (status == PK_BUSY) {
        return pk_fail(err, PK_BUSY, "%s", why.text);
    }
    if (what->begin) {
        enum pk_status begun = what->begin(what->begin_context, err);
        if (begun != PK_OK) {
            if (status == PK_OK) {
                close(fd);
            }
            return begun;
        }
    }
    if (status != PK_OK) {
        pk_draft_unreadable(*draft, name, digest[0] ? digest : NULL, "P-READ", why.text,
                            "");
        return PK_OK;
    }
    stream = pk_stream_open(fd);
    status = pk_draft_source(*draft, stream, name, digest[0] ? digest : NULL, err);
    pk_stream_close(stream);
    close(fd);
    return status;
}

enum pk_status pk_deliver_catalogue(struct pk_catalogue **out, const struct pk_opts *opts,
                                    struct pk_error *err)
{
    const char *path = pk_opts_text(opts, "catalogue");

    *out = NULL;
    return path ? pk_catalogue_read(out, path, err) : PK_OK;
}

enum pk_status pk_deliver_mapping(const char *path, struct pk_error *err)
{
    json_t *document;
    enum pk_status status;

    if (path == NULL) {
        return PK_OK;
    }
    status = pk_json_parse_file(&document, path, PK_MAPPING_BYTES_MAX, err);
    if (status == PK_OK && pk_mapping_check(document, err) != PK_OK) {
        status = pk_error_context(err, PK_BAD_INPUT, "%s", path);
    }
    json_decref(document);
    return status;
}
