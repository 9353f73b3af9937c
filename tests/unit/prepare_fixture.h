/* prepare_fixture.h - rows of plans and layers in a fresh file, published without a
 * delivery: what prepare is tested with. */
#ifndef PK_TESTS_PREPARE_FIXTURE_H
#define PK_TESTS_PREPARE_FIXTURE_H

#include "unit/pk_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "layers/crs.h"
#include "layers/db.h"
#include "layers/prepare_publish.h"

/* ---- a small town: blocks between wiggly lines that neighbours share ---- */

enum { BLOCKS = 7, STEPS = 9 };
static const double LEFT = 551000, BOTTOM = 6404000, BLOCK = 180;

static struct pk_crs *crs;

/* A number of -1..1 that belongs to a place. */
static inline double noise(int a, int b, int c)
{
    int key[3] = {a, b, c};
    return (double)(pk_hash64(key, sizeof(key), 5) % 20001) / 10000 - 1;
}

/* A point on the line between two corners; the same from either side. */
static inline void border_point(int x0, int y0, int x1, int y1, int step, double *e,
                                double *n)
{
    double t = (double)step / STEPS;
    bool inner = step > 0 && step < STEPS;
    *e = LEFT + BLOCK * (x0 + (x1 - x0) * t);
    *n = BOTTOM + BLOCK * (y0 + (y1 - y0) * t);
    if (inner) {
        *e += 6 * noise(x0 * 10 + x1, y0 * 10 + y1, step);
        *n += 6 * noise(x0 * 10 + x1, y0 * 10 + y1, step + 100);
    }
    *e = floor(*e * 1000 + 0.5) / 1000;
    *n = floor(*n * 1000 + 0.5) / 1000;
}

static inline void put_border(struct pk_geom_builder *b, int x0, int y0, int x1, int y1)
{
    bool turned = x1 < x0 || y1 < y0;
    for (int i = 0; i < STEPS; i++) {
        double e, n;
        if (turned) {
            border_point(x1, y1, x0, y0, STEPS - i, &e, &n);
        } else {
            border_point(x0, y0, x1, y1, i, &e, &n);
        }
        pk_geom_vertex(b, e, n, 0);
    }
}

/* Blocks x0..x1, y0..y1 as one area. */
static inline struct pk_geom block_area(struct pk_arena *arena, int x0, int y0, int x1,
                                        int y1)
{
    struct pk_geom_builder *b = pk_geom_begin(arena, PK_GEOM_AREA, false);
    struct pk_geom g;
    double e, n;
    pk_geom_ring(b, PK_RING_OUTER);
    for (int x = x0; x < x1; x++) {
        put_border(b, x, y0, x + 1, y0);
    }
    for (int y = y0; y < y1; y++) {
        put_border(b, x1, y, x1, y + 1);
    }
    for (int x = x1; x > x0; x--) {
        put_border(b, x, y1, x - 1, y1);
    }
    for (int y = y1; y > y0; y--) {
        put_border(b, x0, y, x0, y - 1);
    }
    border_point(x0, y0, x0 + 1, y0, 0, &e, &n);
    pk_geom_vertex(b, e, n, 0);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    return g;
}

static inline struct pk_geom rectangle(struct pk_arena *arena, double e, double n,
                                       double w, double h)
{
    struct pk_geom_builder *b = pk_geom_begin(arena, PK_GEOM_AREA, false);
    struct pk_geom g;
    pk_geom_ring(b, PK_RING_OUTER);
    pk_geom_vertex(b, e, n, 0);
    pk_geom_vertex(b, e + w, n, 0);
    pk_geom_vertex(b, e + w, n + h, 0);
    pk_geom_vertex(b, e, n + h, 0);
    pk_geom_vertex(b, e, n, 0);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    return g;
}

