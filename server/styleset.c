#include "server/styleset.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/jsonread.h"
#include "base/log.h"
#include "styles/shipped.h"

/* Settings mark of a file's style that another took the place of. */
#define PAST UINT64_MAX

enum { STYLE_FILE_MAX = 4 << 20, NAME_MAX_BYTES = 80 };

struct entry {
    char name[NAME_MAX_BYTES + 1];
    const char *theme; /* static */
    struct pk_style *style;
    uint64_t settings; /* hash, of layer styles; 0 = fixed */
    bool current;
};

/* A document of the municipality's own, as it was when it was read. */
struct file {
    const char *path; /* the caller's, for good */
    struct timespec changed;
    off_t size;
    ino_t inode;
    char problem[sizeof(((struct pk_error *)0)->text)]; /* "": it is in use */
};

struct pk_styles {
    pthread_rwlock_t lock;
    struct file *files;
    uint32_t file_count;
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

/* Put one compiled style in; a file's replaces the one of its name and theme. */
static bool put_entry(struct pk_styles *styles, const char *name, const char *theme,
                      struct pk_style *style, uint64_t settings, bool current)
{
    pthread_rwlock_wrlock(&styles->lock);
    bool room = styles->count < PK_STYLESET_MAX;
    if (room && styles->count == styles->cap) {
        styles->cap = styles->cap == 0 ? 32 : styles->cap * 2;
        styles->entries =
            pk_xrealloc(styles->entries, styles->cap, sizeof(*styles->entries));
    }
    for (uint32_t i = 0; room && settings == 0 && i < styles->count; i++) {
        struct entry *e = &styles->entries[i];
        if (e->settings == 0 && e->theme == theme && strcmp(e->name, name) == 0) {
            e->current = false;
            e->settings = PAST;
        }
    }
    if (room) {
        struct entry *e = &styles->entries[styles->count++];
        *e = (struct entry){"", theme, style, settings, current};
        snprintf(e->name, sizeof(e->name), "%s", name);
    }
    pthread_rwlock_unlock(&styles->lock);
    return room;
}

/* Under every theme, or not at all. */
static enum pk_status add(struct pk_styles *styles, const char *name, const char *json,
                          size_t len, uint64_t settings, bool current,
                          struct pk_error *err)
{
    enum { THEMES_MAX = 32 };
    struct pk_style *made[THEMES_MAX] = {0};
    const char *const *themes = pk_shipped_themes();
    enum pk_status status = PK_OK;
    uint32_t count = 0;
    if (strlen(name) > NAME_MAX_BYTES) {
        return pk_fail(err, PK_LIMIT, "style name \"%.80s\" is too long", name);
    }
    for (; themes[count] != NULL && count < THEMES_MAX && status == PK_OK; count++) {
        size_t theme_len;
        const char *theme_json = pk_shipped_theme(themes[count], &theme_len);
        status = pk_style_read(&made[count], name, json, len, themes[count], theme_json,
                               theme_len, NULL, err);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (status == PK_OK &&
            !put_entry(styles, name, themes[i], made[i], settings, current)) {
            status = pk_fail(err, PK_LIMIT, "more than %d styles", PK_STYLESET_MAX);
        }
        if (status != PK_OK) {
            pk_style_destroy(made[i]);
        }
    }
    return status;
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

/* Is the file another one than when it was last looked at? */
static bool has_changed(struct file *file)
{
    struct stat now;
    if (stat(file->path, &now) != 0) {
        return false; /* being replaced, or gone: the last good style stays */
    }
    bool same = now.st_ino == file->inode && now.st_size == file->size &&
                now.st_mtim.tv_sec == file->changed.tv_sec &&
                now.st_mtim.tv_nsec == file->changed.tv_nsec;
    file->inode = now.st_ino;
    file->size = now.st_size;
    file->changed = now.st_mtim;
    return !same;
}

static void note_problem(struct pk_styles *styles, struct file *file, const char *text)
{
    pthread_rwlock_wrlock(&styles->lock);
    (void)snprintf(file->problem, sizeof(file->problem), "%s", text);
    pthread_rwlock_unlock(&styles->lock);
    if (text[0] != '\0') {
        pk_log(PK_LOG_WARN, "style", "error=%s", text);
    }
}

void pk_styles_reload(struct pk_styles *styles)
{
    for (uint32_t i = 0; i < styles->file_count; i++) {
        struct file *file = &styles->files[i];
        struct pk_error err = {0};
        if (!has_changed(file)) {
            continue;
        }
        if (add_file(styles, file->path, &err) == PK_OK) {
            note_problem(styles, file, "");
            pk_log(PK_LOG_INFO, "style", "read=%s", file->path);
        } else {
            note_problem(styles, file, err.text);
        }
    }
}

const char *pk_styles_problem(struct pk_styles *styles, struct pk_arena *arena)
{
    const char *problem = NULL;
    pthread_rwlock_rdlock(&styles->lock);
    for (uint32_t i = 0; i < styles->file_count && problem == NULL; i++) {
        if (styles->files[i].problem[0] != '\0') {
            problem = pk_arena_strdup(arena, styles->files[i].problem);
        }
    }
    pthread_rwlock_unlock(&styles->lock);
    return problem;
}

enum pk_status pk_styles_create(struct pk_styles **out, const char *const *files,
                                uint32_t file_count, bool serving, struct pk_error *err)
{
    struct pk_styles *styles = pk_xcalloc(1, sizeof(*styles));
    pthread_rwlock_init(&styles->lock, NULL);
    enum pk_status status = PK_OK;
    styles->files = pk_xcalloc(file_count + 1, sizeof(*styles->files));
    styles->file_count = file_count;
    for (uint32_t i = 0; i < file_count && status == PK_OK; i++) {
        struct file *file = &styles->files[i];
        file->path = files[i];
        (void)has_changed(file);
        status = add_file(styles, files[i], err);
        if (status != PK_OK && serving && file->inode != 0 && err != NULL) {
            note_problem(styles, file, err->text);
            status = PK_OK;
        }
    }
    for (size_t i = 0; i < PK_COUNT(shipped) && status == PK_OK; i++) {
        size_t len;
        const char *json = pk_shipped_style(shipped[i], &len);
        if (pk_styles_find(styles, shipped[i], pk_shipped_themes()[0]) != NULL) {
            continue; /* a file of the same name stands for it */
        }
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
    free(styles->files);
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
