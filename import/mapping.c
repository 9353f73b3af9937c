#include "import/mapping.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/jsonread.h"
#include "base/text.h"
#include "import/mapping_shipped.h"
#include "layers/rules.h"

enum {
    PK_DBF_NAME = 10,
    PK_LAYER_ID_MAX = 63,
    PK_TEMPLATE_MAX = 4096,
    PK_SLOT_MAX = 128
};

static const char *const kinds[PK_MAPPED_KINDS] = {
    [PK_MAPPED_LAYER] = "layer",
    [PK_MAPPED_PLAN] = "plan",
    [PK_MAPPED_USE] = "use",
    [PK_MAPPED_PROPERTY] = "property_regulation",
    [PK_MAPPED_ADMINISTRATIVE] = "administrative_regulation",
    [PK_MAPPED_IGNORE] = "ignore",
};

static int kind_of(const char *name)
{
    for (int i = 0; name != NULL && i < PK_MAPPED_KINDS; i++) {
        if (strcmp(name, kinds[i]) == 0) {
            return i;
        }
    }
    return name == NULL ? PK_MAPPED_LAYER : -1;
}

enum pk_mapped_kind pk_mapping_kind(const json_t *rule)
{
    int kind = kind_of(pk_jget_string(rule, "kind"));

    return kind < 0 ? PK_MAPPED_LAYER : (enum pk_mapped_kind)kind;
}

/* --- checking --- */

static bool is_text_list(const json_t *value)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!json_is_string(json_array_get(value, i))) {
            return false;
        }
    }
    return json_is_string(value) || json_is_array(value);
}

static enum pk_status wrong(struct pk_error *err, size_t i, const char *member,
                            const char *what)
{
    return pk_fail(err, PK_BAD_INPUT, "layers[%zu]%s%s: %s", i, member[0] ? "." : "",
                   member, what);
}

static enum pk_status check_match(const json_t *match, size_t i, struct pk_error *err)
{
    const char *key;
    json_t *value;

    if (match != NULL && !json_is_object(match)) {
        return wrong(err, i, "match", "must be an object");
    }
    json_object_foreach((json_t *)match, key, value)
    {
        if (strcmp(key, "layer") != 0 && strcmp(key, "fields") != 0 &&
            strcmp(key, "any") != 0) {
            return wrong(err, i, "match", "only layer, fields and any are known");
        }
        if (!is_text_list(value)) {
            return wrong(err, i, "match", "must be lists of names");
        }
    }
    return PK_OK;
}

static enum pk_status check_member(const char *key, const json_t *value, size_t i,
                                   struct pk_error *err)
{
    static const char *const lists[] = {"id", "key", "plan", "x", "y"};
    static const char *const objects[] = {"values", "constants", "layer"};
    const char *inner;
    json_t *entry;

    for (size_t k = 0; k < PK_COUNT(lists); k++) {
        if (strcmp(key, lists[k]) == 0) {
            return is_text_list(value) ? PK_OK
                                       : wrong(err, i, key, "must be field names");
        }
    }
    for (size_t k = 0; k < PK_COUNT(objects); k++) {
        if (strcmp(key, objects[k]) == 0) {
            return json_is_object(value) ? PK_OK
                                         : wrong(err, i, key, "must be an object");
        }
    }
    if (strcmp(key, "fields") == 0) {
        if (!json_is_object(value)) {
            return wrong(err, i, key, "must be an object");
        }
        json_object_foreach((json_t *)value, inner, entry)
        {
            if (!is_text_list(entry)) {
                return wrong(err, i, key, "must be lists of source fields");
            }
        }
        return PK_OK;
    }
    if (strcmp(key, "kind") == 0) {
        return json_is_string(value) && kind_of(json_string_value(value)) >= 0
                   ? PK_OK
                   : wrong(err, i, key,
                           "must be plan, use, property_regulation, "
                           "administrative_regulation, layer or ignore");
    }
    if (strcmp(key, "crs") == 0) {
        return json_is_integer(value) ? PK_OK
                                      : wrong(err, i, key, "must be an EPSG number");
    }
    if (strcmp(key, "axis") == 0) {
        const char *text = json_string_value(value);
        return text && (strcmp(text, "northing-first") == 0 ||
                        strcmp(text, "easting-first") == 0)
                   ? PK_OK
                   : wrong(err, i, key, "must be northing-first or easting-first");
    }
    if (strcmp(key, "encoding") == 0) {
        const char *text = json_string_value(value);
        return text && (strcasecmp(text, "cp1252") == 0 || strcasecmp(text, "utf-8") == 0)
                   ? PK_OK
                   : wrong(err, i, key, "must be utf-8 or cp1252");
    }
    if (strcmp(key, "match") == 0) {
        return check_match(value, i, err);
    }
    return wrong(err, i, key, "is not known");
}

