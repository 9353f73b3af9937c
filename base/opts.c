#include "base/opts.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/parse.h"
#include "base/text.h"

#define TEXT(name, fallback, help)                                                       \
    {                                                                                    \
        name, PK_OPT_TEXT, fallback, 0, 0, NULL, NULL, help                              \
    }
#define LIST(name, fallback, help)                                                       \
    {                                                                                    \
        name, PK_OPT_LIST, fallback, 0, 0, NULL, NULL, help                              \
    }
#define INT(name, fallback, min, max, unit, help)                                        \
    {                                                                                    \
        name, PK_OPT_INT, fallback, min, max, NULL, unit, help                           \
    }
#define NUMBER(name, fallback, min, max, unit, help)                                     \
    {                                                                                    \
        name, PK_OPT_NUMBER, fallback, min, max, NULL, unit, help                        \
    }
#define CHOICE(name, fallback, choices, help)                                            \
    {                                                                                    \
        name, PK_OPT_CHOICE, fallback, 0, 0, choices, NULL, help                         \
    }
#define BOOL(name, fallback, help)                                                       \
    {                                                                                    \
        name, PK_OPT_BOOL, fallback, 0, 0, NULL, NULL, help                              \
    }

static const struct pk_opt_key keys[] = {
    TEXT("background.ID.attribution", NULL, "who made the background, shown on the map"),
    TEXT("background.ID.layers", NULL, "WMS or WMTS layer names"),
    TEXT("background.ID.matrixset", NULL, "WMTS tile matrix set"),
    NUMBER("background.ID.timeout_s", "5", 0.1, 60, "s", "give up on the server after"),
    TEXT("background.ID.title.en", NULL, "name of the background in English"),
    TEXT("background.ID.title.sv", NULL, "name of the background in Swedish"),
    CHOICE("background.ID.tms", NULL, "WebMercatorQuad|SWEREF99TMKommun|SWEREF99TMQuad",
           "our name of the WMTS matrix set; needed when its own name is another"),
    CHOICE("background.ID.type", NULL, "wms|wmts", "how the outside server is asked"),
    TEXT("background.ID.url", NULL, "address of the outside server, http or https"),
    INT("cache_mb", "64", 0, 65536, "MB", "memory for finished tiles"),
    TEXT("catalogue", NULL,
         "Boverket's planbestämmelsekatalog (release as JSON), for the rules"),
    TEXT("colour", "#1f4e79", "main colour of the pages, #rrggbb"),
    TEXT("contact.email", NULL, "e-mail of the planning office"),
    TEXT("contact.name", NULL, "name of the planning office"),
    TEXT("contact.phone", NULL, "telephone of the planning office"),
    TEXT("contact.url", NULL, "page of the planning office"),
    LIST("cors_origins", NULL, "origins whose scripts may read answers, or *"),
    TEXT("db", NULL, "the database file"),
    NUMBER("default_accuracy_m", "2.0", 0, 100, "m", "accuracy of plans that tell none"),
    LIST("frame_ancestors", NULL, "origins that may show the pages in a frame"),
    INT("import.max_bytes", "4294967296", 1024, 1e12, "bytes", "largest delivery"),
    INT("import.max_mb", "2048", 64, 1e6, "MB", "memory of the process that reads"),
    INT("import.max_s", "600", 1, 86400, "s", "time of the process that reads"),
    BOOL("import.require_landlock", "yes", "refuse to import where Landlock is missing"),
    TEXT("import.spool", NULL,
         "folder for deliveries that come over HTTP; else beside the database file"),
    TEXT("links.N.text", NULL, "text of a next-step link"),
    TEXT("links.N.url", NULL, "address of a next-step link"),
    TEXT("listen", "127.0.0.1:8080", "address and port to serve on; port 0 = a free one"),
    CHOICE("log.level", "info", "error|warn|info|debug", "how much is logged"),
    TEXT("logo", NULL, "picture file (PNG or SVG) shown in the page head"),
    LIST("municipalities", NULL,
         "codes of the municipalities that the map is for: an answer elsewhere says that "
         "the place is another's; empty = all"),
    TEXT("name.en", NULL, "name of the map in English"),
    TEXT("name.sv", NULL, "name of the map in Swedish"),
    TEXT("oidc.client_id", NULL, "what the identity provider calls this server"),
    TEXT("oidc.client_secret_file", NULL, "file with the secret that goes with it"),
    TEXT("oidc.issuer", NULL, "address of the identity provider (OpenID Connect)"),
    TEXT("oidc.role_claim", "roles", "claim that tells what a person is there"),
    LIST("oidc.roles.ID", NULL,
         "values of that claim that give the role ID: viewer, planner, publisher, "
         "administrator"),
    TEXT("plans_complete.CODE", NULL,
         "day since which all planned land of the municipality is loaded"),
    TEXT("public_url", NULL, "address of this server as its users see it"),
    INT("queue", "64", 1, 10000, NULL, "requests that may wait for a drawing worker"),
    INT("session.idle_min", "120", 5, 10080, "min", "sign people out after so long idle"),
    INT("session.max_h", "12", 1, 720, "h", "sign people out after so long in any case"),
    INT("start.crs", "3006", 1000, 99999, NULL, "EPSG number of start.point"),
    TEXT("start.point", NULL, "middle of the map at start: easting,northing"),
    NUMBER("start.scale", NULL, 100, 1e7, NULL, "scale number of the map at start"),
    TEXT("style", "plan", "style drawn when none is named"),
    TEXT("text.start.en", NULL, "text on the start page in English"),
    TEXT("text.start.sv", NULL, "text on the start page in Swedish"),
    TEXT("theme", "standard", "theme drawn when none is named"),
    LIST("trusted_proxies", NULL, "addresses whose Forwarded headers count"),
    INT("workers", "2", 1, 64, NULL, "drawing workers"),
};