static inline struct pk_geom line(struct pk_arena *arena, double e, double n, double w,
                                  int vertices)
{
    struct pk_geom_builder *b = pk_geom_begin(arena, PK_GEOM_LINE, false);
    struct pk_geom g;
    pk_geom_ring(b, PK_RING_OPEN);
    for (int i = 0; i < vertices; i++) {
        pk_geom_vertex(b, e + w * i / vertices, n + 3 * sin(i * 0.3), 0);
    }
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    return g;
}

static inline struct pk_geom point(struct pk_arena *arena, double e, double n)
{
    struct pk_geom_builder *b = pk_geom_begin(arena, PK_GEOM_POINT, false);
    struct pk_geom g;
    pk_geom_ring(b, PK_RING_OPEN);
    pk_geom_vertex(b, e, n, 0);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    return g;
}

/* ---- rows ---- */

static inline void run(struct pk_db *db, const char *sql)
{
    struct pk_error err = {0};
    if (pk_db_exec(db, sql, &err) != PK_OK) {
        fail_msg("%s: %s", sql, err.text);
    }
}

/* "b" id, "i" integer, "t" text, "d" double, "g" geometry as SpatiaLite has it, "o"
 * geometry as PKG1; in the order of the parameters. */
static inline void insert(struct pk_db *db, const char *sql, const char *types, ...)
{
    sqlite3_stmt *stmt;
    struct pk_error err = {0};
    if (pk_db_prepare(&stmt, db, sql, &err) != PK_OK) {
        fail_msg("%s: %s", sql, err.text);
    }
    va_list args;
    va_start(args, types);
    for (int i = 1; *types != '\0'; types++, i++) {
        struct pk_buf buf;
        pk_buf_init(&buf, 1 << 24);
        if (*types == 'b') {
            struct pk_id id = va_arg(args, struct pk_id);
            sqlite3_bind_blob(stmt, i, id.b, 16, SQLITE_TRANSIENT);
        } else if (*types == 'i') {
            sqlite3_bind_int64(stmt, i, va_arg(args, int64_t));
        } else if (*types == 't') {
            sqlite3_bind_text(stmt, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
        } else if (*types == 'd') {
            sqlite3_bind_double(stmt, i, va_arg(args, double));
        } else {
            const struct pk_geom *g = va_arg(args, const struct pk_geom *);
            if (*types == 'g') {
                pk_geom_to_spatialite(&buf, g, 3006);
            } else {
                pk_geom_write(&buf, g);
            }
            sqlite3_bind_blob(stmt, i, buf.data, (int)buf.len, SQLITE_TRANSIENT);
        }
        pk_buf_finish(&buf);
    }
    va_end(args);
    if (sqlite3_step(stmt) != SQLITE_DONE) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(db->sql));
    }
    sqlite3_finalize(stmt);
}

static inline struct pk_id id_of(const char *kind, const char *key)
{
    return pk_id_of(kind, "9901", key);
}

static inline void put_plan(struct pk_db *db, int64_t v, const char *key,
                            const char *status, const char *in_force,
                            const struct pk_geom *g)
{
    struct pk_id id = id_of("plan", key), none = {{0}};
    insert(
        db,
        "INSERT INTO plan (feature_id, from_version, to_version, municipality, "
        "designation, name, status, in_force, coverage, details, hash) VALUES (?1, "
        "?2, 4611686018427387904, 'Påhittad', ?3, ?3, ?4, ?5, 'regulations', '{}', ?6)",
        "bitttb", id, v, key, status, in_force, none);
    insert(db,
           "INSERT INTO plan_part (feature_id, from_version, to_version, part, crs, "
           "original, area_m2, hash, geometry) VALUES (?1, ?2, 4611686018427387904, 0, "
           "3006, ?3, 0, ?4, ?5)",
           "biobg", id, v, g, none, g);
}

