/* prepare_feature.c - one row's geometry into the group: rings into a topology, the
 * label's place, boxes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "layers/prepare_private.h"

static const double LABEL_PRECISION = 0.5; /* metres */

void prep_init(struct prep *p, struct pk_crs *crs)
{
    memset(p, 0, sizeof(*p));
    p->crs = crs;
    pk_topo_init(&p->areas);
    pk_topo_init(&p->others);
}

void prep_finish(struct prep *p)
{
    pk_topo_finish(&p->areas);
    pk_topo_finish(&p->others);
    pk_arena_finish(&p->arena);
    pk_arena_finish(&p->scratch);
    free(p->features);
    free(p->rings);
    free(p->owners);
    free(p->arcs);
    free(p->xy);
}

int64_t *prep_scratch_xy(struct prep *p, size_t count)
{
    if (count > p->xy_cap) {
        p->xy_cap = 2 * count;
        p->xy = pk_xrealloc(p->xy, p->xy_cap, sizeof(*p->xy));
    }
    return p->xy;
}

struct pk_value prep_text(struct prep *p, const char *s)
{
    if (s == NULL) {
        return (struct pk_value){.type = PK_VALUE_NULL};
    }
    size_t len = strlen(s);
    return (struct pk_value){.type = PK_VALUE_STRING,
                             .len = (uint32_t)len,
                             .string = pk_arena_strndup(&p->arena, s, len)};
}

struct pk_value prep_number(double v)
{
    return (struct pk_value){.type = PK_VALUE_NUMBER, .number = v};
}

struct pk_value prep_bool(bool v)
{
    return (struct pk_value){.type = PK_VALUE_BOOL, .number = v};
}

/* ---- the label's place ---- */

static int64_t millimetres(double metres)
{
    return (int64_t)floor(metres * 1000 + 0.5);
}

static void set_anchor(struct prep_feature *f, double easting, double northing,
                       double room)
{
    f->anchor[0] = millimetres(easting);
    f->anchor[1] = PK_TM_TOP - millimetres(northing);
    f->room = millimetres(room);
}

/* Inside an area that still applies; near a line or a point. */
static bool stands_by(const struct pk_geom *geom, double x, double y)
{
    return geom->kind == PK_GEOM_AREA
               ? pk_geom_covers(geom, x, y)
               : pk_box_touches(pk_box_grow(pk_geom_box(geom), PREP_LABEL_REACH - 1),
                                (struct pk_box){x, y, x, y});
}

double prep_clockwise(double degrees)
{
    double turn = fmod(-floor(degrees * 100 + 0.5) / 100, 360);
    turn = turn < 0 ? turn + 360 : turn;
    return turn < 360 && isfinite(turn) ? turn : 0;
}

/* The room of an area whose label has its place already: half the side of a square as
 * large. A planner who wrote along a street or near an edge meant it, as long as the area
 * could hold the label at all. */
static double delivered_room(const struct pk_geom *g, const double at[2])
{
    return fmax(sqrt(fabs(pk_geom_area(g))) / 2, pk_geom_edge_distance(g, at[0], at[1]));
}

/* The delivery's own position, when it lies where the thing still applies. */
static bool take_delivered(struct prep *p, struct prep_feature *f,
                           const struct pk_geom *geom, const char *label, int crs)
{
    json_t *json = NULL;
    double xy[2], rotation = 0;
    bool taken = false;
    if (label == NULL ||
        pk_json_parse(&json, label, strlen(label), 1 << 16, NULL) != PK_OK) {
        return false;
    }
    if (pk_jget_number(json, "x", &xy[0]) && pk_jget_number(json, "y", &xy[1]) &&
        pk_crs_transform(p->crs, crs, 3006, xy, 1, NULL) == PK_OK &&
        stands_by(geom, xy[0], xy[1])) {
        /* SS 637040 counts it anticlockwise from the right; the label packs do not. */
        pk_jget_number(json, "rotation", &rotation);
        double room = geom->kind == PK_GEOM_AREA   ? delivered_room(geom, xy)
                      : geom->kind == PK_GEOM_LINE ? pk_geom_length(geom) / 2
                                                   : 0;
        set_anchor(f, xy[0], xy[1], room);
        f->angle = prep_clockwise(rotation);
        f->delivered = taken = true;
    }
    json_decref(json);
    return taken;
}