struct setting {
    const char *name, *value;
    const struct pk_opt_key *key;
    const char **items; /* lists: NULL-ended */
};

struct pk_opts {
    struct pk_arena arena;
    struct setting *set;
    size_t count, cap;
};

struct pk_opts *pk_opts_create(void)
{
    return pk_xcalloc(1, sizeof(struct pk_opts));
}

void pk_opts_destroy(struct pk_opts *opts)
{
    if (opts != NULL) {
        pk_arena_finish(&opts->arena);
        free(opts->set);
        free(opts);
    }
}

/* ---- names ---- */

static bool is_place(const char *part, size_t len)
{
    return (len == 1 && part[0] == 'N') || (len == 2 && memcmp(part, "ID", 2) == 0) ||
           (len == 4 && memcmp(part, "CODE", 4) == 0);
}

/* Does the word fit the place (N, ID, CODE)? */
static bool place_takes(const char *place, const char *word, size_t len)
{
    size_t digits = 0;
    for (size_t i = 0; i < len; i++) {
        digits += isdigit((unsigned char)word[i]) != 0;
    }
    switch (place[0]) {
    case 'N':
        return (len == 1 || len == 2) && digits == len && word[0] != '0';
    case 'C':
        return len == 4 && digits == 4;
    default:
        for (size_t i = 0; i < len; i++) {
            if (!islower((unsigned char)word[i]) && !isdigit((unsigned char)word[i])) {
                return false;
            }
        }
        return len >= 1 && len <= 32;
    }
}

static bool name_matches(const char *pattern, const char *name)
{
    for (;;) {
        size_t want = strcspn(pattern, "."), have = strcspn(name, ".");
        bool fits = is_place(pattern, want)
                        ? place_takes(pattern, name, have)
                        : want == have && memcmp(pattern, name, want) == 0;
        if (!fits) {
            return false;
        }
        pattern += want;
        name += have;
        if (*pattern != *name) {
            return false;
        }
        if (*pattern == '\0') {
            return true;
        }
        pattern++;
        name++;
    }
}

const struct pk_opt_key *pk_opts_key(const char *name)
{
    for (size_t i = 0; i < PK_COUNT(keys); i++) {
        if (name_matches(keys[i].name, name)) {
            return &keys[i];
        }
    }
    return NULL;
}

const struct pk_opt_key *pk_opts_key_at(size_t i)
{
    return i < PK_COUNT(keys) ? &keys[i] : NULL;
}

/* "BACKGROUND_LM_TIMEOUT_S" against "background.ID.timeout_s": the setting's own
 * name, or NULL. Places hold no '_', so the reading is unique. */
