/*
 * render.c - the pipeline: view -> packs -> drawing list -> labels -> pixels -> PNG.
 */
#include "tiles/render.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "tiles/drawlist.h"
#include "tiles/ids.h"
#include "tiles/labelset.h"
#include "tiles/mvt.h"
#include "tiles/paint.h"
#include "tiles/png.h"
#include "tiles/sprite.h"
#include "tiles/text.h"
#include "tiles/view.h"

enum {
    PALETTES_MAX = 16, /* kept per renderer; the oldest goes */
    STYLE_COLOURS_MAX = 120,
    PNG_LEVEL = 1,
    RENDERED_MAX = 256 << 20
};

/* A style's fixed colour table. */
struct kept_palette {
    uint64_t style;
    bool known; /* false: the style's colours are not known, pictures are exact */
    struct pk_palette *palette;
};

struct pk_renderer {
    struct pk_store *store;
    struct pk_arena arena; /* of the request */
    struct pk_painter *painter;
    struct pk_png *png;
    struct pk_text *text; /* NULL until fonts are there */
    struct pk_warp *warp; /* NULL until a local zone is asked for */
    struct pk_crs *crs;   /* NULL until cells are prepared on the spot */
    struct pk_surface surface, layer;
    struct kept_palette palettes[PALETTES_MAX];
    uint32_t palette_next;
    const char *legal_day; /* of the request; NULL = the version's own */
};

struct pk_renderer *pk_renderer_create(struct pk_store *store)
{
    struct pk_renderer *r = pk_xcalloc(1, sizeof *r);
    r->store = store;
    r->painter = pk_painter_create();
    r->png = pk_png_create();
    return r;
}

void pk_renderer_destroy(struct pk_renderer *r)
{
    if (!r) {
        return;
    }
    for (uint32_t i = 0; i < PALETTES_MAX; i++) {
        pk_palette_destroy(r->palettes[i].palette);
    }
    pk_painter_destroy(r->painter);
    pk_png_destroy(r->png);
    pk_text_destroy(r->text);
    pk_warp_destroy(r->warp);
    pk_crs_destroy(r->crs);
    pk_surface_finish(&r->surface);
    pk_surface_finish(&r->layer);
    pk_arena_finish(&r->arena);
    free(r);
}

enum pk_status pk_render_start(const char *font_dir, struct pk_error *err)
{
    enum pk_status st = pk_fonts_start(font_dir, err);
    return st == PK_OK ? pk_sprites_start(err) : st;
}

/* ---- colour tables ---- */

/* Is every pixel of the style covered at all zooms? */
static bool has_ground(const struct pk_style *style)
{
    for (uint32_t i = 0; i < pk_style_layer_count(style); i++) {
        const struct pk_style_layer *layer = pk_style_layer(style, i);
        struct pk_background_paint low, high;
        if (layer->type == PK_LAYER_BACKGROUND && layer->min_zoom <= 0 &&
            layer->max_zoom >= 24) {
            pk_style_background(style, layer, 0, &low);
            pk_style_background(style, layer, 20, &high);
            if (low.colour.a == 255 && high.colour.a == 255) {
                return true;
            }
        }
    }
    return false;
}

/* NULL when the style's pictures are exact. */
static const struct pk_palette *palette_of(struct pk_renderer *r,
                                           const struct pk_style *style)
{
    uint64_t hash = pk_style_hash(style);
    for (uint32_t i = 0; i < PALETTES_MAX; i++) {
        if (r->palettes[i].known && r->palettes[i].style == hash) {
            return r->palettes[i].palette;
        }
    }
    struct kept_palette *kept = &r->palettes[r->palette_next++ % PALETTES_MAX];
    pk_palette_destroy(kept->palette);
    struct pk_rgba colours[STYLE_COLOURS_MAX];
    uint32_t count = 0;
    bool all = pk_style_colours(style, colours, &count, STYLE_COLOURS_MAX);
    *kept = (struct kept_palette){
        .style = hash,
        .known = true,
        .palette = all ? pk_palette_create(colours, count, !has_ground(style)) : NULL};
    return kept->palette;
}

/* ---- one style in one view ---- */

struct scene {
    struct pk_drawlist list;
    struct pk_signs signs;
};

