#include "server/styleset.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/jsonread.h"
#include "styles/shipped.h"

enum { STYLE_FILE_MAX = 4 << 20, NAME_MAX_BYTES = 80 };

struct entry {
    char name[NAME_MAX_BYTES + 1];
    const char *theme; /* static */
    struct pk_style *style;
    uint64_t settings; /* hash, of layer styles; 0 = fixed */
    bool current;
};

struct pk_styles {
    pthread_rwlock_t lock;
    struct entry *entries;
    uint32_t count, cap;
};

static const char *const shipped[] = {"plan", "base"};

static const char *theme_word(const char *theme)
{
    for (const char *const *t = pk_shipped_themes(); *t != NULL; t++) {
        if (strcmp(*t, theme) == 0) {
            return *t;
        }
    }
    return NULL;
}

bool pk_styles_has_theme(const char *theme)
{
    return theme_word(theme) != NULL;
}

static enum pk_status add(struct pk_styles *styles, const char *name, const char *json,
                          size_t len, uint64_t settings, bool current,
                          struct pk_error *err)
{
    if (strlen(name) > NAME_MAX_BYTES) {
        return pk_fail(err, PK_LIMIT, "style name \"%.80s\" is too long", name);
    }
    for (const char *const *t = pk_shipped_themes(); *t != NULL; t++) {
        size_t theme_len;
        const char *theme_json = pk_shipped_theme(*t, &theme_len);
        struct pk_style *style = NULL;
        enum pk_status status =
            pk_style_read(&style, name, json, len, *t, theme_json, theme_len, NULL, err);
        if (status != PK_OK) {
            return status;
        }
        pthread_rwlock_wrlock(&styles->lock);
        bool room = styles->count < PK_STYLESET_MAX;
        if (room && styles->count == styles->cap) {
            styles->cap = styles->cap == 0 ? 32 : styles->cap * 2;
            styles->entries =
                pk_xrealloc(styles->entries, styles->cap, sizeof(*styles->entries));
        }
        if (room) {
            struct entry *e = &styles->entries[styles->count++];
            *e = (struct entry){"", *t, style, settings, current};
            snprintf(e->name, sizeof(e->name), "%s", name);
        }
        pthread_rwlock_unlock(&styles->lock);
        if (!room) {
            pk_style_destroy(style);
            return pk_fail(err, PK_LIMIT, "more than %d styles", PK_STYLESET_MAX);
        }
    }
    return PK_OK;
}

static enum pk_status add_file(struct pk_styles *styles, const char *path,
                               struct pk_error *err)
{
    json_t *json = NULL;
    enum pk_status status = pk_json_parse_file(&json, path, STYLE_FILE_MAX, err);
    if (status != PK_OK) {
        return status;
    }
    const char *name = pk_jget_string(json, "name");
    char *text = json_dumps(json, JSON_COMPACT);
    if (name == NULL || text == NULL) {
        status = pk_fail(err, PK_BAD_INPUT, "%s: the style has no \"name\"", path);
    } else {
        status = add(styles, name, text, strlen(text), 0, true, err);
        if (status != PK_OK) {
            pk_error_context(err, status, "%s", path);
        }
    }
    free(text);
    json_decref(json);
    return status;
}

enum pk_status pk_styles_create(struct pk_styles **out, const char *const *files,
                                uint32_t file_count, struct pk_error *err)
{
    struct pk_styles *styles = pk_xcalloc(1, sizeof(*styles));
    pthread_rwlock_init(&styles->lock, NULL);
    enum pk_status status = PK_OK;
    for (uint32_t i = 0; i < file_count && status == PK_OK; i++) {
        status = add_file(styles, files[i], err);
    }
    for (size_t i = 0; i < PK_COUNT(shipped) && status == PK_OK; i++) {
        size_t len;
        const char *json = pk_shipped_style(shipped[i], &len);
        status = json != NULL
                     ? add(styles, shipped[i], json, len, 0, true, err)
                     : pk_fail(err, PK_BAD_DATA, "style %s is not built in", shipped[i]);
    }
    if (status != PK_OK) {
        pk_styles_destroy(styles);
        return status;
    }
    *out = styles;
    return PK_OK;
}

void pk_styles_destroy(struct pk_styles *styles)
{
    if (styles == NULL) {
        return;
    }
    for (uint32_t i = 0; i < styles->count; i++) {
        pk_style_destroy(styles->entries[i].style);
    }
    free(styles->entries);
    pthread_rwlock_destroy(&styles->lock);
    free(styles);
}

