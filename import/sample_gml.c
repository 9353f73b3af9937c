/*
 * sample_gml.c - a sample plan as SS 637040:2016 GML: edges once, areas as lists of
 * signed references to them, northing before easting, time in years.
 *
 * All areas of a sample plan share their vertices exactly, so edges are found by
 * walking: a segment belongs to the areas that run along it; a node is a vertex
 * where that set changes; an edge is the chain between two nodes.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "import/sample.h"

/* One directed use of an undirected segment by one ring. */
struct segment {
    int64_t x0, y0, x1, y1;  /* millimetres; (x0, y0) < (x1, y1) */
    uint32_t area, ring, at; /* which area, ring in it, vertex it starts at */
    uint32_t edge;           /* filled in: 1-based */
    bool reversed;           /* the ring runs from (x1, y1) to (x0, y0) */
};

struct walker {
    struct segment *segments;
    uint32_t count;
    struct pk_arena *arena;
    struct pk_buf *out;
    uint32_t edge_count;
};

static int by_line(const void *a, const void *b)
{
    const struct segment *s = a, *t = b;
    const int64_t d[4] = {s->x0 - t->x0, s->y0 - t->y0, s->x1 - t->x1, s->y1 - t->y1};
    for (int i = 0; i < 4; i++) {
        if (d[i] != 0) {
            return d[i] < 0 ? -1 : 1;
        }
    }
    return s->area != t->area ? (s->area < t->area ? -1 : 1) : 0;
}

static int by_ring(const void *a, const void *b)
{
    const struct segment *s = a, *t = b;
    if (s->area != t->area) {
        return s->area < t->area ? -1 : 1;
    }
    if (s->ring != t->ring) {
        return s->ring < t->ring ? -1 : 1;
    }
    return s->at != t->at ? (s->at < t->at ? -1 : 1) : 0;
}

static bool same_line(const struct segment *s, const struct segment *t)
{
    return s->x0 == t->x0 && s->y0 == t->y0 && s->x1 == t->x1 && s->y1 == t->y1;
}

static void collect(struct walker *w, const struct pk_geom *g, uint32_t area)
{
    for (uint32_t r = 0; r < g->ring_count; r++) {
        for (uint32_t i = 0; i + 1 < g->rings[r].count; i++) {
            const double *p = g->xy + 2 * (g->rings[r].first + i);
            struct segment *s = &w->segments[w->count++];
            int64_t ax = llround(p[0] * 1000), ay = llround(p[1] * 1000);
            int64_t bx = llround(p[2] * 1000), by = llround(p[3] * 1000);
            s->reversed = bx < ax || (bx == ax && by < ay);
            s->x0 = s->reversed ? bx : ax;
            s->y0 = s->reversed ? by : ay;
            s->x1 = s->reversed ? ax : bx;
            s->y1 = s->reversed ? ay : by;
            s->area = area;
            s->ring = r;
            s->at = i;
            s->edge = 0;
        }
    }
}

/* The set of areas along each line, as one hash, written into `edge` of all its
 * segments until edges are numbered. */
static void name_lines(struct walker *w, uint64_t *sets)
{
    qsort(w->segments, w->count, sizeof(*w->segments), by_line);
    for (uint32_t i = 0; i < w->count;) {
        uint64_t h = 0;
        uint32_t j = i;
        for (; j < w->count && same_line(&w->segments[i], &w->segments[j]); j++) {
            h = pk_hash64(&w->segments[j].area, sizeof(uint32_t), h + 1);
        }
        for (uint32_t k = i; k < j; k++) {
            sets[k] = h;
        }
        i = j;
    }
}

static void number(struct pk_buf *out, double v)
{
    char text[64];
    pk_text_fixed(text, sizeof(text), v, 3);
    pk_buf_adds(out, text);
}

static void write_edge(struct walker *w, uint32_t id, const char *kind, const double *xy,
                       uint32_t count)
{
    struct pk_buf *out = w->out;
    pk_buf_addf(out,
                " <grans>\n  <DP_Grans gml:id=\"L%u\">\n   <typ>%s</typ>\n   <linje>\n"
                "    <gml:Curve gml:id=\"c%u\"><gml:segments><gml:LineStringSegment>\n",
                id, kind, id);
    for (uint32_t i = 0; i < count; i++) {
        pk_buf_adds(out, "     <gml:pos srsDimension=\"2\">");
        number(out, xy[2 * i + 1]);
        pk_buf_addc(out, ' ');
        number(out, xy[2 * i]);
        pk_buf_adds(out, "</gml:pos>\n");
    }
    pk_buf_adds(out, "    </gml:LineStringSegment></gml:segments></gml:Curve>\n"
                     "   </linje>\n  </DP_Grans>\n </grans>\n");
}