enum pk_status pk_mapping_check(const json_t *document, struct pk_error *err)
{
    const json_t *layers = json_object_get(document, "layers");
    const char *key;
    json_t *value;

    if (!json_is_object(document) || (layers != NULL && !json_is_array(layers))) {
        return pk_fail(err, PK_BAD_INPUT,
                       "a mapping is an object with a list \"layers\"");
    }
    json_object_foreach((json_t *)document, key, value)
    {
        if (strcmp(key, "layers") != 0 && strcmp(key, "name") != 0 &&
            strcmp(key, "profile") != 0 && strcmp(key, "title") != 0 &&
            strcmp(key, "source") != 0) {
            return pk_fail(err, PK_BAD_INPUT, "%.80s: is not known", key);
        }
        if (strcmp(key, "profile") == 0 && pk_profile_of(json_string_value(value)) < 0) {
            return pk_fail(err, PK_BAD_INPUT, "profile: is ngp, aldre or lager");
        }
    }
    if (json_array_size(layers) > PK_MAPPING_LAYERS_MAX) {
        return pk_fail(err, PK_LIMIT, "more than %d layers", PK_MAPPING_LAYERS_MAX);
    }
    for (size_t i = 0; i < json_array_size(layers); i++) {
        json_t *rule = json_array_get(layers, i);
        if (!json_is_object(rule)) {
            return wrong(err, i, "", "must be an object");
        }
        json_object_foreach(rule, key, value)
        {
            enum pk_status status = check_member(key, value, i, err);
            if (status != PK_OK) {
                return status;
            }
        }
    }
    return PK_OK;
}

json_t *pk_mapping_shipped(void)
{
    json_t *list = json_array();

    for (size_t i = 0; i < pk_mapping_document_count; i++) {
        json_t *document = NULL;
        if (pk_json_parse(&document, (const char *)pk_mapping_documents[i].text,
                          pk_mapping_documents[i].len, PK_MAPPING_BYTES_MAX,
                          NULL) == PK_OK) {
            json_array_append_new(list, document);
        }
    }
    return list;
}

/* --- matching --- */

static bool same_fold(const char *a, const char *b, size_t n)
{
    struct pk_arena arena = {0};
    char *x = pk_text_fold(&arena, a), *y = pk_text_fold(&arena, b);
    bool same = x != NULL && y != NULL && (n ? strncmp(x, y, n) : strcmp(x, y)) == 0;

    pk_arena_finish(&arena);
    return same;
}

static bool field_is(const char *source, const char *wanted)
{
    if (strcasecmp(source, wanted) == 0 ||
        (strlen(source) == PK_DBF_NAME && strlen(wanted) > PK_DBF_NAME &&
         strncasecmp(source, wanted, PK_DBF_NAME) == 0)) {
        return true;
    }
    return same_fold(source, wanted, 0);
}

long pk_mapping_field(const struct pk_field_names *fields, const char *name)
{
    for (size_t i = 0; i < fields->count; i++) {
        if (strcasecmp(fields->names[i], name) == 0) {
            return (long)i;
        }
    }
    for (size_t i = 0; i < fields->count; i++) {
        if (field_is(fields->names[i], name)) {
            return (long)i;
        }
    }
    return -1;
}

static bool layer_is(const char *layer, const char *pattern)
{
    const char *colon = strrchr(layer, ':');
    size_t n = strlen(pattern);

    if (colon != NULL) { /* "RIGES:Planomrade" */
        layer = colon + 1;
    }
    if (n > 0 && pattern[n - 1] == '*') {
        return n == 1 ||
               (strlen(layer) >= n - 1 && strncasecmp(layer, pattern, n - 1) == 0);
    }
    return same_fold(layer, pattern, 0);
}