static char *env_name(struct pk_arena *arena, const char *pattern, const char *env)
{
    char name[128];
    size_t n = 0;
    while (*pattern != '\0') {
        size_t want = strcspn(pattern, ".");
        size_t have = is_place(pattern, want) ? strcspn(env, "_") : want;
        if (strnlen(env, have) < have || n + have + 2 > sizeof(name)) {
            return NULL;
        }
        for (size_t i = 0; i < have; i++) {
            unsigned char c = (unsigned char)env[i];
            if (islower(c)) {
                return NULL;
            }
            name[n++] = c == '_' ? '_' : (char)tolower(c);
        }
        env += have;
        pattern += want;
        if (*pattern == '.') {
            if (*env != '_') {
                return NULL;
            }
            name[n++] = '.';
            env++;
            pattern++;
        }
    }
    return *env == '\0' ? pk_arena_strndup(arena, name, n) : NULL;
}

/* ---- values ---- */

static bool is_choice(const char *choices, const char *value)
{
    size_t len = strlen(value);
    while (*choices != '\0') {
        size_t n = strcspn(choices, "|");
        if (n == len && memcmp(choices, value, n) == 0) {
            return true;
        }
        choices += n + (choices[n] == '|');
    }
    return false;
}

static enum pk_status check_number(const struct pk_opt_key *key, const char *value,
                                   const char *where, const char *name,
                                   struct pk_error *err)
{
    double number = 0;
    uint64_t whole = 0;
    const char *cursor = value;
    bool ok;
    if (key->type == PK_OPT_INT) {
        ok = pk_parse_u64(&cursor, (uint64_t)key->max, &whole) && pk_parse_end(cursor);
        number = (double)whole;
    } else {
        ok = pk_parse_all_double(value, &number);
    }
    if (!ok || number < key->min || number > key->max) {
        return pk_fail(err, PK_BAD_INPUT,
                       "%s: %s: \"%.60s\" is not a %s between %.12g and %.12g", where,
                       name, value, key->type == PK_OPT_INT ? "whole number" : "number",
                       key->min, key->max);
    }
    return PK_OK;
}

static enum pk_status check_value(const struct pk_opt_key *key, const char *value,
                                  const char *where, const char *name,
                                  struct pk_error *err)
{
    if (strlen(value) > PK_OPTS_VALUE_MAX || !pk_utf8_valid(value)) {
        return pk_fail(err, PK_BAD_INPUT,
                       "%s: %s: the value is not UTF-8 text of at most %d bytes", where,
                       name, PK_OPTS_VALUE_MAX);
    }
    switch (key->type) {
    case PK_OPT_INT:
    case PK_OPT_NUMBER:
        return check_number(key, value, where, name, err);
    case PK_OPT_BOOL:
        if (!is_choice("yes|no|true|false|1|0", value)) {
            return pk_fail(err, PK_BAD_INPUT, "%s: %s: \"%.60s\" is not yes or no", where,
                           name, value);
        }
        return PK_OK;
    case PK_OPT_CHOICE:
        if (!is_choice(key->choices, value)) {
            return pk_fail(err, PK_BAD_INPUT, "%s: %s: \"%.60s\" is not one of %s", where,
                           name, value, key->choices);
        }
        return PK_OK;
    default:
        return PK_OK;
    }
}

static const char **split_list(struct pk_arena *arena, const char *value)
{
    size_t count = 2;
    for (const char *p = value; *p != '\0'; p++) {
        count += *p == ',';
    }
    const char **items = pk_arena_alloc(arena, count, sizeof(*items));
    size_t n = 0;
    while (*value != '\0') {
        size_t len = strcspn(value, ",");
        const char *from = value, *to = value + len;
        while (from < to && isblank((unsigned char)*from)) {
            from++;
        }
        while (to > from && isblank((unsigned char)to[-1])) {
            to--;
        }
        if (to > from) {
            items[n++] = pk_arena_strndup(arena, from, (size_t)(to - from));
        }
        value += len + (value[len] == ',');
    }
    return items;
}

static struct setting *find(const struct pk_opts *opts, const char *name)
{
    for (size_t i = 0; i < opts->count; i++) {
        if (strcmp(opts->set[i].name, name) == 0) {
            return &opts->set[i];
        }
    }
    return NULL;
}

