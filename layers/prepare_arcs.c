/* prepare_arcs.c - chains of plan borders as arcs: kinds, owners, line. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "layers/prepare_private.h"

enum { OWNERS_JSON_MAX = 16 << 20, LINE_MAX = 64 << 20 };

const char *const prep_boundary_keys[PREP_BOUNDARY_KEYS] = {"kind", "kinds", "phase",
                                                            "owners", "stage"};

static int compare_owners(const void *a, const void *b)
{
    const struct prep_owner *x = *(const struct prep_owner *const *)a;
    const struct prep_owner *y = *(const struct prep_owner *const *)b;
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    return pk_id_compare(x->id, y->id);
}

static void write_line(struct pk_buf *out, const int64_t *xy, uint32_t count)
{
    int64_t x = 0, y = 0;
    pk_buf_add_varint(out, count);
    for (uint32_t i = 0; i < count; i++, xy += 2) {
        int64_t northing = PK_TM_TOP - xy[1];
        pk_buf_add_svarint(out, xy[0] - x);
        pk_buf_add_svarint(out, northing - y);
        x = xy[0];
        y = northing;
    }
}

static void write_owners(struct pk_buf *out, const struct prep_owner *const *owners,
                         uint32_t count)
{
    struct pk_json j;
    char text[PK_ID_TEXT];
    pk_json_init(&j, out);
    pk_json_array(&j);
    for (uint32_t i = 0; i < count; i++) {
        pk_json_object(&j);
        pk_json_member(&j, "kind", prep_kind_names[owners[i]->kind]);
        pk_id_format(text, owners[i]->id);
        pk_json_member(&j, "id", text);
        pk_id_format(text, owners[i]->plan);
        pk_json_member(&j, "plan", text);
        pk_json_end(&j);
    }
    pk_json_end(&j);
}

/* The kinds that count: those of the owners that are most in force, each once, highest
 * first (the owners are sorted so). */
static const char *kinds_of(struct prep *p, const struct prep_owner *const *owners,
                            uint32_t count, enum prep_phase phase, const char **kind)
{
    struct pk_buf text;
    pk_buf_init(&text, 200);
    unsigned seen = 0;
    *kind = NULL;
    for (uint32_t i = 0; i < count; i++) {
        unsigned bit = 1u << owners[i]->kind;
        if (owners[i]->phase != phase || (seen & bit) != 0) {
            continue;
        }
        seen |= bit;
        *kind = *kind == NULL ? prep_kind_names[owners[i]->kind] : *kind;
        pk_buf_adds(&text, text.len > 0 ? "," : "");
        pk_buf_adds(&text, prep_kind_names[owners[i]->kind]);
    }
    const char *kinds = pk_arena_strdup(&p->arena, text.data);
    pk_buf_finish(&text);
    return kinds;
}

static struct pk_box line_box(const int64_t *xy, uint32_t count)
{
    struct pk_box box = PK_BOX_EMPTY;
    for (uint32_t i = 0; i < count; i++, xy += 2) {
        double e = (double)xy[0] / 1000, n = (double)(PK_TM_TOP - xy[1]) / 1000;
        box = pk_box_join(box, (struct pk_box){e, n, e, n});
    }
    return box;
}

