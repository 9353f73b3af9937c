/* prepare_compare.h - packs, arcs and change boxes of two databases held against each
 * other. */
#ifndef PK_TESTS_PREPARE_COMPARE_H
#define PK_TESTS_PREPARE_COMPARE_H

#include "unit/prepare_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "layers/pack.h"

/* ---- comparing databases ---- */

/* All packs of a state, as they are read. */
static const char newest_packs[] =
    "SELECT family, band, cell, features, labels FROM pack p WHERE from_version = "
    "(SELECT max(from_version) FROM pack q WHERE q.family = p.family AND q.band = p.band "
    "AND q.cell = p.cell AND q.from_version <= ?1) AND (features IS NOT NULL OR labels "
    "IS "
    "NOT NULL) ORDER BY family, band, cell";

static inline void assert_same_packs(struct pk_db *a, int64_t a_version, struct pk_db *b,
                                     int64_t b_version)
{
    sqlite3_stmt *p, *q;
    assert_int_equal(pk_db_prepare(&p, a, newest_packs, NULL), PK_OK);
    assert_int_equal(pk_db_prepare(&q, b, newest_packs, NULL), PK_OK);
    sqlite3_bind_int64(p, 1, a_version);
    sqlite3_bind_int64(q, 1, b_version);
    int count = 0;
    for (;;) {
        int x = sqlite3_step(p), y = sqlite3_step(q);
        if (x == SQLITE_ROW && y == SQLITE_ROW) {
            assert_string_equal((const char *)sqlite3_column_text(p, 0),
                                (const char *)sqlite3_column_text(q, 0));
            assert_int_equal(sqlite3_column_int(p, 1), sqlite3_column_int(q, 1));
            assert_true(sqlite3_column_int64(p, 2) == sqlite3_column_int64(q, 2));
            for (int c = 3; c < 5; c++) {
                int n = sqlite3_column_bytes(p, c);
                if (n != sqlite3_column_bytes(q, c) ||
                    (n > 0 && memcmp(sqlite3_column_blob(p, c), sqlite3_column_blob(q, c),
                                     (size_t)n) != 0)) {
                    fail_msg("%s band %d differs", sqlite3_column_text(p, 0),
                             sqlite3_column_int(p, 1));
                }
            }
            count++;
        } else {
            assert_int_equal(x, SQLITE_DONE);
            assert_int_equal(y, SQLITE_DONE);
            break;
        }
    }
    assert_true(count > 20);
    sqlite3_finalize(p);
    sqlite3_finalize(q);
}

static const char arcs_of_state[] =
    "SELECT hex(feature_id) || kind || kinds || status || owners || hex(line) FROM arc "
    "WHERE from_version <= ?1 AND to_version > ?1 ORDER BY feature_id";

static inline void assert_same_arcs(struct pk_db *a, int64_t a_version, struct pk_db *b,
                                    int64_t b_version)
{
    sqlite3_stmt *p, *q;
    assert_int_equal(pk_db_prepare(&p, a, arcs_of_state, NULL), PK_OK);
    assert_int_equal(pk_db_prepare(&q, b, arcs_of_state, NULL), PK_OK);
    sqlite3_bind_int64(p, 1, a_version);
    sqlite3_bind_int64(q, 1, b_version);
    while (sqlite3_step(p) == SQLITE_ROW) {
        assert_int_equal(sqlite3_step(q), SQLITE_ROW);
        assert_string_equal((const char *)sqlite3_column_text(p, 0),
                            (const char *)sqlite3_column_text(q, 0));
    }
    assert_int_equal(sqlite3_step(q), SQLITE_DONE);
    sqlite3_finalize(p);
    sqlite3_finalize(q);
}

/* ---- records of a state, for change boxes ---- */

struct record {
    char layer[40];
    enum pk_family family;
    int band;
    uint64_t key, hash;
    uint32_t part;
    bool label;
    int64_t probes[4][2]; /* places that a change of it changes */
};

struct records {
    size_t count, cap;
    struct record *at;
};

static inline uint64_t hash_feature(const struct pk_ifeature *f)
{
    uint64_t h = pk_hash64(&f->box, sizeof(f->box), f->attr_hash);
    int64_t anchor[3] = {f->anchor_x, f->anchor_y, f->room};
    h = pk_hash64(anchor, sizeof(anchor), h);
    for (uint32_t r = 0; r < f->ring_count; r++) {
        h = pk_hash64(f->xy + 2 * (size_t)f->rings[r].first, 16 * f->rings[r].count, h);
    }
    return h;
}