enum pk_status pk_opts_set(struct pk_opts *opts, const char *name, const char *value,
                           const char *where, struct pk_error *err)
{
    const struct pk_opt_key *key = pk_opts_key(name);
    if (key == NULL) {
        return pk_fail(err, PK_BAD_INPUT, "%s: there is no setting \"%.80s\"", where,
                       name);
    }
    enum pk_status status = check_value(key, value, where, name, err);
    if (status != PK_OK) {
        return status;
    }
    struct setting *slot = find(opts, name);
    if (slot == NULL) {
        if (opts->count == PK_OPTS_SET_MAX) {
            return pk_fail(err, PK_LIMIT, "%s: more than %d settings", where,
                           PK_OPTS_SET_MAX);
        }
        if (opts->count == opts->cap) {
            opts->cap = opts->cap == 0 ? 32 : opts->cap * 2;
            opts->set = pk_xrealloc(opts->set, opts->cap, sizeof(*opts->set));
        }
        slot = &opts->set[opts->count++];
        slot->name = pk_arena_strdup(&opts->arena, name);
    }
    slot->key = key;
    slot->value = pk_arena_strdup(&opts->arena, value);
    slot->items = key->type == PK_OPT_LIST ? split_list(&opts->arena, value) : NULL;
    return PK_OK;
}

/* ---- sources ---- */

static void trim(const char **from, const char **to)
{
    while (*from < *to && isspace((unsigned char)**from)) {
        (*from)++;
    }
    while (*to > *from && isspace((unsigned char)(*to)[-1])) {
        (*to)--;
    }
}

static enum pk_status read_line(struct pk_opts *opts, const char *from, const char *to,
                                const char *where, struct pk_error *err)
{
    trim(&from, &to);
    if (from == to || *from == '#') {
        return PK_OK;
    }
    const char *equals = memchr(from, '=', (size_t)(to - from));
    if (equals == NULL || memchr(from, '\0', (size_t)(to - from)) != NULL) {
        return pk_fail(err, PK_BAD_INPUT, "%s: expected \"key = value\"", where);
    }
    const char *name_end = equals, *value = equals + 1;
    trim(&from, &name_end);
    trim(&value, &to);
    struct pk_arena scratch = {0};
    enum pk_status status =
        pk_opts_set(opts, pk_arena_strndup(&scratch, from, (size_t)(name_end - from)),
                    pk_arena_strndup(&scratch, value, (size_t)(to - value)), where, err);
    pk_arena_finish(&scratch);
    return status;
}

enum pk_status pk_opts_read(struct pk_opts *opts, const char *text, size_t len,
                            const char *path, struct pk_error *err)
{
    const char *end = text + len;
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
    }
    for (unsigned line = 1; text < end; line++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *stop = newline != NULL ? newline : end;
        char where[300];
        snprintf(where, sizeof(where), "%.250s:%u", path, line);
        enum pk_status status = read_line(opts, text, stop, where, err);
        if (status != PK_OK) {
            return status;
        }
        text = newline != NULL ? newline + 1 : end;
    }
    return PK_OK;
}

enum pk_status pk_opts_read_file(struct pk_opts *opts, const char *path,
                                 struct pk_error *err)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return pk_fail(err, errno == ENOENT ? PK_NOT_FOUND : PK_IO, "%s: %s", path,
                       strerror(errno));
    }
    struct pk_buf text;
    pk_buf_init(&text, PK_OPTS_FILE_MAX);
    char piece[4096];
    size_t n;
    while ((n = fread(piece, 1, sizeof(piece), file)) > 0 && !text.failed) {
        pk_buf_add(&text, piece, n);
    }
    enum pk_status status = PK_OK;
    if (ferror(file)) {
        status = pk_fail(err, PK_IO, "%s: %s", path, strerror(errno));
    } else if (text.failed) {
        status =
            pk_fail(err, PK_LIMIT, "%s: larger than %d bytes", path, PK_OPTS_FILE_MAX);
    } else {
        status = pk_opts_read(opts, text.data, text.len, path, err);
    }
    fclose(file);
    pk_buf_finish(&text);
    return status;
}