static void text_member(struct pk_buf *out, const char *name, const char *text)
{
    pk_buf_addf(out, "<%s>", name);
    pk_html_escape(out, text);
    pk_buf_addf(out, "</%s>\n", name);
}

static const char *kind_of(const struct pk_sample_plan *p, uint32_t area)
{
    if (area == 0) {
        return "plan";
    }
    return p->regs[area - 1].kind == 'u'   ? "anv"
           : p->regs[area - 1].kind == 'p' ? "eg"
                                           : "ad";
}

/* Highest rank of the areas along the lines of segment i (sorted by line). */
static const char *line_kind(const struct pk_sample_plan *p, const struct walker *w,
                             uint32_t i)
{
    static const char *const ranks[] = {"plan", "anv", "eg", "ad"};
    size_t best = PK_COUNT(ranks) - 1;
    for (uint32_t k = i; k < w->count && same_line(&w->segments[i], &w->segments[k]);
         k++) {
        for (size_t r = 0; r < best; r++) {
            if (strcmp(kind_of(p, w->segments[k].area), ranks[r]) == 0) {
                best = r;
            }
        }
    }
    return ranks[best];
}

/* What is known of one undirected line: its set, kind and edge. */
struct line {
    struct segment key;
    uint64_t set;
    const char *kind;
    uint32_t edge;
    bool edge_reversed; /* the edge runs from (x1, y1) to (x0, y0) */
};

static int by_key(const void *a, const void *b)
{
    struct segment s = ((const struct line *)a)->key, t = ((const struct line *)b)->key;
    s.area = t.area = 0;
    return by_line(&s, &t);
}

static struct line *find(struct line *lines, uint32_t count, const struct segment *s)
{
    struct line key = {.key = *s};
    return bsearch(&key, lines, count, sizeof(*lines), by_key);
}

/* Chains of one ring: from each segment whose line has no edge yet, forward while the
 * set stays the same; starts are placed where the set changes. */
static void walk_ring(struct walker *w, const struct pk_geom *g,
                      const struct segment *ring, uint32_t n, struct line *lines,
                      uint32_t line_count)
{
    uint32_t start = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct line *before = find(lines, line_count, &ring[(i + n - 1) % n]);
        struct line *here = find(lines, line_count, &ring[i]);
        if (before->set != here->set) {
            start = i;
            break;
        }
    }
    for (uint32_t done = 0; done < n;) {
        uint32_t i = (start + done) % n;
        struct line *first = find(lines, line_count, &ring[i]);
        uint32_t len = 0;
        double *xy = pk_arena_alloc(w->arena, n + 1, 2 * sizeof(double));
        uint32_t id = first->edge == 0 ? ++w->edge_count : 0;
        while (done + len < n) {
            struct line *l = find(lines, line_count, &ring[(i + len) % n]);
            if (l->set != first->set) {
                break;
            }
            if (id != 0) {
                l->edge = id;
                l->edge_reversed = ring[(i + len) % n].reversed;
                const double *p =
                    g->xy + 2 * (g->rings[ring[i].ring].first + ring[(i + len) % n].at);
                memcpy(xy + 2 * len, p, 4 * sizeof(double));
            }
            len++;
        }
        if (id != 0) {
            write_edge(w, id, first->kind, xy, len + 1);
        }
        done += len;
    }
}

static void write_area(struct walker *w, const struct segment *segments, uint32_t n,
                       uint32_t area, struct line *lines, uint32_t line_count)
{
    pk_buf_addf(w->out, " <omrade>\n  <DP_Omrade gml:id=\"a%u\">\n", area);
    uint32_t last = 0, ring = UINT32_MAX, first_of_ring = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct line *l = find(lines, line_count, &segments[i]);
        bool new_ring = segments[i].ring != ring;
        if (new_ring) {
            ring = segments[i].ring;
            first_of_ring = l->edge;
            last = 0;
        }
        /* A ring may begin in the middle of an edge: name it once. */
        bool again = l->edge == first_of_ring && !new_ring && last != first_of_ring;
        if (l->edge != last && !again) {
            bool plus = l->edge_reversed == segments[i].reversed;
            pk_buf_addf(w->out, "   <%s xlink:href=\"#L%u\"/>\n", plus ? "plus" : "minus",
                        l->edge);
        }
        last = l->edge;
    }
    pk_buf_adds(w->out, "  </DP_Omrade>\n </omrade>\n");
}

