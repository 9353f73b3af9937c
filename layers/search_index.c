#include "layers/search_index.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "base/text.h"
#include "layers/geom.h"
#include "layers/search.h"

enum { LABEL_MAX = 120, SPELL_LETTERS = 4, LABEL_STEPS = 40, SEARCHED_VALUE_MAX = 400 };

struct entry {
    const char *kind, *label, *words;
    json_t *detail;
    struct pk_id id;
    int weight;
    bool placed;
    double x, y, room;
    struct pk_box box;
};

struct indexer {
    struct pk_db *db;
    int64_t version;
    struct pk_arena arena;
    sqlite3_stmt *insert_entry, *insert_index, *delete_index, *delete_entry, *find_entry;
    sqlite3_stmt *find_word, *insert_word;
    sqlite3_stmt *plan, *regulation, *feature, *layer, *plan_regulations, *layer_features;
    sqlite3_stmt *all_plans, *all_regulations, *all_features;
    sqlite3_stmt *plan_shapes, *regulation_shapes, *plan_name;
    struct pk_error *err;
};

#define IN_STATE(t) t ".from_version <= ?2 AND " t ".to_version > ?2"

#define PLAN_SQL                                                                         \
    "SELECT t.feature_id, t.name, t.designation, t.plan_type, t.status, t.in_force, "    \
    "t.municipality FROM plan t WHERE " IN_STATE("t")
#define REGULATION_SQL                                                                   \
    "SELECT t.feature_id, t.letter, t.idx, t.wording, t.plan_id FROM regulation t "      \
    "WHERE " IN_STATE("t")
#define FEATURE_SQL                                                                      \
    "SELECT t.feature_id, l.role, l.layer_id, l.settings, t.title, t.attributes, "       \
    "t.geometry FROM feature t JOIN layer l ON l.layer_id = t.layer_id AND " IN_STATE(   \
        "l") " WHERE " IN_STATE("t")
#define OF_ID         " AND t.feature_id = ?1"
#define FEATURE_ORDER " ORDER BY t.feature_id, t.row_id"