enum pk_status pk_opts_read_env(struct pk_opts *opts, const char *const *env,
                                struct pk_error *err)
{
    static const char prefix[] = "PLANKARTA_";
    for (; *env != NULL; env++) {
        const char *entry = *env, *equals = strchr(entry, '=');
        if (strncmp(entry, prefix, sizeof(prefix) - 1) != 0 || equals == NULL) {
            continue;
        }
        const char *rest = entry + sizeof(prefix) - 1;
        char *bare = pk_arena_strndup(&opts->arena, rest, (size_t)(equals - rest));
        if (strcmp(bare, "CONFIG") == 0) {
            continue;
        }
        char *name = NULL;
        for (size_t i = 0; i < PK_COUNT(keys) && name == NULL; i++) {
            name = env_name(&opts->arena, keys[i].name, bare);
            name = name != NULL && pk_opts_key(name) != NULL ? name : NULL;
        }
        if (name == NULL) {
            return pk_fail(err, PK_BAD_INPUT, "environment: there is no setting %s%.80s",
                           prefix, bare);
        }
        enum pk_status status = pk_opts_set(opts, name, equals + 1, "environment", err);
        if (status != PK_OK) {
            return status;
        }
    }
    return PK_OK;
}

/* ---- reading ---- */

const char *pk_opts_text(const struct pk_opts *opts, const char *name)
{
    const struct setting *slot = find(opts, name);
    if (slot != NULL) {
        return slot->value;
    }
    const struct pk_opt_key *key = pk_opts_key(name);
    assert(key != NULL && "no such setting in the table");
    return key->fallback;
}

static const char *typed(const struct pk_opts *opts, const char *name,
                         enum pk_opt_type type)
{
    const struct pk_opt_key *key = pk_opts_key(name);
    assert(key != NULL && key->type == type);
    (void)key;
    (void)type;
    return pk_opts_text(opts, name);
}

int64_t pk_opts_int(const struct pk_opts *opts, const char *name)
{
    const char *text = typed(opts, name, PK_OPT_INT);
    uint64_t value = 0;
    return text != NULL && pk_parse_u64(&text, INT64_MAX, &value) ? (int64_t)value : 0;
}

double pk_opts_number(const struct pk_opts *opts, const char *name)
{
    const char *text = typed(opts, name, PK_OPT_NUMBER);
    double value = 0;
    return text != NULL && pk_parse_double(&text, &value) ? value : 0;
}

bool pk_opts_bool(const struct pk_opts *opts, const char *name)
{
    const char *text = typed(opts, name, PK_OPT_BOOL);
    return text != NULL && is_choice("yes|true|1", text);
}

const char *pk_opts_item(const struct pk_opts *opts, const char *name, size_t i)
{
    typed(opts, name, PK_OPT_LIST);
    const struct setting *slot = find(opts, name);
    if (slot == NULL) {
        return NULL; /* no list has a default */
    }
    size_t n = 0;
    while (slot->items[n] != NULL && n < i) {
        n++;
    }
    return slot->items[n];
}

const char *pk_opts_place(const struct pk_opts *opts, const char *prefix, size_t i)
{
    /* The i-th in order: the smallest word that is greater than the one before. */
    size_t prefix_len = strlen(prefix);
    const char *last = NULL;
    size_t last_len = 0;
    for (size_t round = 0; round <= i; round++) {
        const char *best = NULL;
        size_t best_len = 0;
        for (size_t s = 0; s < opts->count; s++) {
            const char *name = opts->set[s].name;
            if (strncmp(name, prefix, prefix_len) != 0 || name[prefix_len] != '.') {
                continue;
            }
            const char *word = name + prefix_len + 1;
            size_t len = strcspn(word, ".");
            struct {
                const char *p;
                size_t n;
            } bounds[2] = {
                {last, last_len},
                {best, best_len}
            };
            int order[2] = {1, -1};
            for (int b = 0; b < 2; b++) {
                if (bounds[b].p != NULL) {
                    size_t common = len < bounds[b].n ? len : bounds[b].n;
                    int cmp = memcmp(word, bounds[b].p, common);
                    order[b] = cmp != 0 ? cmp : (len > bounds[b].n) - (len < bounds[b].n);
                }
            }
            if (order[0] > 0 && order[1] < 0) {
                best = word;
                best_len = len;
            }
        }
        if (best == NULL) {
            return NULL;
        }
        last = best;
        last_len = best_len;
    }
    /* The arena only grows; constness of the settings themselves is kept. */
    return pk_arena_strndup((struct pk_arena *)&opts->arena, last, last_len);
}