static size_t list_size(const json_t *list)
{
    return json_is_array(list) ? json_array_size(list) : list != NULL;
}

static const char *list_item(const json_t *list, size_t i)
{
    return json_string_value(json_is_array(list) ? json_array_get(list, i) : list);
}

static bool fits(const json_t *rule, const char *layer,
                 const struct pk_field_names *fields)
{
    const json_t *match = pk_jget_object(rule, "match");
    const json_t *names = json_object_get(match, "layer");
    const json_t *all = json_object_get(match, "fields");
    const json_t *any = json_object_get(match, "any");
    bool named = list_size(names) == 0, one = list_size(any) == 0;

    for (size_t i = 0; i < list_size(names) && !named; i++) {
        named = layer_is(layer, list_item(names, i));
    }
    for (size_t i = 0; i < list_size(all) && named; i++) {
        named = pk_mapping_field(fields, list_item(all, i)) >= 0;
    }
    for (size_t i = 0; i < list_size(any) && !one; i++) {
        one = pk_mapping_field(fields, list_item(any, i)) >= 0;
    }
    return named && one;
}

static const json_t *first_fit(const json_t *document, const char *layer,
                               const struct pk_field_names *fields)
{
    const json_t *layers = pk_jget_array(document, "layers");

    for (size_t i = 0; i < json_array_size(layers); i++) {
        const json_t *rule = json_array_get(layers, i);
        if (fits(rule, layer, fields)) {
            return rule;
        }
    }
    return NULL;
}

static const char *name_of(const json_t *document)
{
    const char *name = pk_jget_string(document, "name");

    return name ? name : "mapping";
}

enum pk_status pk_mapping_find(const json_t **rule, const char **name, const json_t *own,
                               const json_t *shipped, const char *layer,
                               const struct pk_field_names *fields, struct pk_error *err)
{
    *name = NULL;
    *rule = own ? first_fit(own, layer, fields) : NULL;
    if (*rule != NULL) {
        *name = name_of(own);
        return PK_OK;
    }
    for (size_t i = 0; i < json_array_size(shipped); i++) {
        const json_t *document = json_array_get(shipped, i);
        const json_t *found = first_fit(document, layer, fields);
        if (found != NULL && *rule != NULL) {
            return pk_fail(
                err, PK_BAD_INPUT,
                "the mappings %s and %s both fit the layer %.100s: name one with "
                "--mapping",
                *name, name_of(document), layer);
        }
        if (found != NULL) {
            *rule = found;
            *name = name_of(document);
        }
    }
    return PK_OK;
}

/* --- values --- */

static bool is_empty(const json_t *value)
{
    const char *text = json_string_value(value);

    return value == NULL || json_is_null(value) ||
           (text != NULL && text[strspn(text, " \t")] == '\0');
}

static json_t *value_of_field(const struct pk_field_names *fields, const json_t *values,
                              const char *name)
{
    long i = pk_mapping_field(fields, name);
    json_t *value = i >= 0 ? json_object_get(values, fields->names[i]) : NULL;

    return is_empty(value) ? NULL : value;
}

static void add_text(struct pk_buf *out, const json_t *value)
{
    if (json_is_string(value)) {
        pk_buf_adds(out, json_string_value(value));
    } else if (json_is_integer(value)) {
        pk_buf_addf(out, "%lld", (long long)json_integer_value(value));
    } else if (json_is_real(value)) {
        char text[40];
        pk_text_fixed(text, sizeof(text), json_real_value(value), 6);
        pk_buf_adds(out, text);
    }
}

/* "{gata} {nummer}{bokstav?}": NULL when a slot without '?' has no value. */
static json_t *fill(const char *template, const struct pk_field_names *fields,
                    const json_t *values)
{
    struct pk_buf out;
    json_t *text = NULL;
    bool missing = false;

    pk_buf_init(&out, PK_TEMPLATE_MAX);
    while (*template != '\0' && !missing) {
        const char *close = *template == '{' ? strchr(template, '}') : NULL;
        char slot[PK_SLOT_MAX];
        if (close == NULL || close - template > PK_SLOT_MAX) {
            pk_buf_addc(&out, *template ++);
            continue;
        }
        size_t n = (size_t)(close - template - 1);
        memcpy(slot, template + 1, n);
        slot[n] = '\0';
        bool optional = n > 0 && slot[n - 1] == '?';
        if (optional) {
            slot[n - 1] = '\0';
        }
        const json_t *value = value_of_field(fields, values, slot);
        missing = value == NULL && !optional;
        if (value != NULL) {
            add_text(&out, value);
        }
        template = close + 1;
    }
    if (!missing && out.len > 0) {
        text = json_string(out.data);
    }
    pk_buf_finish(&out);
    return text;
}