static void put_feature(struct prep *p, const struct prep_arc *arc, uint32_t chain,
                        uint32_t owner_count, uint8_t section)
{
    if (p->feature_count == p->feature_cap) {
        p->feature_cap = p->feature_cap > 0 ? 2 * p->feature_cap : 256;
        p->features = pk_xrealloc(p->features, p->feature_cap, sizeof(*p->features));
    }
    struct pk_value *v = pk_arena_alloc(&p->arena, PREP_BOUNDARY_KEYS, sizeof(*v));
    v[0] = prep_text(p, arc->kind);
    v[1] = prep_text(p, arc->kinds);
    v[2] = prep_text(p, prep_phase_names[arc->phase]);
    v[3] = prep_number(owner_count);
    v[4] = prep_text(p, prep_stage_names[arc->stage]);
    struct prep_feature *f = &p->features[p->feature_count++];
    *f = (struct prep_feature){.id = arc->id,
                               .key = pk_draw_key(arc->id, "boundary"),
                               .kind = PK_GEOM_LINE,
                               .section = section,
                               .min_band = PK_BAND_MIN,
                               .in_areas = true,
                               .values = v,
                               .chain = chain};
    const struct pk_topo *t = &p->areas;
    const struct pk_topo_chain *c = &t->chains[chain];
    const uint32_t *ids = t->chain_ids + c->first;
    for (int family = 0; family < PK_FAMILY_COUNT; family++) {
        f->box[family] = PK_IBOX_EMPTY;
        for (uint32_t i = 0; i < c->count; i++) {
            const int64_t *q = t->v[family] + 2 * (size_t)ids[i];
            if (family == PK_TM && t->made[ids[i]]) {
                continue;
            }
            f->box[family] =
                pk_ibox_join(f->box[family], (struct pk_ibox){q[0], q[1], q[0], q[1]});
        }
    }
    f->anchor[0] = (f->box[PK_TM].min_x + f->box[PK_TM].max_x) / 2;
    f->anchor[1] = (f->box[PK_TM].min_y + f->box[PK_TM].max_y) / 2;
    f->wm_anchor[0] = (f->box[PK_WM].min_x + f->box[PK_WM].max_x) / 2;
    f->wm_anchor[1] = (f->box[PK_WM].min_y + f->box[PK_WM].max_y) / 2;
}

static void make_arc(struct prep *p, uint32_t chain, uint8_t section, struct pk_buf *line,
                     struct pk_buf *owners_text)
{
    const struct pk_topo *t = &p->areas;
    const struct pk_topo_chain *c = &t->chains[chain];
    const struct prep_owner **owners = pk_xcalloc(c->set_count, sizeof(*owners));
    struct prep_arc arc = {
        .phase = PREP_OTHER, .stage = PREP_STAGE_ENDED, .feature = p->feature_count};
    for (uint32_t i = 0; i < c->set_count; i++) {
        owners[i] = &p->owners[t->set_owners[c->set_first + i]];
        arc.phase = owners[i]->phase < arc.phase ? owners[i]->phase : arc.phase;
        arc.stage = owners[i]->stage < arc.stage ? owners[i]->stage : arc.stage;
    }
    qsort(owners, c->set_count, sizeof(*owners), compare_owners);
    int64_t *xy = prep_scratch_xy(p, 2 * ((size_t)c->count + 1));
    uint32_t count = pk_topo_chain_band(t, chain, PK_TM, PK_BAND_FULL, xy);
    pk_buf_clear(line);
    write_line(line, xy, count);
    pk_buf_clear(owners_text);
    write_owners(owners_text, owners, c->set_count);
    arc.kinds = kinds_of(p, owners, c->set_count, arc.phase, &arc.kind);
    arc.owners = pk_arena_strndup(&p->arena, owners_text->data, owners_text->len);
    arc.line = pk_bytes_of(pk_arena_strndup(&p->arena, line->data, line->len), line->len);
    arc.box = line_box(xy, count);
    /* The id of an arc: its line and who owns it, in which phase. */
    pk_buf_adds(line, arc.owners);
    pk_buf_adds(line, prep_phase_names[arc.phase]);
    pk_buf_adds(line, arc.kinds);
    arc.id = pk_hash128(line->data, line->len);
    put_feature(p, &arc, chain, c->set_count, section);
    if (p->arc_count == p->arc_cap) {
        p->arc_cap = p->arc_cap > 0 ? 2 * p->arc_cap : 256;
        p->arcs = pk_xrealloc(p->arcs, p->arc_cap, sizeof(*p->arcs));
    }
    p->arcs[p->arc_count++] = arc;
    free(owners);
}

void prep_make_arcs(struct prep *p, uint8_t section)
{
    struct pk_buf line, owners;
    pk_buf_init(&line, LINE_MAX);
    pk_buf_init(&owners, OWNERS_JSON_MAX);
    for (uint32_t c = 0; c < p->areas.chain_count; c++) {
        make_arc(p, c, section, &line, &owners);
    }
    pk_buf_finish(&line);
    pk_buf_finish(&owners);
}
