/* geom.c - building geometries, boxes, and our own bytes. */
#include "layers/geom.h"

#include <math.h>
#include <string.h>

#include "base/json.h"

#define PK_GEOM_MAGIC "PKG1"

enum { PK_GEOM_HEAD = 16, PK_GEOM_RING_BYTES = 5, PK_GEOM_HAS_Z = 1 };

struct pk_geom_builder {
    struct pk_arena *arena;
    struct pk_geom geom;
    uint32_t ring_cap, vertex_cap;
    bool has_z, too_many, not_finite;
};

bool pk_box_touches(struct pk_box a, struct pk_box b)
{
    return a.min_x <= b.max_x && b.min_x <= a.max_x && a.min_y <= b.max_y &&
           b.min_y <= a.max_y;
}

bool pk_box_is_empty(struct pk_box box)
{
    return box.min_x > box.max_x || box.min_y > box.max_y;
}

struct pk_box pk_box_join(struct pk_box a, struct pk_box b)
{
    struct pk_box out = {fmin(a.min_x, b.min_x), fmin(a.min_y, b.min_y),
                         fmax(a.max_x, b.max_x), fmax(a.max_y, b.max_y)};
    return out;
}

struct pk_box pk_box_grow(struct pk_box box, double by)
{
    if (pk_box_is_empty(box))
        return box;
    box.min_x -= by;
    box.min_y -= by;
    box.max_x += by;
    box.max_y += by;
    return box;
}

struct pk_box pk_geom_box(const struct pk_geom *g)
{
    struct pk_box box = PK_BOX_EMPTY;

    for (uint32_t i = 0; i < g->vertex_count; i++) {
        double x = g->xy[2 * i], y = g->xy[2 * i + 1];
        box = pk_box_join(box, (struct pk_box){x, y, x, y});
    }
    return box;
}

/* --- building --- */

struct pk_geom_builder *pk_geom_begin(struct pk_arena *arena, enum pk_geom_kind kind,
                                      bool has_z)
{
    struct pk_geom_builder *b = pk_arena_alloc(arena, 1, sizeof *b);

    b->arena = arena;
    b->geom.kind = kind;
    b->has_z = has_z;
    return b;
}

void pk_geom_ring(struct pk_geom_builder *b, enum pk_ring_role role)
{
    struct pk_geom *g = &b->geom;

    if (g->ring_count >= PK_GEOM_RINGS_MAX) {
        b->too_many = true;
        return;
    }
    if (g->ring_count == b->ring_cap) {
        uint32_t cap = b->ring_cap ? b->ring_cap * 2 : 4;
        struct pk_ring *rings = pk_arena_alloc(b->arena, cap, sizeof *rings);
        if (g->ring_count)
            memcpy(rings, g->rings, g->ring_count * sizeof *rings);
        g->rings = rings;
        b->ring_cap = cap;
    }
    g->rings[g->ring_count++] = (struct pk_ring){g->vertex_count, 0, role};
}

static void grow_vertices(struct pk_geom_builder *b)
{
    struct pk_geom *g = &b->geom;
    uint32_t cap = b->vertex_cap ? b->vertex_cap * 2 : 16;
    double *xy = pk_arena_alloc(b->arena, (size_t)cap * 2, sizeof *xy);

    if (g->vertex_count)
        memcpy(xy, g->xy, (size_t)g->vertex_count * 2 * sizeof *xy);
    g->xy = xy;
    if (b->has_z) {
        double *z = pk_arena_alloc(b->arena, cap, sizeof *z);
        if (g->vertex_count)
            memcpy(z, g->z, (size_t)g->vertex_count * sizeof *z);
        g->z = z;
    }
    b->vertex_cap = cap;
}

void pk_geom_vertex(struct pk_geom_builder *b, double x, double y, double z)
{
    struct pk_geom *g = &b->geom;

    if (g->ring_count == 0)
        pk_geom_ring(b, g->kind == PK_GEOM_AREA ? PK_RING_OUTER : PK_RING_OPEN);
    if (b->too_many || g->vertex_count >= PK_GEOM_VERTICES_MAX) {
        b->too_many = true;
        return;
    }
    if (!isfinite(x) || !isfinite(y) || (b->has_z && !isfinite(z))) {
        b->not_finite = true;
        return;
    }
    if (g->vertex_count == b->vertex_cap)
        grow_vertices(b);
    g->xy[2 * g->vertex_count] = x;
    g->xy[2 * g->vertex_count + 1] = y;
    if (b->has_z)
        g->z[g->vertex_count] = z;
    g->vertex_count++;
    g->rings[g->ring_count - 1].count++;
}