/* Keep the current style of a layer when its settings are the same. */
static bool keep(struct pk_styles *styles, const char *name, uint64_t settings)
{
    bool found = false;
    pthread_rwlock_wrlock(&styles->lock);
    for (uint32_t i = 0; i < styles->count; i++) {
        struct entry *e = &styles->entries[i];
        if (e->settings != 0 && strcmp(e->name, name) == 0) {
            e->current = e->settings == settings;
            found |= e->current;
        }
    }
    pthread_rwlock_unlock(&styles->lock);
    return found;
}

/* The settings' mark: of their text and the layer's place, which its look depends on. */
static uint64_t settings_mark(const struct pk_layer_row *rows, uint32_t i)
{
    return pk_hash64(rows[i].settings, strlen(rows[i].settings), i + 1) | 1;
}

static enum pk_status add_layer(struct pk_styles *styles, const struct pk_layer_row *rows,
                                uint32_t i, bool current, struct pk_error *err)
{
    struct pk_buf json;
    pk_buf_init(&json, STYLE_FILE_MAX);
    enum pk_status status =
        pk_layer_style(&json, rows[i].layer_id, rows[i].settings, i, err);
    if (status == PK_OK) {
        status = add(styles, rows[i].layer_id, json.data, json.len,
                     settings_mark(rows, i), current, err);
    }
    pk_buf_finish(&json);
    return status == PK_OK ? status
                           : pk_error_context(err, status, "layer %s", rows[i].layer_id);
}

enum pk_status pk_styles_refresh(struct pk_styles *styles,
                                 const struct pk_layer_row *rows, uint32_t count,
                                 struct pk_error *err)
{
    enum pk_status worst = PK_OK;
    for (uint32_t i = 0; i < count; i++) {
        if (!keep(styles, rows[i].layer_id, settings_mark(rows, i))) {
            enum pk_status status = add_layer(styles, rows, i, true, err);
            worst = status != PK_OK ? status : worst;
        }
    }
    return worst;
}

static const struct pk_style *find_marked(struct pk_styles *styles, const char *name,
                                          const char *theme, uint64_t mark)
{
    const struct pk_style *found = NULL;
    pthread_rwlock_rdlock(&styles->lock);
    for (uint32_t i = 0; i < styles->count && found == NULL; i++) {
        const struct entry *e = &styles->entries[i];
        if (e->settings == mark && strcmp(e->name, name) == 0 &&
            strcmp(e->theme, theme) == 0) {
            found = e->style;
        }
    }
    pthread_rwlock_unlock(&styles->lock);
    return found;
}

enum pk_status pk_styles_find_past(const struct pk_style **out, struct pk_styles *styles,
                                   const char *name, const char *theme,
                                   const struct pk_layer_row *rows, uint32_t count,
                                   struct pk_error *err)
{
    *out = find_marked(styles, name, theme, 0); /* shipped ones and files */
    enum pk_status status = PK_OK;
    for (uint32_t i = 0; i < count && *out == NULL && status == PK_OK; i++) {
        if (strcmp(rows[i].layer_id, name) == 0) {
            uint64_t mark = settings_mark(rows, i);
            *out = find_marked(styles, name, theme, mark);
            if (*out == NULL) {
                status = add_layer(styles, rows, i, false, err);
                *out = find_marked(styles, name, theme, mark);
            }
        }
    }
    if (status == PK_OK && *out == NULL) {
        return pk_fail(err, PK_NOT_FOUND, "there is no style \"%.60s\"", name);
    }
    return status;
}

const struct pk_style *pk_styles_find(struct pk_styles *styles, const char *name,
                                      const char *theme)
{
    const struct pk_style *found = NULL;
    pthread_rwlock_rdlock(&styles->lock);
    for (uint32_t i = 0; i < styles->count && found == NULL; i++) {
        const struct entry *e = &styles->entries[i];
        if (e->current && strcmp(e->name, name) == 0 && strcmp(e->theme, theme) == 0) {
            found = e->style;
        }
    }
    pthread_rwlock_unlock(&styles->lock);
    return found;
}

const char *pk_styles_name(struct pk_styles *styles, uint32_t i, struct pk_arena *arena)
{
    const char *name = NULL;
    const char *first_theme = pk_shipped_themes()[0];
    pthread_rwlock_rdlock(&styles->lock);
    for (uint32_t n = 0; n < styles->count && name == NULL; n++) {
        const struct entry *e = &styles->entries[n];
        if (e->current && strcmp(e->theme, first_theme) == 0 && i-- == 0) {
            name = pk_arena_strdup(arena, e->name);
        }
    }
    pthread_rwlock_unlock(&styles->lock);
    return name;
}