static struct pk_source source_of(struct pk_renderer *r, const struct pk_view *view,
                                  int64_t version)
{
    return (struct pk_source){.store = r->store,
                              .arena = &r->arena,
                              .version = version,
                              .legal_day = r->legal_day,
                              .family = view->family,
                              .band = view->band,
                              .crs = &r->crs};
}

static enum pk_status build_scene(struct scene *out, struct pk_renderer *r,
                                  const struct pk_style *style,
                                  const struct pk_view *view, int64_t version,
                                  struct pk_error *err)
{
    struct pk_source source = source_of(r, view, version);
    enum pk_status st = pk_drawlist_build(&out->list, style, view, &source, err);
    if (st == PK_OK) {
        st = pk_signs_build(&out->signs, style, view, &source, r->text, err);
    }
    return st;
}

static void paint_scene(struct pk_renderer *r, struct pk_surface *s,
                        const struct pk_view *view, const struct pk_style *style,
                        const struct scene *scene)
{
    pk_paint_list(r->painter, s, view, style, &scene->list);
    pk_paint_signs(r->painter, s, view, r->text, &scene->signs);
}

static void note_scene(struct pk_rendered *out, const struct scene *scene)
{
    uint64_t words[3] = {scene->list.digest, scene->signs.digest, out->digest};
    out->digest = pk_hash64(words, sizeof words, 0);
    out->dep = pk_ibox_join(out->dep, scene->list.dep);
    if (scene->signs.dep.min_x <= scene->signs.dep.max_x) {
        out->dep = pk_ibox_join(out->dep, scene->signs.dep);
    }
}

/* ---- requests ---- */

/* Is that the version's own legal day, which its packs are of? */
static enum pk_status is_own_day(bool *out, struct pk_renderer *r, int64_t version,
                                 const char *day, struct pk_error *err)
{
    struct pk_version *versions;
    uint32_t count;
    enum pk_status st =
        r->store->ops->versions(r->store, &versions, &count, &r->arena, err);
    *out = false;
    for (uint32_t i = 0; st == PK_OK && i < count; i++) {
        const char *own = versions[i].legal_day;
        *out |= versions[i].version == version && own && strcmp(own, day) == 0;
    }
    return st;
}

/* Begin a snapshot and find the version that is asked for in it. */
static enum pk_status begin(struct pk_renderer *r, struct pk_rendered *out,
                            int64_t version, const char *day, struct pk_error *err)
{
    memset(out, 0, sizeof *out);
    out->dep = PK_IBOX_EMPTY;
    pk_arena_reset(&r->arena);
    if (!r->text && !(r->text = pk_text_create())) {
        return pk_fail(err, PK_IO, "fonts are not loaded");
    }
    pk_text_begin(r->text);
    int64_t newest;
    enum pk_status st = r->store->ops->begin(r->store, &newest, err);
    if (st == PK_OK && version > newest) {
        r->store->ops->end(r->store);
        return pk_fail(err, PK_NOT_FOUND,
                       "version: there is no version %lld, the newest is %lld",
                       (long long)version, (long long)newest);
    }
    out->version = version > 0 ? version : newest;
    r->legal_day = day;
    if (st == PK_OK && day) {
        bool own;
        st = is_own_day(&own, r, out->version, day, err);
        r->legal_day = own ? NULL : day;
        if (st != PK_OK) {
            r->store->ops->end(r->store);
        }
    }
    return st;
}

static enum pk_status encode(struct pk_rendered *out, struct pk_renderer *r,
                             const struct pk_palette *palette, struct pk_error *err)
{
    uint32_t value;
    out->blank = pk_surface_is_even(&r->surface, &value) && value == 0;
    struct pk_buf buf;
    pk_buf_init(&buf, RENDERED_MAX);
    enum pk_status st = pk_png_write(&buf, r->png, &r->surface, palette, PNG_LEVEL, err);
    if (st == PK_OK) {
        out->bytes = pk_buf_take(&buf, &out->len);
    }
    pk_buf_finish(&buf);
    return st;
}

static enum pk_status begin_tile(struct pk_rendered *out, struct pk_renderer *r,
                                 const struct pk_tile_request *request,
                                 struct pk_view *view, struct scene *scene,
                                 struct pk_error *err)
{
    enum pk_status st =
        pk_view_of_tile(view, request->grid, request->tile, request->scale, err);
    if (st == PK_OK) {
        st = begin(r, out, request->version, request->legal_day, err);
    } else {
        memset(out, 0, sizeof *out);
    }
    if (st != PK_OK) {
        return st;
    }
    out->family = view->family;
    out->band = view->band;
    st = build_scene(scene, r, request->style, view, out->version, err);
    r->store->ops->end(r->store);
    if (st == PK_OK) {
        note_scene(out, scene);
    }
    return st;
}

