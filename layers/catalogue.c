#include "layers/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/jsonread.h"

struct pk_catalogue {
    json_t *document;
    struct pk_catalogue_entry *entries; /* by id */
    size_t count;
};

static int by_id(const void *a, const void *b)
{
    return pk_id_compare(((const struct pk_catalogue_entry *)a)->id,
                         ((const struct pk_catalogue_entry *)b)->id);
}

static const char *text(const json_t *object, const char *key)
{
    const char *value = pk_jget_string(object, key);

    return value && value[0] ? value : NULL;
}

static bool read_entry(struct pk_catalogue_entry *out, const json_t *object)
{
    const char *from = text(object, "borjargalla"), *to = text(object, "slutargalla");
    const char *id = text(object, "id");

    *out = (struct pk_catalogue_entry){.code = text(object, "bestammelsekod"),
                                       .type = text(object, "bestammelsetyp"),
                                       .form = text(object, "anvandningsform"),
                                       .wording = text(object, "bestammelseformulering"),
                                       .geometry = text(object, "geometrityp"),
                                       .symbol = text(object, "symbolid"),
                                       .from = from ? pk_date_parse(from) : PK_DATE_NONE,
                                       .to = to ? pk_date_parse(to) : PK_DATE_NONE};
    return id && pk_id_parse(&out->id, id);
}

enum pk_status pk_catalogue_of(struct pk_catalogue **out, json_t *document,
                               struct pk_error *err)
{
    const json_t *list =
        json_is_array(document) ? document : pk_jget_array(document, "bestammelser");
    size_t n = json_array_size(list);
    struct pk_catalogue *c;

    *out = NULL;
    if (n == 0)
        return pk_fail(err, PK_BAD_INPUT,
                       "no catalogue: a list of provisions is expected, or an object "
                       "with the list in \"bestammelser\"");
    if (n > PK_CATALOGUE_ENTRIES_MAX)
        return pk_fail(err, PK_LIMIT, "%zu provisions are more than %d", n,
                       PK_CATALOGUE_ENTRIES_MAX);
    c = pk_xcalloc(1, sizeof(*c));
    c->document = json_incref(document);
    c->entries = pk_xcalloc(n, sizeof(*c->entries));
    for (size_t i = 0; i < n; i++)
        c->count += read_entry(&c->entries[c->count], json_array_get(list, i));
    qsort(c->entries, c->count, sizeof(*c->entries), by_id);
    *out = c;
    return PK_OK;
}

enum pk_status pk_catalogue_read(struct pk_catalogue **out, const char *path,
                                 struct pk_error *err)
{
    json_t *document = NULL;
    enum pk_status status =
        pk_json_parse_file(&document, path, PK_CATALOGUE_BYTES_MAX, err);

    *out = NULL;
    if (!status) {
        status = pk_catalogue_of(out, document, err);
        if (status)
            status = pk_error_context(err, status, "%s", path);
    }
    json_decref(document);
    return status;
}

void pk_catalogue_free(struct pk_catalogue *catalogue)
{
    if (!catalogue)
        return;
    json_decref(catalogue->document);
    free(catalogue->entries);
    free(catalogue);
}

const struct pk_catalogue_entry *pk_catalogue_find(const struct pk_catalogue *catalogue,
                                                   struct pk_id id)
{
    struct pk_catalogue_entry wanted = {.id = id};

    return catalogue ? bsearch(&wanted, catalogue->entries, catalogue->count,
                               sizeof(wanted), by_id)
                     : NULL;
}

uint32_t pk_catalogue_slots(struct pk_catalogue_slot *out, uint32_t max,
                            const char *wording)
{
    uint32_t n = 0;

    while (wording && n < max && (wording = strchr(wording, '['))) {
        const char *end = strchr(wording, ']');
        const char *colon = memchr(wording, ':', end ? (size_t)(end - wording) : 0);

        if (!end)
            break;
        if (colon) {
            out[n++] = (struct pk_catalogue_slot){wording + 1,
                                                  colon + 1,
                                                  (uint32_t)(colon - wording - 1),
                                                  (uint32_t)(end - colon - 1),
                                                  wording,
                                                  end + 1};
        }
        wording = end + 1;
    }
    return n;
}