/* Corners of its box; of a line four of its vertices. */
static inline void set_probes(struct record *r, const struct pk_ifeature *f)
{
    int64_t corners[4][2] = {
        {f->box.min_x, f->box.min_y},
        {f->box.max_x, f->box.max_y},
        {f->box.min_x, f->box.max_y},
        {f->box.max_x, f->box.min_y}
    };
    memcpy(r->probes, corners, sizeof(corners));
    for (uint32_t i = 0; f->kind == PK_GEOM_LINE && f->ring_count > 0 && i < 4; i++) {
        uint32_t at = f->rings[0].first + (f->rings[0].count - 1) * i / 3;
        memcpy(r->probes[i], f->xy + 2 * (size_t)at, 16);
    }
}

static inline void add_records(struct records *out, sqlite3_stmt *row, int column)
{
    struct pk_arena arena = {0};
    struct pk_pack pack;
    struct pk_error err = {0};
    if (pk_pack_open(&pack, sqlite3_column_blob(row, column),
                     (size_t)sqlite3_column_bytes(row, column), NULL, &arena,
                     &err) != PK_OK) {
        fail_msg("%s", err.text);
    }
    for (uint32_t s = 0; s < pack.section_count; s++) {
        struct pk_pack_cursor c;
        struct pk_ifeature f;
        pk_pack_begin(&c, &pack.sections[s]);
        while (pk_pack_next(&c, &f)) {
            assert_true(pk_pack_geometry(&c, &f, NULL, &arena));
            if (out->count == out->cap) {
                out->cap = out->cap ? 2 * out->cap : 256;
                out->at = pk_xrealloc(out->at, out->cap, sizeof(*out->at));
            }
            struct record *r = &out->at[out->count++];
            memset(r, 0, sizeof(*r)); /* compared as bytes */
            r->band = sqlite3_column_int(row, 1) % PK_WIDE_BAND;
            r->key = f.key;
            r->part = f.part;
            r->hash = hash_feature(&f);
            r->label = column == 4;
            set_probes(r, &f);
            snprintf(r->layer, sizeof(r->layer), "%s", pack.sections[s].source_layer);
            r->family = sqlite3_column_text(row, 0)[0] == 'w' ? PK_WM : PK_TM;
        }
        assert_false(c.at.bad);
    }
    pk_arena_finish(&arena);
}

static inline int compare_records(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct record));
}

static inline struct records records_of(struct pk_db *db, int64_t version)
{
    struct records out = {0};
    sqlite3_stmt *row;
    assert_int_equal(pk_db_prepare(&row, db, newest_packs, NULL), PK_OK);
    sqlite3_bind_int64(row, 1, version);
    while (sqlite3_step(row) == SQLITE_ROW) {
        add_records(&out, row, 3);
        add_records(&out, row, 4);
    }
    sqlite3_finalize(row);
    qsort(out.at, out.count, sizeof(*out.at), compare_records);
    return out;
}

/* Is each of the record's places in a change box of its layer, family and band? */
static inline bool is_covered(struct pk_db *db, int64_t version, const struct record *r)
{
    static const char sql[] = "SELECT count(*) FROM change WHERE version = ?1 AND "
                              "source_layer = ?2 AND family = "
                              "?3 AND band = ?4 AND min_x <= ?5 AND max_x >= ?5 AND "
                              "min_y <= ?6 AND max_y >= ?6";
    int hits = 0;
    sqlite3_stmt *stmt;
    assert_int_equal(pk_db_prepare(&stmt, db, sql, NULL), PK_OK);
    for (int i = 0; i < 4; i++) {
        sqlite3_bind_int64(stmt, 1, version);
        sqlite3_bind_text(stmt, 2, r->layer, -1, SQLITE_STATIC);
        sqlite3_bind_text(stmt, 3, pk_family_name(r->family), -1, SQLITE_STATIC);
        sqlite3_bind_int(stmt, 4, r->band);
        sqlite3_bind_int64(stmt, 5, r->probes[i][0]);
        sqlite3_bind_int64(stmt, 6, r->probes[i][1]);
        assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
        hits += sqlite3_column_int(stmt, 0) > 0;
        sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
    return hits == 4;
}

static inline size_t assert_changes_cover(struct pk_db *db, int64_t version)
{
    struct records old = records_of(db, version - 1), fresh = records_of(db, version);
    size_t i = 0, k = 0, differ = 0;
    while (i < old.count || k < fresh.count) {
        int d = i == old.count     ? 1
                : k == fresh.count ? -1
                                   : compare_records(&old.at[i], &fresh.at[k]);
        if (d != 0) {
            const struct record *r = d < 0 ? &old.at[i] : &fresh.at[k];
            differ++;
            if (!is_covered(db, version, r)) {
                fail_msg("version %d: a %s of band %d is not covered", (int)version,
                         r->layer, r->band);
            }
        }
        i += d <= 0;
        k += d >= 0;
    }
    free(old.at);
    free(fresh.at);
    return differ;
}

/* ---- the tests ---- */

#endif