static inline void put_regulation(struct pk_db *db, int64_t v, const char *plan,
                                  const char *key, const char *kind, const char *letter,
                                  const char *details, const struct pk_geom *g)
{
    struct pk_id id = id_of("regulation", key), none = {{0}};
    insert(
        db,
        "INSERT INTO regulation (feature_id, from_version, to_version, plan_id, kind, "
        "letter, idx, wording, details, hash) VALUES (?1, ?2, 4611686018427387904, ?3, "
        "?4, ?5, '1', 'Så får man bygga', ?6, ?7)",
        "bibtttb", id, v, id_of("plan", plan), kind, letter, details, none);
    insert(db,
           "INSERT INTO regulation_part (feature_id, from_version, to_version, plan_id, "
           "part, geom_kind, crs, original, area_m2, length_m, hash, geometry) VALUES "
           "(?1, ?2, 4611686018427387904, ?3, 0, ?4, 3006, ?5, 0, 0, ?6, ?7)",
           "bibiobg", id, v, id_of("plan", plan), (int64_t)g->kind, g, none, g);
}

static inline void end_plan(struct pk_db *db, int64_t v, const char *key)
{
    static const char *const sql[] = {
        "UPDATE plan SET to_version = ?1 WHERE feature_id = ?2 AND to_version > ?1",
        "UPDATE plan_part SET to_version = ?1 WHERE feature_id = ?2 AND to_version > ?1",
        "UPDATE regulation SET to_version = ?1 WHERE plan_id = ?2 AND to_version > ?1",
        "UPDATE regulation_part SET to_version = ?1 WHERE plan_id = ?2 AND to_version > "
        "?1"};
    for (size_t i = 0; i < PK_COUNT(sql); i++) {
        insert(db, sql[i], "ib", v, id_of("plan", key));
    }
}

static inline void put_feature(struct pk_db *db, int64_t v, const char *layer,
                               const char *key, const struct pk_geom *g)
{
    struct pk_id none = {{0}};
    insert(
        db,
        "INSERT INTO feature (feature_id, from_version, to_version, layer_id, title, "
        "attributes, geom_kind, crs, area_m2, length_m, hash, geometry) VALUES (?1, "
        "?2, 4611686018427387904, ?3, ?4, '{\"hojd\":4.5,\"namn\":\"Å\",\"x\":[1,2]}', "
        "?5, 3006, 0, 0, ?6, ?7)",
        "bittibg", id_of(layer, key), v, layer, key, (int64_t)g->kind, none, g);
}

static inline void put_layer(struct pk_db *db, int64_t v, const char *layer,
                             const char *role, const char *settings)
{
    struct pk_id none = {{0}};
    insert(db,
           "INSERT INTO layer (feature_id, from_version, to_version, layer_id, role, "
           "settings, hash) VALUES (?1, ?2, 4611686018427387904, ?3, ?4, ?5, ?6)",
           "bitttb", id_of("layer", layer), v, layer, role, settings, none);
}

/* One plan on a square of blocks, with what varies by `edit`. */
static inline void put_block_plan(struct pk_db *db, int64_t v, int x, int y, int edit)
{
    struct pk_arena arena = {0};
    char plan[20], key[40];
    snprintf(plan, sizeof(plan), "P%d%d", x, y);
    struct pk_geom g = block_area(&arena, x, y, x + 1, y + 1);
    put_plan(db, v, plan, edit % 3 == 2 ? "samråd" : "laga kraft", "2020-01-01", &g);
    snprintf(key, sizeof(key), "%s-use", plan);
    put_regulation(db, v, plan, key, "use", edit % 2 ? "B" : "GATA", "{}", &g);
    if ((x + y + edit) % 2 == 0) { /* a combined use */
        snprintf(key, sizeof(key), "%s-use2", plan);
        put_regulation(db, v, plan, key, "use", "C", "{\"huvudsaklig\":true}", &g);
    }
    double inset = 20 + 5 * (edit % 4);
    struct pk_geom r = rectangle(&arena, LEFT + BLOCK * x + inset,
                                 BOTTOM + BLOCK * y + 20, 40 + edit, 50);
    snprintf(key, sizeof(key), "%s-prick", plan);
    put_regulation(db, v, plan, key, "property", "e",
                   "{\"bestammelsevarde\":[{\"variabelvarde\":\"12\",\"enhet\":\"m\"}]}",
                   &r);
    struct pk_geom s = rectangle(&arena, LEFT + BLOCK * x + inset + 40 + edit,
                                 BOTTOM + BLOCK * y + 30, 3, 2);
    snprintf(key, sizeof(key), "%s-small", plan);
    put_regulation(db, v, plan, key, "property", "f",
                   edit % 2 ? "{\"sekundarEgenskapsgrans\":true}" : "{}", &s);
    /* A line and a point, and now and then nothing of them. */
    if (edit % 5 != 4) {
        double e = LEFT + BLOCK * x + 30, n = BOTTOM + BLOCK * y + 100 + edit;
        struct pk_geom l = line(&arena, e, n, 60, edit % 2 ? 300 : 3);
        snprintf(key, sizeof(key), "%s-line", plan);
        put_regulation(db, v, plan, key, "property", "s", "{}", &l);
        struct pk_geom p = point(&arena, e + 10 * (edit % 3), n);
        snprintf(key, sizeof(key), "%s-point", plan);
        put_regulation(db, v, plan, key, "administrative", "a", "{}", &p);
    }
    pk_arena_finish(&arena);
}