static void write_value(struct pk_buf *out, const struct pk_sample_value *v)
{
    if (v->text != NULL) {
        pk_buf_adds(out, "<variabel><DP_VarDecimaltal>");
        text_member(out, "namn", v->name);
        text_member(out, "varde", v->text);
        pk_buf_adds(out, "</DP_VarDecimaltal></variabel>\n");
    }
}

/* Where the label stands: northing first, degrees anticlockwise. */
static void write_place(struct pk_buf *out, const struct pk_sample_reg *r, uint32_t n)
{
    if (r->placed) {
        pk_buf_addf(out,
                    "<insattning><gml:Point gml:id=\"t%u\"><gml:pos>%.3f %.3f</gml:pos>"
                    "</gml:Point></insattning>\n<rotation>%.1f</rotation>\n",
                    n, r->label_y, r->label_x, r->rotation);
    }
}

static void write_reg(struct pk_buf *out, const struct pk_sample_plan *p, uint32_t i,
                      uint32_t *n)
{
    static const char *const names[] = {"DP_Egenskapsbestammelse",
                                        "DP_AdministrativBestammelse"};
    static const char *const members[] = {"egenskapsbestammelse",
                                          "administrativBestammelse"};
    const struct pk_sample_reg *r = &p->regs[i];
    int k = r->kind == 'p' ? 0 : 1;
    char id[PK_ID_TEXT];
    pk_id_format(id, r->id);
    pk_buf_addf(out, "<%s><%s gml:id=\"i%u\">\n", members[k], names[k], ++*n);
    text_member(out, "uuid", id);
    pk_buf_addf(out, "<bestammelseid>%u</bestammelseid>\n", *n);
    if (r->letter != NULL) {
        text_member(out, "beteckning", r->letter);
    }
    if (r->index > 0) {
        pk_buf_addf(out, "<index>%d</index>\n", r->index);
    }
    write_place(out, r, *n);
    pk_buf_addf(out, "<omrade xlink:href=\"#a%u\"/>\n", i + 1);
    text_member(out, "bestammelsetyp", r->code);
    text_member(out, "formulering", r->wording);
    write_value(out, &r->value);
    write_value(out, &r->second);
    pk_buf_addf(out, "</%s></%s>\n", names[k], members[k]);
}

static void write_plan(struct pk_buf *out, const struct pk_sample_plan *p)
{
    char id[PK_ID_TEXT];
    uint32_t n = 0;
    pk_id_format(id, p->id);
    pk_buf_adds(out, " <plan>\n<DP_Plan gml:id=\"p1\">\n");
    text_member(out, "uuid", id);
    text_member(out, "planid", p->designation);
    text_member(out, "plantyp", "DP");
    text_member(out, "forslag", "false");
    text_member(out, "plannamn", p->name);
    text_member(out, "kommun", pk_sample_municipality_code(p->town->municipality));
    text_member(out, "hojdsystem", "RH 2000");
    text_member(out, "koordinatsystem",
                p->town->epsg == 3006 ? "SWEREF99_TM" : "SWEREF99_17_15");
    pk_buf_adds(out, "<planomrade xlink:href=\"#a0\"/>\n");
    for (uint32_t i = 0; i < p->reg_count; i++) {
        const struct pk_sample_reg *u = &p->regs[i];
        if (u->kind != 'u') {
            continue;
        }
        pk_id_format(id, u->id);
        pk_buf_addf(
            out, "<anvandningsbestammelse><DP_Anvandningsbestammelse gml:id=\"i%u\">\n",
            ++n);
        text_member(out, "uuid", id);
        pk_buf_addf(out, "<bestammelseid>%u</bestammelseid>\n", n);
        text_member(out, "beteckning", u->letter);
        pk_buf_addf(out, "<omrade xlink:href=\"#a%u\"/>\n", i + 1);
        text_member(out, "anvandningsslag", u->code);
        text_member(out, "precisering", u->wording);
        /* The format repeats a regulation under every use that it regulates. */
        for (uint32_t k = 0; k < p->reg_count; k++) {
            const struct pk_sample_reg *r = &p->regs[k];
            bool regulates = r->kind == 'p' && (int)i >= r->first_use &&
                             (int)i < r->first_use + r->use_count;
            if ((regulates || r->kind == 'a') && r->geoms[0].kind == PK_GEOM_AREA) {
                write_reg(out, p, k, &n);
            }
        }
        pk_buf_adds(out, "</DP_Anvandningsbestammelse></anvandningsbestammelse>\n");
    }
    if (p->months > 0) {
        pk_buf_addf(out,
                    "<administrativBestammelse><DP_PO_Ad_Genomforande gml:id=\"g1\">"
                    "<genomforandetid>%d</genomforandetid>"
                    "</DP_PO_Ad_Genomforande></administrativBestammelse>\n",
                    p->months / 12);
    }
    pk_buf_adds(out, "</DP_Plan>\n </plan>\n");
}