/* What a geometry must be, whoever made it; NULL when it is that. */
static const char *form_fault(const struct pk_geom *g)
{
    if (g->kind > PK_GEOM_AREA || (g->kind == PK_GEOM_NONE && g->ring_count))
        return "unknown kind of geometry";
    if (g->kind == PK_GEOM_POINT && g->ring_count > 1)
        return "points in more than one part";
    for (uint32_t i = 0; i < g->ring_count; i++) {
        const struct pk_ring *r = &g->rings[i];

        if (g->kind != PK_GEOM_AREA) {
            if (r->role != PK_RING_OPEN)
                return "a ring role that does not fit the kind";
            if (r->count < (g->kind == PK_GEOM_LINE ? 2U : 1U))
                return "a line of fewer than two vertices";
            continue;
        }
        if (r->role != PK_RING_OUTER && (r->role != PK_RING_HOLE || i == 0))
            return "a ring role that does not fit the kind";
        if (r->count < 4)
            return "a ring of fewer than four vertices";
        const double *p = g->xy + 2 * (size_t)r->first;
        const double *q = p + 2 * (size_t)(r->count - 1);
        if (p[0] != q[0] || p[1] != q[1])
            return "a ring that is not closed";
    }
    return NULL;
}

enum pk_status pk_geom_done(struct pk_geom *out, struct pk_geom_builder *b,
                            struct pk_error *err)
{
    const char *fault;

    memset(out, 0, sizeof *out);
    if (b->too_many)
        return pk_fail(err, PK_LIMIT, "a geometry of more than %d vertices or %d rings",
                       PK_GEOM_VERTICES_MAX, PK_GEOM_RINGS_MAX);
    if (b->not_finite)
        return pk_fail(err, PK_BAD_INPUT, "a coordinate that is not a finite number");
    fault = form_fault(&b->geom);
    if (fault)
        return pk_fail(err, PK_BAD_INPUT, "%s", fault);
    *out = b->geom;
    return PK_OK;
}

/* --- our own bytes ---
 *
 * "PKG1"  u8 kind  u8 flags (1 = heights)  u8 0  u8 0  u32 rings  u32 vertices
 * rings x (u32 count, u8 role)   vertices x (f64 x, f64 y)   vertices x f64 z
 */

void pk_geom_write(struct pk_buf *out, const struct pk_geom *g)
{
    pk_buf_add(out, PK_GEOM_MAGIC, 4);
    pk_buf_add_u8(out, (uint8_t)g->kind);
    pk_buf_add_u8(out, g->z ? PK_GEOM_HAS_Z : 0);
    pk_buf_add_u8(out, 0);
    pk_buf_add_u8(out, 0);
    pk_buf_add_u32(out, g->ring_count);
    pk_buf_add_u32(out, g->vertex_count);
    for (uint32_t i = 0; i < g->ring_count; i++) {
        pk_buf_add_u32(out, g->rings[i].count);
        pk_buf_add_u8(out, (uint8_t)g->rings[i].role);
    }
    for (uint32_t i = 0; i < 2 * g->vertex_count; i++)
        pk_buf_add_f64(out, g->xy[i]);
    for (uint32_t i = 0; g->z && i < g->vertex_count; i++)
        pk_buf_add_f64(out, g->z[i]);
}

static bool read_rings(struct pk_geom *g, struct pk_bytes *in, struct pk_arena *arena)
{
    uint64_t sum = 0;

    g->rings = pk_arena_alloc(arena, g->ring_count ? g->ring_count : 1, sizeof *g->rings);
    for (uint32_t i = 0; i < g->ring_count; i++) {
        uint32_t count = pk_bytes_u32(in);
        uint8_t role = pk_bytes_u8(in);

        if (count > g->vertex_count || role > PK_RING_OPEN)
            return false;
        g->rings[i] = (struct pk_ring){(uint32_t)sum, count, (enum pk_ring_role)role};
        sum += count;
        if (sum > g->vertex_count)
            return false;
    }
    return sum == g->vertex_count;
}

static bool read_doubles(double **out, size_t n, struct pk_bytes *in,
                         struct pk_arena *arena)
{
    *out = pk_arena_alloc(arena, n ? n : 1, sizeof **out);
    for (size_t i = 0; i < n; i++) {
        (*out)[i] = pk_bytes_f64(in);
        if (!isfinite((*out)[i]))
            return false;
    }
    return !in->bad;
}

enum pk_status pk_geom_read(struct pk_geom *out, const void *data, size_t len,
                            struct pk_arena *arena, struct pk_error *err)
{
    struct pk_bytes in = pk_bytes_of(data, len);
    struct pk_geom g = {0};
    const void *magic = pk_bytes_take(&in, 4);
    uint8_t kind = pk_bytes_u8(&in), flags = pk_bytes_u8(&in);
    uint8_t zero = pk_bytes_u8(&in) | pk_bytes_u8(&in);
    uint64_t need;
    const char *fault;

