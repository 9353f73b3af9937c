#include "import/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/jsonread.h"
#include "base/text.h"

static const char *const severities[] = {"note", "warning", "error"};

void pk_source_init(struct pk_source *src, struct pk_stream_out *out, enum pk_lang lang)
{
    memset(src, 0, sizeof(*src));
    src->out = out;
    src->lang = lang;
    src->progress_fd = -1;
    src->progress_last = -1;
    src->crs = pk_crs_create();
}

void pk_source_finish(struct pk_source *src)
{
    pk_crs_destroy(src->crs);
    pk_arena_finish(&src->arena);
    pk_arena_finish(&src->keep);
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text == NULL) {
        return;
    }
    json_t *value = json_string(text);
    /* Names come from anywhere: what is no UTF-8 is read as cp1252. */
    if (value == NULL) {
        struct pk_arena arena = {0};
        value = json_string(pk_text_from_cp1252(&arena, text, strlen(text)));
        pk_arena_finish(&arena);
    }
    json_object_set_new(object, key, value);
}

void pk_source_begin(struct pk_source *src, const char *recognised_as,
                     const char *encoding, const char *mapping)
{
    if (src->begun) {
        return;
    }
    src->begun = true;
    json_t *object = json_object();
    set_text(object, "recognised_as", recognised_as);
    set_text(object, "title", src->name);
    set_text(object, "encoding", encoding);
    set_text(object, "mapping", mapping);
    set_text(object, "profile", pk_jget_string(src->mapping, "profile"));
    pk_stream_put(src->out, PK_REC_SOURCE, object, NULL);
}

static void put_finding(struct pk_source *src, const struct pk_finding *f)
{
    json_t *object = json_object();

    set_text(object, "rule", f->rule);
    set_text(object, "severity", severities[f->severity]);
    set_text(object, "object", f->object ? f->object : "");
    set_text(object, "text", f->text);
    set_text(object, "fix", f->fix ? f->fix : "");
    set_text(object, "place", f->place ? f->place : "");
    set_text(object, "stops", f->stops);
    set_text(object, "plan", f->plan);
    if (f->has_point) {
        json_object_set_new(object, "point", json_pack("[ff]", f->x, f->y));
        json_object_set_new(object, "crs", json_integer(f->crs));
    }
    pk_stream_put(src->out, PK_REC_FINDING, object, NULL);
}

void pk_source_finding(struct pk_source *src, const char *kind,
                       const struct pk_finding *finding)
{
    size_t i = 0;

    while (i < src->rule_count && (strcmp(src->rules[i].rule, finding->rule) != 0 ||
                                   strcmp(src->rules[i].kind, kind) != 0)) {
        i++;
    }
    if (i == PK_FINDING_RULES) {
        i--; /* one bag for all the rest */
    } else if (i == src->rule_count) {
        src->rule_count++;
        snprintf(src->rules[i].rule, sizeof(src->rules[i].rule), "%s", finding->rule);
        snprintf(src->rules[i].kind, sizeof(src->rules[i].kind), "%s", kind);
    }
    if (++src->rules[i].count <= PK_FINDINGS_SHOWN) {
        put_finding(src, finding);
    }
}

const char *pk_source_text(struct pk_source *src, enum pk_msg_id id, ...)
{
    const char *template = pk_msg_text(id, src->lang);
    struct pk_buf buf;
    va_list pairs, again;

    pk_buf_init(&buf, 8192);
    va_start(pairs, id);
    while (*template != '\0') {
        const char *close = *template == '{' ? strchr(template, '}') : NULL;
        const char *name, *value = NULL;
        if (close == NULL) {
            pk_buf_addc(&buf, *template ++);
            continue;
        }
        va_copy(again, pairs);
        while ((name = va_arg(again, const char *)) != NULL) {
            const char *candidate = va_arg(again, const char *);
            if (strlen(name) == (size_t)(close - template - 1) &&
                memcmp(name, template + 1, strlen(name)) == 0) {
                value = candidate;
            }
        }
        va_end(again);
        pk_buf_adds(&buf, value ? value : "");
        template = close + 1;
    }
    va_end(pairs);
    const char *text = pk_arena_strdup(&src->arena, buf.data);
    pk_buf_finish(&buf);
    return text;
}