json_t *pk_mapping_value(const json_t *alternatives, const struct pk_field_names *fields,
                         const json_t *values)
{
    for (size_t i = 0; i < list_size(alternatives); i++) {
        const char *name = list_item(alternatives, i);
        json_t *value = strchr(name, '{')
                            ? fill(name, fields, values)
                            : json_incref(value_of_field(fields, values, name));
        if (value != NULL) {
            return value;
        }
    }
    return NULL;
}

static json_t *translated(const json_t *rule, const char *key, json_t *value)
{
    const json_t *map = pk_jget_object(pk_jget_object(rule, "values"), key);
    struct pk_buf text;

    if (map == NULL) {
        return value;
    }
    pk_buf_init(&text, PK_TEMPLATE_MAX);
    add_text(&text, value);
    json_t *ours = json_object_get(map, text.data);
    if (ours == NULL) {
        ours = json_object_get(map, "*"); /* null: what is not listed is not kept */
    }
    pk_buf_finish(&text);
    if (ours == NULL) {
        return value;
    }
    json_decref(value);
    return json_incref(ours);
}

json_t *pk_mapping_apply(const json_t *rule, const struct pk_field_names *fields,
                         const json_t *values)
{
    json_t *out = json_object(), *entry;
    const char *key;

    json_object_foreach(pk_jget_object(rule, "constants"), key, entry)
    {
        json_object_set(out, key, entry);
    }
    json_object_foreach(pk_jget_object(rule, "fields"), key, entry)
    {
        json_t *value = pk_mapping_value(entry, fields, values);
        if (value != NULL) {
            value = translated(rule, key, value);
        }
        if (value != NULL && !json_is_null(value)) {
            json_object_set(out, key, value);
        }
        json_decref(value);
    }
    return out;
}

static bool list_uses(const json_t *list, const struct pk_field_names *fields,
                      const char *field)
{
    for (size_t i = 0; i < list_size(list); i++) {
        const char *name = list_item(list, i);
        long k = strchr(name, '{') ? -1 : pk_mapping_field(fields, name);
        if (k >= 0 && strcmp(fields->names[k], field) == 0) {
            return true;
        }
    }
    return false;
}

bool pk_mapping_uses(const json_t *rule, const struct pk_field_names *fields,
                     const char *field)
{
    const char *key;
    json_t *entry;

    json_object_foreach(pk_jget_object(rule, "fields"), key, entry)
    {
        if (list_uses(entry, fields, field)) {
            return true;
        }
    }
    return false;
}

/* --- ids --- */

const char *pk_mapping_layer_id(struct pk_arena *arena, const char *name)
{
    char *fold = pk_text_fold(arena, name);
    struct pk_buf out;

    pk_buf_init(&out, PK_LAYER_ID_MAX + 1);
    for (const char *p = fold ? fold : name; *p != '\0' && out.len < PK_LAYER_ID_MAX;) {
        uint32_t c = pk_utf8_next(&p);
        if (c == 0xE5 || c == 0xE4) {
            c = 'a';
        } else if (c == 0xF6) {
            c = 'o';
        }
        if (c < 0x80 && isalnum((int)c)) {
            if (out.len == 0 && isdigit((int)c)) {
                pk_buf_adds(&out, "lager_");
            }
            pk_buf_addc(&out, (char)c);
        } else if (out.len > 0 && out.data[out.len - 1] != '_') {
            pk_buf_addc(&out, '_');
        }
    }
    while (out.len > 0 && out.data[out.len - 1] == '_') {
        out.data[--out.len] = '\0';
    }
    const char *id = pk_arena_strdup(arena, out.len ? out.data : "lager");
    pk_buf_finish(&out);
    return id;
}
