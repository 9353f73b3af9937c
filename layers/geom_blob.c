/*
 * geom_blob.c - SpatiaLite's BLOB-Geometry, written and walked strictly.
 *
 * 00 | 01 (little endian) | i32 srid | f64 min x, min y, max x, max y | 7C |
 * u32 class | body | FE. Classes 1-3 are point, line, polygon, 4-6 their MULTI
 * forms, whose members begin with 69 and their own class.
 * Source: SpatiaLite manual, "BLOB-Geometry" internal format.
 */
#include "layers/geom.h"

#include <math.h>

enum {
    PK_BLOB_START = 0x00,
    PK_BLOB_LITTLE = 0x01,
    PK_BLOB_MBR_END = 0x7C,
    PK_BLOB_ENTITY = 0x69,
    PK_BLOB_END = 0xFE,
    PK_BLOB_MULTI = 3 /* class of the MULTI form minus that of one */
};

static void put_vertices(struct pk_buf *out, const struct pk_geom *g, uint32_t first,
                         uint32_t count)
{
    for (uint32_t i = 2 * first; i < 2 * (first + count); i++)
        pk_buf_add_f64(out, g->xy[i]);
}

static uint32_t rings_of_polygon(const struct pk_geom *g, uint32_t outer)
{
    uint32_t n = 1;

    while (outer + n < g->ring_count && g->rings[outer + n].role == PK_RING_HOLE)
        n++;
    return n;
}

static void put_entity(struct pk_buf *out, const struct pk_geom *g, uint32_t ring)
{
    uint32_t rings = g->kind == PK_GEOM_AREA ? rings_of_polygon(g, ring) : 1;

    pk_buf_add_u8(out, PK_BLOB_ENTITY);
    pk_buf_add_u32(out, (uint32_t)g->kind);
    if (g->kind == PK_GEOM_AREA)
        pk_buf_add_u32(out, rings);
    for (uint32_t i = ring; i < ring + rings; i++) {
        pk_buf_add_u32(out, g->rings[i].count);
        put_vertices(out, g, g->rings[i].first, g->rings[i].count);
    }
}

void pk_geom_to_spatialite(struct pk_buf *out, const struct pk_geom *g, int srid)
{
    struct pk_box box = pk_geom_box(g);
    uint32_t entities = 0;

    if (pk_box_is_empty(box))
        box = (struct pk_box){0, 0, 0, 0};
    pk_buf_add_u8(out, PK_BLOB_START);
    pk_buf_add_u8(out, PK_BLOB_LITTLE);
    pk_buf_add_u32(out, (uint32_t)srid);
    pk_buf_add_f64(out, box.min_x);
    pk_buf_add_f64(out, box.min_y);
    pk_buf_add_f64(out, box.max_x);
    pk_buf_add_f64(out, box.max_y);
    pk_buf_add_u8(out, PK_BLOB_MBR_END);
    pk_buf_add_u32(out, (uint32_t)g->kind + PK_BLOB_MULTI);
    if (g->kind == PK_GEOM_POINT) {
        pk_buf_add_u32(out, g->vertex_count);
        for (uint32_t i = 0; i < g->vertex_count; i++) {
            pk_buf_add_u8(out, PK_BLOB_ENTITY);
            pk_buf_add_u32(out, PK_GEOM_POINT);
            put_vertices(out, g, i, 1);
        }
    } else {
        for (uint32_t i = 0; i < g->ring_count; i++)
            entities += g->rings[i].role != PK_RING_HOLE;
        pk_buf_add_u32(out, entities);
        for (uint32_t i = 0; i < g->ring_count; i++)
            if (g->rings[i].role != PK_RING_HOLE)
                put_entity(out, g, i);
    }
    pk_buf_add_u8(out, PK_BLOB_END);
}

/* --- the reverse --- */

static size_t left(const struct pk_bytes *in)
{
    return in->bad ? 0 : (size_t)(in->end - in->p);
}

static bool take_vertices(struct pk_geom_builder *b, struct pk_bytes *in, uint32_t count)
{
    if (count > left(in) / 16)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        double x = pk_bytes_f64(in), y = pk_bytes_f64(in);
        pk_geom_vertex(b, x, y, 0);
    }
    return true;
}

static bool take_entity(struct pk_geom_builder *b, struct pk_bytes *in,
                        enum pk_geom_kind kind)
{
    uint32_t rings;

    if (kind == PK_GEOM_POINT)
        return take_vertices(b, in, 1);
    if (kind == PK_GEOM_LINE) {
        pk_geom_ring(b, PK_RING_OPEN);
        return take_vertices(b, in, pk_bytes_u32(in));
    }
    rings = pk_bytes_u32(in);
    if (rings == 0 || rings > left(in) / 4)
        return false;
    for (uint32_t i = 0; i < rings; i++) {
        pk_geom_ring(b, i ? PK_RING_HOLE : PK_RING_OUTER);
        if (!take_vertices(b, in, pk_bytes_u32(in)))
            return false;
    }
    return true;
}

static bool take_multi(struct pk_geom_builder *b, struct pk_bytes *in,
                       enum pk_geom_kind kind)
{
    uint32_t entities = pk_bytes_u32(in);

    if (entities > left(in) / 5)
        return false;
    for (uint32_t i = 0; i < entities; i++)
        if (pk_bytes_u8(in) != PK_BLOB_ENTITY || pk_bytes_u32(in) != (uint32_t)kind ||
            !take_entity(b, in, kind))
            return false;
    return true;
}

enum pk_status pk_geom_from_spatialite(struct pk_geom *out, const void *blob, size_t len,
                                       struct pk_arena *arena, struct pk_error *err)
{
    struct pk_bytes in = pk_bytes_of(blob, len);
    struct pk_geom_builder *b;
    struct pk_error why = {0};
    enum pk_geom_kind kind;
    uint32_t class;
    bool ok;

    *out = (struct pk_geom){0};
    if (pk_bytes_u8(&in) != PK_BLOB_START || pk_bytes_u8(&in) != PK_BLOB_LITTLE)
        return pk_fail(err, PK_BAD_DATA, "geometry: not a little-endian SpatiaLite BLOB");
    pk_bytes_u32(&in); /* srid: the column's, not ours to judge */
    for (int i = 0; i < 4; i++)
        if (!isfinite(pk_bytes_f64(&in)))
            return pk_fail(err, PK_BAD_DATA, "geometry: BLOB with a box of no numbers");
    if (pk_bytes_u8(&in) != PK_BLOB_MBR_END)
        return pk_fail(err, PK_BAD_DATA, "geometry: BLOB without its mark 7C");
    class = pk_bytes_u32(&in);
    if (class < 1 || class > 6)
        return pk_fail(err, PK_BAD_DATA, "geometry: BLOB of class %u", class);
    kind = (enum pk_geom_kind)((class - 1) % PK_BLOB_MULTI + 1);
    b = pk_geom_begin(arena, kind, false);
    ok = class > PK_BLOB_MULTI ? take_multi(b, &in, kind) : take_entity(b, &in, kind);
    if (!ok || pk_bytes_u8(&in) != PK_BLOB_END || in.bad || left(&in) != 0)
        return pk_fail(err, PK_BAD_DATA, "geometry: BLOB whose counts do not fit");
    if (pk_geom_done(out, b, &why) != PK_OK)
        return pk_fail(err, PK_BAD_DATA, "geometry: %s", why.text);
    return PK_OK;
}