static double line_length(const struct pk_geom *g, const struct pk_ring *ring)
{
    double length = 0;
    const double *v = g->xy + 2 * (size_t)ring->first;
    for (uint32_t i = 0; i + 1 < ring->count; i++, v += 2) {
        length += hypot(v[2] - v[0], v[3] - v[1]);
    }
    return length;
}

/* The middle of the longest line, along it, readable from below. */
static void place_on_line(struct prep_feature *f, const struct pk_geom *g)
{
    uint32_t longest = 0;
    double length = -1;
    for (uint32_t r = 0; r < g->ring_count; r++) {
        double l = line_length(g, &g->rings[r]);
        if (l > length) {
            length = l;
            longest = r;
        }
    }
    const struct pk_ring *ring = &g->rings[longest];
    const double *v = g->xy + 2 * (size_t)ring->first;
    double left = length / 2;
    set_anchor(f, v[0], v[1], length / 2);
    for (uint32_t i = 0; i + 1 < ring->count; i++, v += 2) {
        double dx = v[2] - v[0], dy = v[3] - v[1], l = hypot(dx, dy);
        if (l > 0 && left <= l) {
            set_anchor(f, v[0] + dx * left / l, v[1] + dy * left / l, length / 2);
            /* clockwise from the right, y up: turned so that text does not stand on its
             * head */
            double angle = -atan2(dy, dx) * (180 / 3.14159265358979323846);
            f->angle = angle > 90 ? angle - 180 : angle <= -90 ? angle + 180 : angle;
            f->angle = floor(f->angle * 100 + 0.5) / 100;
            return;
        }
        left -= l;
    }
}

static void place_label(struct prep *p, struct prep_feature *f, const struct pk_geom *g,
                        const char *label, int crs)
{
    if (take_delivered(p, f, g, label, crs)) {
        return;
    }
    if (g->kind == PK_GEOM_LINE) {
        place_on_line(f, g);
        return;
    }
    double x = 0, y = 0, room = 0;
    struct pk_box box = pk_geom_box(g);
    double size = fmin(box.max_x - box.min_x, box.max_y - box.min_y);
    pk_geom_label_point(g, fmax(LABEL_PRECISION, size / 200), &x, &y, &room);
    set_anchor(f, x, y, g->kind == PK_GEOM_AREA ? room : 0);
}

void prep_label_place(const struct pk_geom *geom, double *easting, double *northing)
{
    struct prep_feature f = {0};
    place_label(NULL, &f, geom, NULL, 0);
    *easting = (double)f.anchor[0] / 1000;
    *northing = (double)(PK_TM_TOP - f.anchor[1]) / 1000;
}

/* ---- geometry ---- */

void prep_add(struct prep *p, const struct prep_feature *feature,
              const struct pk_geom *geom, const char *label, int crs, uint32_t owner)
{
    if (geom->ring_count == 0 || geom->kind == PK_GEOM_NONE) {
        return;
    }
    if (p->feature_count == p->feature_cap) {
        p->feature_cap = p->feature_cap > 0 ? 2 * p->feature_cap : 256;
        p->features = pk_xrealloc(p->features, p->feature_cap, sizeof(*p->features));
    }
    struct prep_feature *f = &p->features[p->feature_count];
    *f = *feature;
    f->kind = geom->kind;
    f->in_areas = geom->kind == PK_GEOM_AREA;
    f->chain = PK_TOPO_NONE;
    f->ring_first = p->ring_count;
    struct pk_topo *topo = f->in_areas ? &p->areas : &p->others;
    for (uint32_t r = 0; r < geom->ring_count; r++) {
        const struct pk_ring *ring = &geom->rings[r];
        int64_t *xy = prep_scratch_xy(p, 2 * (size_t)ring->count);
        pk_crs_to_family(p->crs, PK_TM, geom->xy + 2 * (size_t)ring->first, ring->count,
                         xy);
        if (p->ring_count == p->ring_cap) {
            p->ring_cap = p->ring_cap > 0 ? 2 * p->ring_cap : 256;
            p->rings = pk_xrealloc(p->rings, p->ring_cap, sizeof(*p->rings));
        }
        /* The points of one thing are no line: each stands alone. */
        uint32_t step = geom->kind == PK_GEOM_POINT ? 1 : ring->count;
        for (uint32_t i = 0; i < ring->count; i += step) {
            if (p->ring_count == p->ring_cap) {
                p->ring_cap *= 2;
                p->rings = pk_xrealloc(p->rings, p->ring_cap, sizeof(*p->rings));
            }
            p->rings[p->ring_count++] =
                (struct prep_ring){pk_topo_add(topo, xy + 2 * (size_t)i, step,
                                               geom->kind == PK_GEOM_AREA, owner),
                                   ring->role};
        }
    }
    f->ring_count = p->ring_count - f->ring_first;
    place_label(p, f, geom, label, crs);
    p->feature_count++;
}