static inline void put_first(struct pk_db *db, int64_t v, const int edits[BLOCKS][BLOCKS])
{
    struct pk_arena arena = {0};
    for (int x = 0; x < BLOCKS; x++) {
        for (int y = 0; y < BLOCKS; y++) {
            if (edits[x][y] >= 0) {
                put_block_plan(db, v, x, y, edits[x][y]);
            }
        }
    }
    pk_arena_finish(&arena);
}

static inline void put_layers(struct pk_db *db, int64_t v)
{
    struct pk_arena arena = {0};
    put_layer(db, v, "water", "water", "{\"columns\":[{\"name\":\"namn\"}]}");
    put_layer(db, v, "property_unit", "property_unit",
              "{\"columns\":[{\"name\":\"hojd\"},{\"name\":\"x\"}]}");
    for (int x = 0; x < BLOCKS; x++) {
        char key[20];
        struct pk_geom g = block_area(&arena, x, 0, x + 1, 2);
        snprintf(key, sizeof(key), "W%d", x);
        put_feature(db, v, "water", key, &g);
        g = block_area(&arena, x, 1, x + 1, 3);
        put_feature(db, v, "property_unit", key, &g);
    }
    pk_arena_finish(&arena);
}

/* ---- versions ---- */

static inline void open_fresh(struct pk_db *db, char *path, size_t size)
{
    static int number;
    struct pk_error err = {0};
    snprintf(path, size, "/tmp/pk-prepare-%d-%d.sqlite", (int)getpid(), number++);
    unlink(path);
    if (pk_db_open(db, path, PK_DB_CREATE, true, &err) != PK_OK) {
        fail_msg("%s", err.text);
    }
    run(db, "PRAGMA synchronous = OFF"); /* a test's file: gone in a second */
}

static inline void close_and_remove(struct pk_db *db, const char *path)
{
    static const char *const more[] = {"", "-wal", "-shm", ".lock"};
    pk_db_close(db);
    for (size_t i = 0; i < PK_COUNT(more); i++) {
        char name[300];
        snprintf(name, sizeof(name), "%s%s", path, more[i]);
        unlink(name);
    }
}

static inline void publish(struct pk_db *db, int64_t version, const char *day)
{
    struct pk_error err = {0};
    struct pk_prepare_job job = {
        .db = db, .crs = crs, .version = version, .legal_day = day};
    if (pk_prepare_publish(&job, &err) != PK_OK) {
        fail_msg("publish %d: %s", (int)version, err.text);
    }
    insert(db,
           "INSERT INTO version (version, published, by, source, legal_day) VALUES (?1, "
           "'2026-01-01T00:00:00Z', 'test', 'test', ?2)",
           "it", version, day);
}

#endif