enum pk_status pk_render_digest(struct pk_rendered *out, struct pk_renderer *r,
                                const struct pk_tile_request *request,
                                struct pk_error *err)
{
    struct pk_view view;
    struct scene scene;
    return begin_tile(out, r, request, &view, &scene, err);
}

enum pk_status pk_render_tile(struct pk_rendered *out, struct pk_renderer *r,
                              const struct pk_tile_request *request, struct pk_error *err)
{
    struct pk_view view;
    struct scene scene;
    enum pk_status st = begin_tile(out, r, request, &view, &scene, err);
    if (st == PK_OK) {
        st =
            pk_surface_begin(&r->surface, view.px, view.py, view.width, view.height, err);
    }
    if (st == PK_OK) {
        paint_scene(r, &r->surface, &view, request->style, &scene);
        st = encode(out, r, palette_of(r, request->style), err);
    }
    return st;
}

enum pk_status pk_render_ids(struct pk_rendered *out, struct pk_buf *ids,
                             struct pk_renderer *r, const struct pk_tile_request *request,
                             struct pk_error *err)
{
    struct pk_view view;
    struct scene scene;
    enum pk_status st = begin_tile(out, r, request, &view, &scene, err);
    if (st == PK_OK) {
        st =
            pk_surface_begin(&r->surface, view.px, view.py, view.width, view.height, err);
    }
    if (st != PK_OK) {
        return st;
    }
    struct pk_id_table *table = pk_id_table_create(&r->arena);
    pk_paint_ids(r->painter, &r->surface, &view, &scene.list, &scene.signs,
                 pk_id_table_index, table);
    pk_id_table_write(table, ids);
    uint32_t value;
    out->blank = pk_surface_is_even(&r->surface, &value) && value == 0;
    struct pk_buf buf;
    pk_buf_init(&buf, RENDERED_MAX);
    st = pk_ids_png(&buf, &r->surface, err);
    if (st == PK_OK) {
        out->bytes = pk_buf_take(&buf, &out->len);
    }
    pk_buf_finish(&buf);
    return st;
}

enum pk_status pk_render_mvt(struct pk_rendered *out, struct pk_renderer *r,
                             const struct pk_tile_request *request, struct pk_error *err)
{
    struct pk_view view;
    double from, to;
    enum pk_status st = pk_mvt_view(&view, &from, &to, request->grid, request->tile, err);
    if (st == PK_OK) {
        st = begin(r, out, request->version, request->legal_day, err);
    } else {
        memset(out, 0, sizeof *out);
    }
    if (st != PK_OK) {
        return st;
    }
    out->family = view.family;
    out->band = view.band;
    struct pk_source source = source_of(r, &view, out->version);
    struct pk_buf buf;
    pk_buf_init(&buf, PK_MVT_BYTES_MAX);
    st = pk_mvt_build(&buf, &out->dep, request->style, &view, from, to, &source, err);
    r->store->ops->end(r->store);
    if (st == PK_OK) {
        out->blank = buf.len == 0;
        out->digest = pk_hash64(buf.data, buf.len, 0);
        out->bytes = pk_buf_take(&buf, &out->len);
    }
    pk_buf_finish(&buf);
    return st;
}

/* ---- pictures ---- */

static void paint_shape(struct pk_renderer *r, const struct pk_view *view,
                        const struct pk_geom *geom)
{
    if (geom->kind == PK_GEOM_NONE || geom->ring_count == 0) {
        return;
    }
    struct pk_iring *rings = pk_arena_alloc(&r->arena, geom->ring_count, sizeof *rings);
    for (uint32_t i = 0; i < geom->ring_count; i++) {
        rings[i] = (struct pk_iring){geom->rings[i].first, geom->rings[i].count,
                                     geom->rings[i].role, 0};
    }
    int64_t *sub = pk_arena_alloc(&r->arena, geom->vertex_count, 2 * sizeof *sub);
    for (uint32_t i = 0; i < geom->vertex_count; i++) {
        pk_view_point(view, geom->xy[2 * i], geom->xy[2 * i + 1], &sub[2 * i],
                      &sub[2 * i + 1]);
    }
    struct pk_shape shape = {
        .kind = geom->kind, .ring_count = geom->ring_count, .rings = rings, .sub = sub};
    pk_paint_outline(r->painter, &r->surface, view->scale, &shape);
}