enum pk_status pk_sample_gml(struct pk_buf *out, const struct pk_sample_plan *p,
                             struct pk_crs *crs, struct pk_arena *arena,
                             struct pk_error *err)
{
    /* Area 0 is the plan, area i + 1 regulation i; lines and points have no place in
     * this format and stay out. */
    uint32_t areas = p->reg_count + 1, total = 0;
    struct pk_geom *geoms = pk_arena_alloc(arena, areas, sizeof(*geoms));
    for (uint32_t i = 0; i < areas; i++) {
        const struct pk_geom *g = i == 0 ? &p->area : &p->regs[i - 1].geoms[0];
        if (g->kind != PK_GEOM_AREA) {
            continue;
        }
        geoms[i] = *g;
        geoms[i].xy = pk_arena_alloc(arena, g->vertex_count, 2 * sizeof(double));
        memcpy(geoms[i].xy, g->xy, g->vertex_count * 2 * sizeof(double));
        if (p->town->epsg != 3006) {
            enum pk_status status = pk_crs_transform(crs, 3006, p->town->epsg,
                                                     geoms[i].xy, g->vertex_count, err);
            if (status != PK_OK) {
                return status;
            }
        }
        for (uint32_t k = 0; k < 2 * g->vertex_count; k++) {
            geoms[i].xy[k] = round(geoms[i].xy[k] * 1000) / 1000;
        }
        total += g->vertex_count;
    }
    struct walker w = {.arena = arena, .out = out};
    w.segments = pk_arena_alloc(arena, total, sizeof(*w.segments));
    for (uint32_t i = 0; i < areas; i++) {
        collect(&w, &geoms[i], i);
    }
    uint64_t *sets = pk_arena_alloc(arena, w.count, sizeof(*sets));
    name_lines(&w, sets);
    struct line *lines = pk_arena_alloc(arena, w.count, sizeof(*lines));
    uint32_t line_count = 0;
    for (uint32_t i = 0; i < w.count; i++) {
        if (i == 0 || !same_line(&w.segments[i - 1], &w.segments[i])) {
            lines[line_count++] = (struct line){
                .key = w.segments[i], .set = sets[i], .kind = line_kind(p, &w, i)};
        }
    }
    qsort(w.segments, w.count, sizeof(*w.segments), by_ring);

    pk_buf_adds(out, "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                     "<DP_Data xmlns=\"http://www.sis.se/ss637040\" "
                     "xmlns:gml=\"http://www.opengis.net/gml/3.2\" "
                     "xmlns:xlink=\"http://www.w3.org/1999/xlink\" gml:id=\"dataset\">\n"
                     " <tillampning>plan</tillampning>\n"
                     " <beskrivning>Plan i en påhittad kommun</beskrivning>\n");
    for (uint32_t i = 0; i < w.count;) {
        uint32_t n = 1;
        while (i + n < w.count && w.segments[i + n].area == w.segments[i].area &&
               w.segments[i + n].ring == w.segments[i].ring) {
            n++;
        }
        walk_ring(&w, &geoms[w.segments[i].area], &w.segments[i], n, lines, line_count);
        i += n;
    }
    for (uint32_t i = 0; i < w.count;) {
        uint32_t n = 1;
        while (i + n < w.count && w.segments[i + n].area == w.segments[i].area) {
            n++;
        }
        write_area(&w, &w.segments[i], n, w.segments[i].area, lines, line_count);
        i += n;
    }
    write_plan(out, p);
    pk_buf_adds(out, "</DP_Data>\n");
    return PK_OK;
}