    memset(out, 0, sizeof *out);
    g.ring_count = pk_bytes_u32(&in);
    g.vertex_count = pk_bytes_u32(&in);
    if (in.bad || memcmp(magic, PK_GEOM_MAGIC, 4) != 0)
        return pk_fail(err, PK_BAD_DATA, "geometry: not PKG1");
    if (kind > PK_GEOM_AREA || flags > PK_GEOM_HAS_Z || zero != 0)
        return pk_fail(err, PK_BAD_DATA, "geometry: unknown kind %u or flags %u", kind,
                       flags);
    if (g.ring_count > PK_GEOM_RINGS_MAX || g.vertex_count > PK_GEOM_VERTICES_MAX)
        return pk_fail(err, PK_BAD_DATA, "geometry: %u rings, %u vertices are too many",
                       g.ring_count, g.vertex_count);
    need = (uint64_t)PK_GEOM_HEAD + (uint64_t)g.ring_count * PK_GEOM_RING_BYTES +
           (uint64_t)g.vertex_count * (flags ? 24 : 16);
    if (need != len)
        return pk_fail(err, PK_BAD_DATA, "geometry: %zu bytes where %llu belong", len,
                       (unsigned long long)need);
    g.kind = (enum pk_geom_kind)kind;
    if (!read_rings(&g, &in, arena))
        return pk_fail(err, PK_BAD_DATA, "geometry: ring counts do not add up");
    if (!read_doubles(&g.xy, (size_t)g.vertex_count * 2, &in, arena) ||
        (flags && !read_doubles(&g.z, g.vertex_count, &in, arena)))
        return pk_fail(err, PK_BAD_DATA,
                       "geometry: a coordinate that is not a finite number");
    fault = form_fault(&g);
    if (fault)
        return pk_fail(err, PK_BAD_DATA, "geometry: %s", fault);
    *out = g;
    return PK_OK;
}

/* --- GeoJSON --- */

static void json_vertex(struct pk_json *j, const struct pk_geom *g, uint32_t i,
                        int decimals)
{
    pk_json_array(j);
    pk_json_fixed(j, g->xy[2 * (size_t)i], decimals);
    pk_json_fixed(j, g->xy[2 * (size_t)i + 1], decimals);
    pk_json_end(j);
}

static void json_ring(struct pk_json *j, const struct pk_geom *g, const struct pk_ring *r,
                      int decimals)
{
    pk_json_array(j);
    for (uint32_t i = 0; i < r->count; i++)
        json_vertex(j, g, r->first + i, decimals);
    pk_json_end(j);
}

static void json_points(struct pk_json *j, const struct pk_geom *g, int decimals)
{
    if (g->vertex_count == 1) {
        json_vertex(j, g, 0, decimals);
        return;
    }
    pk_json_array(j);
    for (uint32_t i = 0; i < g->vertex_count; i++)
        json_vertex(j, g, i, decimals);
    pk_json_end(j);
}

static void json_polygons(struct pk_json *j, const struct pk_geom *g, bool multi,
                          int decimals)
{
    if (multi)
        pk_json_array(j);
    for (uint32_t i = 0; i < g->ring_count; i++) {
        if (g->rings[i].role == PK_RING_OUTER) {
            if (i > 0)
                pk_json_end(j);
            pk_json_array(j);
        }
        json_ring(j, g, &g->rings[i], decimals);
    }
    pk_json_end(j);
    if (multi)
        pk_json_end(j);
}

void pk_geom_to_geojson(struct pk_json *j, const struct pk_geom *g, int decimals)
{
    static const char *names[][2] = {
        [PK_GEOM_POINT] = {"Point",      "MultiPoint"     },
        [PK_GEOM_LINE] = {"LineString", "MultiLineString"},
        [PK_GEOM_AREA] = {"Polygon",    "MultiPolygon"   },
    };
    uint32_t parts = 0;

    if (g->kind == PK_GEOM_NONE || g->ring_count == 0) {
        pk_json_null(j);
        return;
    }
    for (uint32_t i = 0; i < g->ring_count; i++)
        parts += g->rings[i].role != PK_RING_HOLE;
    if (g->kind == PK_GEOM_POINT)
        parts = g->vertex_count;
    pk_json_object(j);
    pk_json_member(j, "type", names[g->kind][parts > 1]);
    pk_json_key(j, "coordinates");
    if (g->kind == PK_GEOM_POINT) {
        json_points(j, g, decimals);
    } else if (g->kind == PK_GEOM_AREA) {
        json_polygons(j, g, parts > 1, decimals);
    } else {
        if (parts > 1)
            pk_json_array(j);
        for (uint32_t i = 0; i < g->ring_count; i++)
            json_ring(j, g, &g->rings[i], decimals);
        if (parts > 1)
            pk_json_end(j);
    }
    pk_json_end(j);
}