/* One more style on top of what is there, as its tiles would look. */
static enum pk_status add_style(struct pk_rendered *out, struct pk_renderer *r,
                                const struct pk_view *view, const struct pk_style *style,
                                bool alone, struct pk_error *err)
{
    struct scene scene;
    enum pk_status st = build_scene(&scene, r, style, view, out->version, err);
    if (st != PK_OK) {
        return st;
    }
    note_scene(out, &scene);
    if (alone) {
        paint_scene(r, &r->surface, view, style, &scene);
        return PK_OK;
    }
    st = pk_surface_begin(&r->layer, view->px, view->py, view->width, view->height, err);
    if (st != PK_OK) {
        return st;
    }
    paint_scene(r, &r->layer, view, style, &scene);
    const struct pk_palette *palette = palette_of(r, style);
    if (palette) {
        pk_palette_apply(palette, &r->layer);
    }
    pk_surface_compose(&r->surface, r->layer.px, r->layer.w, view->px, view->py,
                       view->width, view->height);
    return PK_OK;
}

static struct pk_warp *warp_for(struct pk_renderer *r, int epsg)
{
    if (epsg < 3007 || epsg > 3018) {
        return NULL;
    }
    if (!r->warp) {
        r->warp = pk_warp_create();
    }
    pk_warp_into(r->warp, epsg);
    return r->warp;
}

enum pk_status pk_render_classes(struct pk_classes *out, struct pk_renderer *r,
                                 const struct pk_style *style, int epsg,
                                 struct pk_box box, uint32_t width, uint32_t height,
                                 struct pk_arena *keep, struct pk_error *err)
{
    struct pk_view view;
    struct pk_rendered snapshot;
    enum pk_status st =
        pk_view_of_box(&view, epsg, box, width, height, 1, warp_for(r, epsg), err);
    if (st == PK_OK) {
        st = begin(r, &snapshot, 0, NULL, err);
    }
    if (st != PK_OK) {
        return st;
    }
    struct pk_source source = source_of(r, &view, snapshot.version);
    st = pk_classes_find(out, style, &view, &source, keep, err);
    r->store->ops->end(r->store);
    return st;
}

enum pk_status pk_render_picture(struct pk_rendered *out, struct pk_renderer *r,
                                 const struct pk_picture_request *request,
                                 struct pk_error *err)
{
    struct pk_view view;
    enum pk_status st =
        pk_view_of_box(&view, request->epsg, request->box, request->width,
                       request->height, request->scale, warp_for(r, request->epsg), err);
    if (st == PK_OK && request->style_count > PK_TILE_STYLES_MAX) {
        st = pk_fail(err, PK_LIMIT, "%u styles are more than %d", request->style_count,
                     PK_TILE_STYLES_MAX);
    }
    if (st == PK_OK) {
        st = begin(r, out, request->version, request->legal_day, err);
    } else {
        memset(out, 0, sizeof *out);
    }
    if (st != PK_OK) {
        return st;
    }
    out->family = view.family;
    out->band = view.band;
    bool alone = request->style_count == 1 && !request->opaque && !request->ground &&
                 !request->marker && !request->shape;
    st = pk_surface_begin(&r->surface, view.px, view.py, view.width, view.height, err);
    if (st == PK_OK && request->opaque) {
        pk_surface_clear(&r->surface, (struct pk_rgba){255, 255, 255, 255});
    }
    if (st == PK_OK && request->ground) {
        pk_surface_compose(&r->surface, request->ground, view.width, view.px, view.py,
                           view.width, view.height);
    }
    for (uint32_t i = 0; st == PK_OK && i < request->style_count; i++) {
        st = add_style(out, r, &view, request->styles[i], alone, err);
    }
    r->store->ops->end(r->store);
    if (st != PK_OK) {
        return st;
    }
    if (request->shape) {
        paint_shape(r, &view, request->shape);
    }
    if (request->marker) {
        int64_t x, y;
        pk_view_point(&view, request->marker_x, request->marker_y, &x, &y);
        pk_paint_marker(r->painter, &r->surface, view.scale, x, y);
    }
    return encode(out, r, alone ? palette_of(r, request->styles[0]) : NULL, err);
}