static struct pk_ibox ring_box(const struct prep *p, const struct prep_feature *f,
                               enum pk_family family)
{
    const struct pk_topo *t = f->in_areas ? &p->areas : &p->others;
    struct pk_ibox box = PK_IBOX_EMPTY;
    for (uint32_t r = 0; r < f->ring_count; r++) {
        const struct pk_topo_ring *ring = &t->rings[p->rings[f->ring_first + r].ring];
        for (uint32_t i = 0; i < ring->count; i++) {
            uint32_t id = t->ids[ring->first + i];
            const int64_t *v = t->v[family] + 2 * (size_t)id;
            if (family == PK_TM && t->made[id]) {
                continue;
            }
            box = pk_ibox_join(box, (struct pk_ibox){v[0], v[1], v[0], v[1]});
        }
    }
    return box;
}

/* The place in wm, and its room by how long 100 m of easting are there. */
static void make_wm_anchor(struct prep *p, struct prep_feature *f)
{
    double e = (double)f->anchor[0] / 1000, n = (double)(PK_TM_TOP - f->anchor[1]) / 1000;
    double two[4] = {e, n, e + 100, n};
    int64_t out[4];
    pk_crs_to_family(p->crs, PK_WM, two, 2, out);
    f->wm_anchor[0] = out[0];
    f->wm_anchor[1] = out[1];
    int64_t hundred = pk_segment_length(out[2] - out[0], out[3] - out[1]);
    f->wm_room = (int64_t)((double)f->room * (double)hundred / 100000);
}

void prep_build(struct prep *p, bool split)
{
    unsigned how = p->simplified ? PK_TOPO_CHAINS : 0;
    pk_topo_build(&p->areas, how | (split ? PK_TOPO_SPLIT : 0), p->crs);
    pk_topo_build(&p->others, how, p->crs);
    for (uint32_t i = 0; i < p->feature_count; i++) {
        struct prep_feature *f = &p->features[i];
        for (int family = 0; family < PK_FAMILY_COUNT; family++) {
            f->box[family] = ring_box(p, f, (enum pk_family)family);
        }
        make_wm_anchor(p, f);
    }
}

/* ---- sets ---- */

void prep_ids_add(struct prep_ids *set, struct pk_id id)
{
    if (set->count == set->cap) {
        set->cap = set->cap > 0 ? 2 * set->cap : 64;
        set->ids = pk_xrealloc(set->ids, set->cap, sizeof(*set->ids));
    }
    set->ids[set->count++] = id;
}

static int compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct pk_id));
}

void prep_ids_sort(struct prep_ids *set)
{
    uint32_t n = 0;
    if (set->count > 0) {
        qsort(set->ids, set->count, sizeof(*set->ids), compare_ids);
    }
    for (uint32_t i = 0; i < set->count; i++) {
        if (n == 0 || !pk_id_equal(set->ids[n - 1], set->ids[i])) {
            set->ids[n++] = set->ids[i];
        }
    }
    set->count = n;
}

bool prep_ids_have(const struct prep_ids *set, struct pk_id id)
{
    return set->count > 0 &&
           bsearch(&id, set->ids, set->count, sizeof(*set->ids), compare_ids) != NULL;
}

void prep_ids_finish(struct prep_ids *set)
{
    free(set->ids);
    *set = (struct prep_ids){0};
}