void pk_source_count(struct pk_source *src, const char *kind, unsigned read,
                     unsigned merged, unsigned refused)
{
    size_t i = 0;

    while (i < src->kind_count && strcmp(src->kinds[i].kind, kind) != 0) {
        i++;
    }
    if (i == PK_KINDS_MAX) {
        i--;
    } else if (i == src->kind_count) {
        src->kind_count++;
        snprintf(src->kinds[i].kind, sizeof(src->kinds[i].kind), "%s", kind);
    }
    src->kinds[i].read += read;
    src->kinds[i].merged += merged;
    src->kinds[i].refused += refused;
}

static void put_rest(struct pk_source *src)
{
    for (size_t i = 0; i < src->rule_count; i++) {
        if (src->rules[i].count <= PK_FINDINGS_SHOWN) {
            continue;
        }
        char number[32];
        snprintf(number, sizeof(number), "%llu",
                 (unsigned long long)(src->rules[i].count - PK_FINDINGS_SHOWN));
        put_finding(src,
                    &(struct pk_finding){.rule = src->rules[i].rule,
                                         .severity = PK_NOTE,
                                         .object = src->rules[i].kind,
                                         .text = pk_source_text(src, PK_MSG_IMPORT_MORE,
                                                                "number", number, NULL)});
    }
}

void pk_source_end(struct pk_source *src)
{
    put_rest(src);
    for (size_t i = 0; i < src->kind_count; i++) {
        const struct pk_kind_count *k = &src->kinds[i];
        pk_stream_put(src->out, PK_REC_COUNT,
                      json_pack("{sssIsIsI}", "kind", k->kind, "read",
                                (json_int_t)k->read, "merged", (json_int_t)k->merged,
                                "refused", (json_int_t)k->refused),
                      NULL);
    }
    pk_stream_put(src->out, PK_REC_END, json_object(), NULL);
}

static bool point_in_reach(struct pk_source *src, double x, double y, int epsg)
{
    double xy[2] = {x, y};

    return pk_crs_transform(src->crs, epsg, 3006, xy, 1, NULL) == PK_OK &&
           pk_crs_in_reach(xy[0], xy[1]);
}

bool pk_source_in_reach(struct pk_source *src, const struct pk_geom *g, int epsg,
                        bool *swapped)
{
    struct pk_box box = pk_geom_box(g);
    double corners[4][2] = {
        {box.min_x, box.min_y},
        {box.max_x, box.max_y},
        {box.min_x, box.max_y},
        {box.max_x, box.min_y}
    };

    *swapped = false;
    if (pk_box_is_empty(box)) {
        return true;
    }
    for (int i = 0; i < 4; i++) {
        if (!point_in_reach(src, corners[i][0], corners[i][1], epsg)) {
            *swapped = point_in_reach(src, corners[i][1], corners[i][0], epsg);
            return false;
        }
    }
    return true;
}

void pk_source_progress(struct pk_source *src, double done)
{
    int percent = done <= 0 ? 0 : done >= 1 ? 100 : (int)(done * 100);

    if (src->progress_fd >= 0 && percent > src->progress_last) {
        unsigned char byte = (unsigned char)percent;
        src->progress_last = percent;
        /* Nobody may be listening; reading goes on all the same. */
        if (write(src->progress_fd, &byte, 1) != 1) {
            src->progress_fd = -1;
        }
    }
}

enum pk_status pk_source_slurp(char **out, size_t *len, const char *path, size_t max,
                               struct pk_error *err)
{
    enum pk_status status = PK_OK;
    struct stat st;
    size_t got = 0;
    char *data = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    *out = NULL;
    *len = 0;
    if (fd < 0 || fstat(fd, &st) != 0) {
        status = pk_fail(err, PK_IO, "cannot open the file: %s", strerror(errno));
        goto done;
    }
    if (!S_ISREG(st.st_mode)) {
        status = pk_fail(err, PK_BAD_INPUT, "not a plain file");
        goto done;
    }
    if ((uint64_t)st.st_size > max) {
        status = pk_fail(err, PK_LIMIT, "%lld bytes are more than the %zu that are read",
                         (long long)st.st_size, max);
        goto done;
    }
    data = pk_xmalloc((size_t)st.st_size + 1);
    while (got < (size_t)st.st_size) {
        ssize_t n = read(fd, data + got, (size_t)st.st_size - got);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            status = pk_fail(err, PK_IO, "cannot read the file: %s", strerror(errno));
            goto done;
        }
        got += (size_t)n;
    }
    data[got] = '\0';
    *out = data;
    *len = got;
    data = NULL;
done:
    free(data);
    if (fd >= 0) {
        close(fd);
    }
    return status;
}
