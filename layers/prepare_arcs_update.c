/* prepare_arcs_update.c - table arc in step with the arcs of a version. */
#include <stdlib.h>
#include <string.h>

#include "layers/prepare_private.h"
#include "layers/prepare_publish.h"

struct old_arc {
    struct pk_id id;
    int64_t row;
};

static int compare_arc_ids(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct pk_id));
}

/* Is one of the owners (JSON [{kind, id, plan}], canonical) of these plans? */
static bool owned_by(const char *owners, const struct prep_ids *plans)
{
    static const char member[] = "\"plan\":\"";
    if (owners == NULL) {
        return true; /* not ours as it is: it is looked at as changed */
    }
    for (const char *at = owners; (at = strstr(at, member)) != NULL;) {
        char text[PK_ID_TEXT];
        struct pk_id plan;
        at += sizeof(member) - 1;
        if (strlen(at) < sizeof(text)) {
            return true;
        }
        memcpy(text, at, sizeof(text) - 1);
        text[sizeof(text) - 1] = '\0';
        if (!pk_id_parse(&plan, text) || prep_ids_have(plans, plan)) {
            return true;
        }
    }
    return false;
}

/* The arcs of the version before, all or those of the plans. */
static enum pk_status read_arcs(const struct pk_prepare_job *job,
                                const struct prep_ids *plans, const struct pk_box *ground,
                                struct old_arc **out, uint32_t *count,
                                struct pk_error *err)
{
    sqlite3_stmt *stmt;
    uint32_t cap = 0;
    *out = NULL;
    *count = 0;
    enum pk_status status = pk_db_prepare(&stmt, job->db,
                                          "SELECT feature_id, row_id, owners FROM arc "
                                          "WHERE to_version = 4611686018427387904 "
                                          "AND min_x BETWEEN ?1 AND ?2",
                                          err);
    if (status != PK_OK) {
        return status;
    }
    /* An arc begins within its owner, which lay there before or lies there now. */
    sqlite3_bind_double(stmt, 1, plans != NULL ? ground->min_x - 1 : -1e12);
    sqlite3_bind_double(stmt, 2, plans != NULL ? ground->max_x + 1 : 1e12);
    int rc;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        if (plans != NULL &&
            !owned_by((const char *)sqlite3_column_text(stmt, 2), plans)) {
            continue;
        }
        if (*count == cap) {
            cap = cap > 0 ? 2 * cap : 256;
            *out = pk_xrealloc(*out, cap, sizeof(**out));
        }
        struct old_arc *arc = &(*out)[*count];
        *arc = (struct old_arc){.row = sqlite3_column_int64(stmt, 1)};
        if (sqlite3_column_bytes(stmt, 0) == (int)sizeof(arc->id.b)) {
            memcpy(arc->id.b, sqlite3_column_blob(stmt, 0), sizeof(arc->id.b));
        }
        ++*count;
    }
    if (rc != SQLITE_DONE) {
        status = pk_db_fail(job->db, "read arcs", err);
    }
    sqlite3_finalize(stmt);
    if (*count > 0) {
        qsort(*out, *count, sizeof(**out), compare_arc_ids);
    }
    return status;
}

static enum pk_status insert_arc(const struct pk_prepare_job *job, sqlite3_stmt *stmt,
                                 const struct prep_arc *arc, struct pk_error *err)
{
    sqlite3_bind_blob(stmt, 1, arc->id.b, sizeof(arc->id.b), SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, job->version);
    sqlite3_bind_text(stmt, 3, arc->kind, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 4, arc->kinds, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 5, prep_phase_names[arc->phase], -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 6, arc->owners, -1, SQLITE_STATIC);
    sqlite3_bind_blob(stmt, 7, arc->line.p, (int)(arc->line.end - arc->line.p),
                      SQLITE_STATIC);
    sqlite3_bind_double(stmt, 8, arc->box.min_x);
    sqlite3_bind_double(stmt, 9, arc->box.min_y);
    sqlite3_bind_double(stmt, 10, arc->box.max_x);
    sqlite3_bind_double(stmt, 11, arc->box.max_y);
    int rc = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    if (rc != SQLITE_DONE) {
        return pk_db_fail(job->db, "write an arc", err);
    }
    size_t bytes = strlen(arc->owners) + (size_t)(arc->line.end - arc->line.p) + 100;
    return job->breathe != NULL ? job->breathe(job->ctx, bytes, err) : PK_OK;
}

/* Arcs that are the same keep their rows. */
enum pk_status prep_arcs_update(const struct pk_prepare_job *job, const struct prep *p,
                                const struct prep_ids *plans, const struct pk_box *ground,
                                struct prep_ids *old_ids, struct pk_error *err)
{
    struct old_arc *old = NULL;
    uint32_t count = 0;
    sqlite3_stmt *insert = NULL, *end = NULL;
    enum pk_status status = read_arcs(job, plans, ground, &old, &count, err);
    bool *stays = pk_xcalloc(count, sizeof(*stays));
    if (status == PK_OK) {
        status = pk_db_prepare(
            &insert, job->db,
            "INSERT INTO arc (feature_id, from_version, to_version, kind, kinds, status, "
            "owners, line, min_x, min_y, max_x, max_y) VALUES (?1, ?2, "
            "4611686018427387904, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            err);
    }
    if (status == PK_OK) {
        status = pk_db_prepare(&end, job->db,
                               "UPDATE arc SET to_version = ?1 WHERE row_id = ?2", err);
    }
    for (uint32_t i = 0; i < p->arc_count && status == PK_OK; i++) {
        if (plans != NULL && !p->features[p->arcs[i].feature].own) {
            continue;
        }
        const struct old_arc *at = count == 0 ? NULL
                                              : bsearch(&p->arcs[i].id, old, count,
                                                        sizeof(*old), compare_arc_ids);
        if (at != NULL) {
            stays[at - old] = true;
        } else {
            status = insert_arc(job, insert, &p->arcs[i], err);
        }
    }
    for (uint32_t i = 0; i < count && status == PK_OK; i++) {
        if (old_ids != NULL) {
            prep_ids_add(old_ids, old[i].id);
        }
        if (!stays[i]) {
            sqlite3_bind_int64(end, 1, job->version);
            sqlite3_bind_int64(end, 2, old[i].row);
            int rc = sqlite3_step(end);
            sqlite3_reset(end);
            status = rc == SQLITE_DONE ? PK_OK : pk_db_fail(job->db, "end an arc", err);
        }
    }
    sqlite3_finalize(insert);
    sqlite3_finalize(end);
    free(stays);
    free(old);
    return status;
}