/* ?1 = the id; ?2 = the version. */
static const struct {
    size_t offset;
    const char *sql;
} statements[] = {
#define STATEMENT(member, sql) {offsetof(struct indexer, member), sql},
    STATEMENT(insert_entry, "INSERT INTO search_entry (kind, feature_id, label, "
                            "detail_key, fold, weight, x, y, min_x, min_y, max_x, max_y) "
                            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") //
    STATEMENT(insert_index, "INSERT INTO search_index (rowid, fold) VALUES (?1, ?2)")
        STATEMENT(delete_index, "INSERT INTO search_index (search_index, rowid, fold) "
                                "VALUES ('delete', ?1, ?2)") //
    STATEMENT(delete_entry, "DELETE FROM search_entry WHERE entry_id = ?1") STATEMENT(
        find_entry,
        "SELECT entry_id, fold FROM search_entry WHERE feature_id = ?1 LIMIT 1")
        STATEMENT(find_word, "SELECT 1 FROM search_spell WHERE rowid = ?1") STATEMENT(
            insert_word, "INSERT INTO search_spell (rowid, word) VALUES (?1, ?2)")
            STATEMENT(plan, PLAN_SQL OF_ID) STATEMENT(all_plans, PLAN_SQL) STATEMENT(
                regulation, REGULATION_SQL OF_ID) STATEMENT(all_regulations,
                                                            REGULATION_SQL)
                STATEMENT(feature, FEATURE_SQL OF_ID FEATURE_ORDER)
                    STATEMENT(all_features, FEATURE_SQL FEATURE_ORDER) STATEMENT(
                        plan_regulations, "SELECT t.feature_id FROM regulation t "
                                          "WHERE t.plan_id = ?1 AND " IN_STATE("t"))
                        STATEMENT(layer, "SELECT t.layer_id FROM layer t WHERE "
                                         "t.feature_id = ?1 AND " IN_STATE("t"))
                            STATEMENT(layer_features,
                                      "SELECT DISTINCT t.feature_id FROM feature t WHERE "
                                      "t.layer_id = ?1 AND " IN_STATE("t"))
                                STATEMENT(plan_shapes,
                                          "SELECT t.geometry FROM plan_part t WHERE "
                                          "t.feature_id = ?1 AND " IN_STATE(
                                              "t") " ORDER BY t.part")
                                    STATEMENT(regulation_shapes,
                                              "SELECT t.geometry FROM regulation_part t "
                                              "WHERE t.feature_id = ?1 AND " IN_STATE(
                                                  "t") " ORDER BY t.part")
                                        STATEMENT(plan_name,
                                                  "SELECT coalesce(t.name, "
                                                  "t.designation) FROM plan t WHERE "
                                                  "t.feature_id = ?1 AND " IN_STATE("t"))
#undef STATEMENT
};

static sqlite3_stmt **statement_at(struct indexer *ix, size_t i)
{
    return (sqlite3_stmt **)((char *)ix + statements[i].offset);
}

static enum pk_status indexer_open(struct indexer *ix)
{
    for (size_t i = 0; i < PK_COUNT(statements); i++) {
        enum pk_status status =
            pk_db_prepare(statement_at(ix, i), ix->db, statements[i].sql, ix->err);
        if (status != PK_OK) {
            return status;
        }
    }
    return PK_OK;
}

static void indexer_close(struct indexer *ix)
{
    for (size_t i = 0; i < PK_COUNT(statements); i++) {
        sqlite3_finalize(*statement_at(ix, i));
    }
    pk_arena_finish(&ix->arena);
}

static const char *column(struct indexer *ix, sqlite3_stmt *s, int i)
{
    return pk_arena_strdup(&ix->arena, (const char *)sqlite3_column_text(s, i));
}

static struct pk_id id_column(sqlite3_stmt *s, int i)
{
    struct pk_id id = {{0}};
    const void *blob = sqlite3_column_blob(s, i);
    if (blob != NULL && sqlite3_column_bytes(s, i) == (int)sizeof id.b) {
        memcpy(id.b, blob, sizeof id.b);
    }
    return id;
}

/* Reset, bind (id or NULL, version). */
static void ask(struct indexer *ix, sqlite3_stmt *s, const struct pk_id *id)
{
    sqlite3_reset(s);
    if (id == NULL) {
        sqlite3_bind_null(s, 1);
    } else {
        sqlite3_bind_blob(s, 1, id->b, sizeof id->b, SQLITE_TRANSIENT);
    }
    sqlite3_bind_int64(s, 2, ix->version);
}

static enum pk_status run(struct indexer *ix, sqlite3_stmt *s)
{
    int rc = sqlite3_step(s);
    enum pk_status status =
        rc == SQLITE_DONE ? PK_OK : pk_db_fail(ix->db, "search index", ix->err);
    sqlite3_reset(s);
    return status;
}

/* The walk over s ended with rc. */
static enum pk_status ended(struct indexer *ix, sqlite3_stmt *s, int rc)
{
    enum pk_status status = rc == SQLITE_DONE || rc == SQLITE_ROW
                                ? PK_OK
                                : pk_db_fail(ix->db, "search index", ix->err);
    sqlite3_reset(s);
    return status;
}

/* ---- where a thing is ---- */

static enum pk_status place(struct indexer *ix, struct entry *e, sqlite3_stmt *s, int i)
{
    const void *blob = sqlite3_column_blob(s, i);
    struct pk_geom g;
    if (blob == NULL) {
        return PK_OK;
    }
    enum pk_status status = pk_geom_from_spatialite(
        &g, blob, (size_t)sqlite3_column_bytes(s, i), &ix->arena, ix->err);
    if (status != PK_OK || g.vertex_count == 0) {
        return status;
    }
    struct pk_box box = pk_geom_box(&g);
    double size = fmax(box.max_x - box.min_x, box.max_y - box.min_y);
    double x, y, room;
    pk_geom_label_point(&g, fmax(1.0, size / LABEL_STEPS), &x, &y, &room);
    if (!e->placed || room > e->room) {
        e->x = x;
        e->y = y;
        e->room = room;
    }
    e->box = e->placed ? pk_box_join(e->box, box) : box;
    e->placed = true;
    return PK_OK;
}

static enum pk_status place_all(struct indexer *ix, struct entry *e, sqlite3_stmt *s)
{
    ask(ix, s, &e->id);
    enum pk_status status = PK_OK;
    int rc;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW && status == PK_OK) {
        status = place(ix, e, s, 0);
    }
    return status == PK_OK ? ended(ix, s, rc) : (sqlite3_reset(s), status);
}

