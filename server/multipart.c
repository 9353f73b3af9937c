#include "server/multipart.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

static const char media_type[] = "multipart/form-data";

bool pk_multipart_is(const char *content_type)
{
    size_t len = sizeof(media_type) - 1;
    return content_type != NULL && strncasecmp(content_type, media_type, len) == 0 &&
           (content_type[len] == ';' || content_type[len] == ' ');
}

/* The value of `name=` among the parameters behind the first ';', quoted or not, in the
 * arena. NULL when it is not there or the parameters are not plain. */
static const char *parameter(const char *header, const char *name, struct pk_arena *arena)
{
    const char *found = NULL;
    const char *p = strchr(header, ';');
    while (p != NULL && *p == ';') {
        p += 1 + strspn(p + 1, " ");
        size_t key = strcspn(p, "=; ");
        const char *start = p + key + 1;
        if (p[key] != '=') {
            return NULL;
        }
        bool quoted = *start == '"';
        start += quoted;
        size_t len = strcspn(start, quoted ? "\"" : "; ");
        if (quoted && start[len] != '"') {
            return NULL;
        }
        if (key == strlen(name) && strncasecmp(p, name, key) == 0) {
            if (found != NULL) {
                return NULL;
            }
            found = pk_arena_strndup(arena, start, len);
        }
        p = start + len + quoted;
        p += strspn(p, " ");
    }
    return p != NULL && *p != '\0' ? NULL : found;
}

static enum pk_status broken(struct pk_error *err, const char *what)
{
    return pk_fail(err, PK_BAD_INPUT, "the form is not whole: %s", what);
}

/* One header line of a part. */
static enum pk_status read_header(struct pk_part *part, const char *line,
                                  struct pk_arena *arena, struct pk_error *err)
{
    static const char wanted[] = "Content-Disposition:";
    if (strncasecmp(line, wanted, sizeof(wanted) - 1) != 0) {
        return PK_OK; /* Content-Type and others: files are known by their content */
    }
    const char *value = line + sizeof(wanted) - 1;
    value += strspn(value, " ");
    if (part->name != NULL || strncasecmp(value, "form-data;", 10) != 0) {
        return broken(err, "a part is not form-data");
    }
    part->name = parameter(value, "name", arena);
    part->file = parameter(value, "filename", arena);
    if (part->name == NULL || !pk_utf8_valid(part->name) ||
        (part->file != NULL && !pk_utf8_valid(part->file))) {
        return broken(err, "a part's name cannot be read");
    }
    return PK_OK;
}

/* Headers from *at up to the empty line; *at is moved behind it. */
static enum pk_status read_headers(struct pk_part *part, const char **at, const char *end,
                                   struct pk_arena *arena, struct pk_error *err)
{
    const char *first = *at;
    for (;;) {
        const char *eol = memmem(*at, (size_t)(end - *at), "\r\n", 2);
        if (eol == NULL || eol - first > PK_PART_HEADERS_MAX) {
            return broken(err, "the headers of a part have no end");
        }
        size_t len = (size_t)(eol - *at);
        if (memchr(*at, '\0', len) != NULL) {
            return broken(err, "a header of a part holds a zero byte");
        }
        const char *line = pk_arena_strndup(arena, *at, len);
        *at = eol + 2;
        if (len == 0) {
            return part->name != NULL ? PK_OK : broken(err, "a part has no name");
        }
        enum pk_status status = read_header(part, line, arena, err);
        if (status != PK_OK) {
            return status;
        }
    }
}

enum pk_status pk_multipart_read(struct pk_part out[PK_PARTS_MAX], uint32_t *count,
                                 const char *content_type, const char *body, size_t len,
                                 struct pk_arena *arena, struct pk_error *err)
{
    const char *boundary =
        pk_multipart_is(content_type) ? parameter(content_type, "boundary", arena) : NULL;
    *count = 0;
    if (boundary == NULL || boundary[0] == '\0' || strlen(boundary) > PK_BOUNDARY_MAX) {
        return broken(err, "its boundary is not told");
    }
    const char *mark = pk_arena_printf(arena, "\r\n--%s", boundary);
    size_t mark_len = strlen(mark);
    const char *at = body, *end = body + len;
    if (len < mark_len || memcmp(at, mark + 2, mark_len - 2) != 0) {
        return broken(err, "it does not begin with its boundary");
    }
    at += mark_len - 2;
    for (;;) {
        if (end - at >= 2 && memcmp(at, "--", 2) == 0) {
            return PK_OK;
        }
        if (end - at < 2 || memcmp(at, "\r\n", 2) != 0) {
            return broken(err, "it ends in the middle");
        }
        at += 2;
        if (*count == PK_PARTS_MAX) {
            return pk_fail(err, PK_LIMIT, "the form has more than %d parts",
                           PK_PARTS_MAX);
        }
        struct pk_part part = {0};
        enum pk_status status = read_headers(&part, &at, end, arena, err);
        if (status != PK_OK) {
            return status;
        }
        /* An empty part ends at once: its mark begins with the line end before. */
        const char *next = memmem(at - 2, (size_t)(end - at + 2), mark, mark_len);
        if (next == NULL) {
            return broken(err, "a part has no end");
        }
        part.bytes = at;
        part.len = next >= at ? (size_t)(next - at) : 0;
        out[(*count)++] = part;
        at = next + mark_len;
    }
}