/* ---- writing ---- */

static enum pk_status add_word(struct indexer *ix, const char *word, size_t len)
{
    uint32_t letters = 0;
    bool digit = false;
    for (size_t i = 0; i < len; i++) {
        letters += ((unsigned char)word[i] & 0xc0) != 0x80;
        digit = digit || (word[i] >= '0' && word[i] <= '9');
    }
    if (letters < SPELL_LETTERS || digit) {
        return PK_OK;
    }
    int64_t key = (int64_t)(pk_hash64(word, len, 0) >> 1);
    sqlite3_bind_int64(ix->find_word, 1, key);
    bool known = sqlite3_step(ix->find_word) == SQLITE_ROW;
    sqlite3_reset(ix->find_word);
    if (known) {
        return PK_OK;
    }
    char *padded = pk_arena_printf(&ix->arena, "__%.*s__", (int)len, word);
    sqlite3_bind_int64(ix->insert_word, 1, key);
    sqlite3_bind_text(ix->insert_word, 2, padded, -1, SQLITE_TRANSIENT);
    return run(ix, ix->insert_word);
}

static enum pk_status write_entry(struct indexer *ix, struct entry *e)
{
    if (e->label == NULL || e->words == NULL || *e->words == '\0' || !e->placed) {
        return PK_OK;
    }
    char *detail = pk_json_canonical(e->detail);
    sqlite3_stmt *s = ix->insert_entry;
    sqlite3_bind_text(s, 1, e->kind, -1, SQLITE_STATIC);
    sqlite3_bind_blob(s, 2, e->id.b, sizeof e->id.b, SQLITE_TRANSIENT);
    sqlite3_bind_text(s, 3, e->label, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(s, 4, detail, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(s, 5, e->words, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int(s, 6, e->weight);
    const double places[] = {e->x,         e->y,         e->box.min_x,
                             e->box.min_y, e->box.max_x, e->box.max_y};
    for (int i = 0; i < (int)PK_COUNT(places); i++) {
        sqlite3_bind_double(s, 7 + i, places[i]);
    }
    enum pk_status status = run(ix, s);
    free(detail);
    if (status != PK_OK) {
        return status;
    }
    sqlite3_bind_int64(ix->insert_index, 1, sqlite3_last_insert_rowid(ix->db->sql));
    sqlite3_bind_text(ix->insert_index, 2, e->words, -1, SQLITE_TRANSIENT);
    status = run(ix, ix->insert_index);
    for (const char *p = e->words; status == PK_OK && *p != '\0';) {
        size_t len = strcspn(p, " ");
        status = add_word(ix, p, len);
        p += len + (p[len] == ' ');
    }
    return status;
}

static enum pk_status remove_entries(struct indexer *ix, const struct pk_id *id)
{
    for (;;) {
        sqlite3_bind_blob(ix->find_entry, 1, id->b, sizeof id->b, SQLITE_TRANSIENT);
        int rc = sqlite3_step(ix->find_entry);
        if (rc != SQLITE_ROW) {
            return ended(ix, ix->find_entry, rc);
        }
        int64_t row = sqlite3_column_int64(ix->find_entry, 0);
        sqlite3_bind_int64(ix->delete_index, 1, row);
        sqlite3_bind_value(ix->delete_index, 2, sqlite3_column_value(ix->find_entry, 1));
        sqlite3_bind_int64(ix->delete_entry, 1, row);
        enum pk_status status = run(ix, ix->delete_index);
        sqlite3_reset(ix->find_entry);
        if (status == PK_OK) {
            status = run(ix, ix->delete_entry);
        }
        if (status != PK_OK) {
            return status;
        }
    }
}

/* ---- what the entries say ---- */

static void put(json_t *object, const char *key, const char *value)
{
    if (value != NULL && *value != '\0') {
        json_object_set_new(object, key, json_string(value));
    }
}

static const char *words_of(struct indexer *ix, const char *a, const char *b)
{
    return pk_search_words(
        &ix->arena,
        pk_arena_printf(&ix->arena, "%s %s", a == NULL ? "" : a, b == NULL ? "" : b));
}

/* At most LABEL_MAX bytes, cut between words. */
static const char *short_label(struct indexer *ix, const char *text)
{
    if (strlen(text) <= LABEL_MAX) {
        return text;
    }
    size_t n = LABEL_MAX;
    while (n > 0 && text[n] != ' ') {
        n--;
    }
    return pk_arena_printf(&ix->arena, "%.*s …", (int)n, text);
}

static enum pk_status add_plan(struct indexer *ix, sqlite3_stmt *s)
{
    const char *name = column(ix, s, 1), *designation = column(ix, s, 2);
    struct entry e = {
        .kind = "plan",
        .id = id_column(s, 0),
        .label = name != NULL && *name != '\0' ? name : designation,
        .words = words_of(ix, name, designation),
        .weight = 50,
        .detail = json_object(),
    };
    static const char *const keys[] = {"designation", "type", "status", "in_force",
                                       "municipality"};
    for (int i = 0; i < (int)PK_COUNT(keys); i++) {
        put(e.detail, keys[i], column(ix, s, 2 + i));
    }
    enum pk_status status = place_all(ix, &e, ix->plan_shapes);
    if (status == PK_OK) {
        status = write_entry(ix, &e);
    }
    json_decref(e.detail);
    return status;
}

static enum pk_status add_regulation(struct indexer *ix, sqlite3_stmt *s)
{
    const char *letter = column(ix, s, 1), *index = column(ix, s, 2);
    const char *wording = column(ix, s, 3);
    struct pk_id plan = id_column(s, 4);
    if (wording == NULL || *wording == '\0') {
        return PK_OK;
    }
    const char *mark = letter == NULL ? "" : letter;
    struct entry e = {
        .kind = "regulation",
        .id = id_column(s, 0),
        .label = pk_arena_printf(&ix->arena, "%s%s%s%s", mark, index == NULL ? "" : index,
                                 *mark == '\0' ? "" : " ", short_label(ix, wording)),
        .words = words_of(ix, wording, NULL),
        .weight = 10,
        .detail = json_object(),
    };
    ask(ix, ix->plan_name, &plan);
    if (sqlite3_step(ix->plan_name) == SQLITE_ROW) {
        put(e.detail, "plan", column(ix, ix->plan_name, 0));
    }
    sqlite3_reset(ix->plan_name);
    enum pk_status status = place_all(ix, &e, ix->regulation_shapes);
    if (status == PK_OK) {
        status = write_entry(ix, &e);
    }
    json_decref(e.detail);
    return status;
}

static const char *first_of(const json_t *attributes, const char *const *names)
{
    for (; *names != NULL; names++) {
        const char *value = pk_jget_string(attributes, *names);
        if (value != NULL && *value != '\0') {
            return value;
        }
    }
    return NULL;
}

static const char *const municipality_names[] = {"municipality", "kommunnamn", "kommun",
                                                 "KOMMUNNAMN", NULL};
static const char *const town_names[] = {"postort",     "ort",     "town",
                                         "postal_town", "POSTORT", NULL};
static const char *const type_names[] = {"type",      "typ",         "namntyp",
                                         "detaljtyp", "ortnamnstyp", NULL};

/* All text of the columns that the layer's settings name as searched; of a layer whose
 * settings name none (one that came without a mapping), all its texts. Layers with a
 * role are the base map, known by their titles. */
static const char *searched_text(struct indexer *ix, const char *role,
                                 const json_t *settings, const json_t *attributes)
{
    const char *text = NULL;
    bool named = false;
    size_t i;
    json_t *item;
    json_t *searched = pk_jget_array(settings, "searched");
    json_t *columns = searched != NULL ? searched : pk_jget_array(settings, "columns");
    json_array_foreach(columns, i, item)
    {
        const char *name = json_is_string(item) ? json_string_value(item)
                           : pk_jget_bool(item, "searched", false)
                               ? pk_jget_string(item, "name")
                               : NULL;
        const char *value = name == NULL ? NULL : pk_jget_string(attributes, name);
        named |= name != NULL || json_object_get(item, "searched") != NULL;
        if (value != NULL && (searched != NULL || json_is_object(item))) {
            text = pk_arena_printf(&ix->arena, "%s %s", text == NULL ? "" : text, value);
        }
    }
    const char *key;
    json_object_foreach((json_t *)attributes, key, item)
    {
        bool plain = role == NULL && !named && searched == NULL;
        const char *value = plain ? json_string_value(item) : NULL;
        if (value != NULL && strlen(value) <= SEARCHED_VALUE_MAX) {
            text = pk_arena_printf(&ix->arena, "%s %s", text == NULL ? "" : text, value);
        }
    }
    return text;
}

/* Title of a layer in a language: {"sv": "..."}, or one text for both. */
static const char *layer_title(const json_t *settings, const char *lang)
{
    const char *text = pk_jget_string(pk_jget_object(settings, "title"), lang);
    return text != NULL ? text : pk_jget_string(settings, "title");
}

static void describe_feature(struct indexer *ix, struct entry *e, const char *role,
                             const char *layer_id, const json_t *settings,
                             const json_t *attributes)
{
    static const struct {
        const char *role, *kind;
        int weight;
    } kinds[] = {
        {"property_unit", "property", 60},
        {"address",       "address",  40},
        {"place_name",    "place",    30}
    };
    for (size_t i = 0; i < PK_COUNT(kinds); i++) {
        if (role != NULL && strcmp(role, kinds[i].role) == 0) {
            const char *town = i == 1 ? first_of(attributes, town_names) : NULL;
            e->kind = kinds[i].kind;
            e->weight = kinds[i].weight;
            e->words = words_of(ix, e->label, town);
            put(e->detail, "municipality", first_of(attributes, municipality_names));
            put(e->detail, "town", town);
            put(e->detail, "type", i == 2 ? first_of(attributes, type_names) : NULL);
            return;
        }
    }
    const char *text = searched_text(ix, role, settings, attributes);
    e->kind = "layer";
    e->weight = 20;
    e->words = text == NULL ? NULL : words_of(ix, e->label, text);
    put(e->detail, "layer", layer_id);
    put(e->detail, "sv", layer_title(settings, "sv"));
    put(e->detail, "en", layer_title(settings, "en"));
}

static json_t *parsed(const char *text)
{
    return text == NULL ? NULL : json_loads(text, 0, NULL);
}

/* The row that s stands on and those after it with the same id; *rc is what the last
 * step said. */
static enum pk_status add_feature(struct indexer *ix, sqlite3_stmt *s, int *rc)
{
    struct entry e = {.id = id_column(s, 0), .label = column(ix, s, 4)};
    const char *role = column(ix, s, 1), *layer_id = column(ix, s, 2);
    json_t *settings = parsed(column(ix, s, 3)), *attributes = parsed(column(ix, s, 5));
    e.detail = json_object();
    enum pk_status status = PK_OK;
    if (e.label != NULL && *e.label != '\0') {
        describe_feature(ix, &e, role, layer_id, settings, attributes);
    }
    do {
        if (status == PK_OK && e.words != NULL) {
            status = place(ix, &e, s, 6);
        }
        *rc = sqlite3_step(s);
    } while (*rc == SQLITE_ROW && pk_id_equal(id_column(s, 0), e.id));
    if (status == PK_OK) {
        status = write_entry(ix, &e);
    }
    json_decref(e.detail);
    json_decref(settings);
    json_decref(attributes);
    return status;
}

/* ---- the walks ---- */

static enum pk_status
add_simple(struct indexer *ix, sqlite3_stmt *s, const struct pk_id *id,
           enum pk_status (*add)(struct indexer *ix, sqlite3_stmt *s))
{
    ask(ix, s, id);
    enum pk_status status = PK_OK;
    int rc;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW && status == PK_OK) {
        status = add(ix, s);
        pk_arena_reset(&ix->arena);
    }
    return status == PK_OK ? ended(ix, s, rc) : (sqlite3_reset(s), status);
}

static enum pk_status add_features(struct indexer *ix, sqlite3_stmt *s,
                                   const struct pk_id *id)
{
    ask(ix, s, id);
    enum pk_status status = PK_OK;
    int rc = sqlite3_step(s);
    while (rc == SQLITE_ROW && status == PK_OK) {
        status = add_feature(ix, s, &rc);
        pk_arena_reset(&ix->arena);
    }
    return status == PK_OK ? ended(ix, s, rc) : (sqlite3_reset(s), status);
}

static enum pk_status reindex_one(struct indexer *ix, const struct pk_id *id)
{
    enum pk_status status = remove_entries(ix, id);
    if (status == PK_OK) {
        status = add_simple(ix, ix->plan, id, add_plan);
    }
    if (status == PK_OK) {
        status = add_simple(ix, ix->regulation, id, add_regulation);
    }
    return status == PK_OK ? add_features(ix, ix->feature, id) : status;
}

/* What stands under a plan or a layer says its name: written anew with it. */
static enum pk_status reindex_below(struct indexer *ix, const struct pk_id *id)
{
    struct pk_id *below = NULL;
    size_t count = 0, room = 0;
    sqlite3_stmt *walk = ix->plan_regulations;
    ask(ix, ix->layer, id);
    if (sqlite3_step(ix->layer) == SQLITE_ROW) {
        walk = ix->layer_features;
        sqlite3_reset(walk);
        sqlite3_bind_value(walk, 1, sqlite3_column_value(ix->layer, 0));
        sqlite3_bind_int64(walk, 2, ix->version);
    } else {
        ask(ix, walk, id);
    }
    int rc;
    while ((rc = sqlite3_step(walk)) == SQLITE_ROW) {
        if (count == room) {
            room = room == 0 ? 64 : 2 * room;
            below = pk_xrealloc(below, room, sizeof *below);
        }
        below[count++] = id_column(walk, 0);
    }
    enum pk_status status = ended(ix, walk, rc);
    sqlite3_reset(ix->layer);
    for (size_t i = 0; i < count && status == PK_OK; i++) {
        status = reindex_one(ix, &below[i]);
    }
    free(below);
    return status;
}

static enum pk_status reindex_all(struct indexer *ix)
{
    enum pk_status status = pk_db_exec(
        ix->db, "INSERT INTO search_index (search_index) VALUES ('delete-all')", ix->err);
    if (status == PK_OK) {
        status = pk_db_exec(ix->db, "DELETE FROM search_entry; DELETE FROM search_spell",
                            ix->err);
    }
    if (status == PK_OK) {
        status = add_simple(ix, ix->all_plans, NULL, add_plan);
    }
    if (status == PK_OK) {
        status = add_simple(ix, ix->all_regulations, NULL, add_regulation);
    }
    return status == PK_OK ? add_features(ix, ix->all_features, NULL) : status;
}

/* One walk over everything is cheaper than many walks to single things, from about a
 * third of it on: a first import, a national delivery. */
static enum pk_status is_most(struct indexer *ix, size_t count, bool *most)
{
    sqlite3_stmt *s;
    enum pk_status status =
        pk_db_prepare(&s, ix->db, "SELECT count(*) FROM search_entry", ix->err);
    if (status == PK_OK) {
        *most = sqlite3_step(s) == SQLITE_ROW &&
                count >= (size_t)sqlite3_column_int64(s, 0) / 3;
        sqlite3_finalize(s);
    }
    return status;
}

enum pk_status pk_search_reindex(struct pk_db *db, int64_t version,
                                 const struct pk_id *ids, size_t count,
                                 struct pk_error *err)
{
    struct indexer ix = {.db = db, .version = version, .err = err};
    enum pk_status status = indexer_open(&ix);
    bool all = ids == NULL;
    if (status == PK_OK && !all) {
        status = is_most(&ix, count, &all);
    }
    if (status == PK_OK && all) {
        status = reindex_all(&ix);
    }
    for (size_t i = 0; !all && i < count && status == PK_OK; i++) {
        status = reindex_one(&ix, &ids[i]);
        if (status == PK_OK) {
            status = reindex_below(&ix, &ids[i]);
        }
    }
    indexer_close(&ix);
    return status;
}
