/* rules.c - which rule binds which theme, and the list of what was measured. */
#include "tiles/audit/rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "tiles/audit/chart.h"
#include "tiles/audit/corpus.h"
#include "tiles/audit/pictures.h"

#define BIT(rule) (UINT32_C(1) << (rule))

static const struct pk_audit_rule rules[PK_AUDIT_RULES] = {
    [PK_T1] = {"T1",  "neighbouring areas: contrast, or a line between them",    true },
    [PK_T2] = {"T2",  "fills: luminance that a black or white casing shows on",  false},
    [PK_T3] = {"T3",  "fills: CIEDE2000 between every two, every colour vision", false},
    [PK_T4] = {"T4",  "areas: a letter, pattern or symbol besides the colour",   true },
    [PK_T5] = {"T5",  "areas in grey: lightness, pattern or letter",             false},
    [PK_T6] = {"T6",  "text on its halo: contrast, opacity, width",              false},
    [PK_T7] = {"T7",  "text on what is drawn around it",                         true },
    [PK_T8] = {"T8",  "text: size, number of weights",                           false},
    [PK_T9] = {"T9",  "lines: width, contrast to fills or casing, dashes",       false},
    [PK_T10] = {"T10", "symbols: size, contrast, silhouettes",                    false},
    [PK_T11] = {"T11", "what is selected: a line of two colours on every fill",   false},
    [PK_T12] = {"T12", "seams: four tiles are one picture",                       true },
    [PK_T13] = {"T13", "high contrast: boundaries 4.5, text 7",                   true },
    [PK_T14] = {"T14", "two colours only, areas by pattern",                      true },
    [PK_T15] = {"T15", "easy reading: few classes, few labels, no thin line",     true },
    [PK_T16] = {"T16", "plan colours are what their names say",                   false},
    [PK_T17] = {"T17", "plan colours are those on record",                        false},
};

enum {
    COMMON = BIT(PK_T4) | BIT(PK_T6) | BIT(PK_T7) | BIT(PK_T8) | BIT(PK_T9) |
             BIT(PK_T10) | BIT(PK_T12) | BIT(PK_T17),
    STANDARD = COMMON | BIT(PK_T1) | BIT(PK_T2) | BIT(PK_T11) | BIT(PK_T16),
    CONTRAST = COMMON | BIT(PK_T1) | BIT(PK_T2) | BIT(PK_T11) | BIT(PK_T13),
    MONO = COMMON | BIT(PK_T14),
    SIMPLE = COMMON | BIT(PK_T1) | BIT(PK_T2) | BIT(PK_T3) | BIT(PK_T5) | BIT(PK_T11) |
             BIT(PK_T15),
    PRINT = COMMON | BIT(PK_T1) | BIT(PK_T5),
};

/* The first row is for themes that are not here. */
static const struct pk_audit_theme themes[] = {
    {"standard",      STANDARD,              3,   4.5, 12, 2, 16, 10, false},
    {"cvd",           STANDARD | BIT(PK_T3), 3,   4.5, 12, 2, 16, 12, false},
    {"contrast",      CONTRAST,              4.5, 7,   16, 3, 24, 10, false},
    {"contrast-dark", CONTRAST,              4.5, 7,   16, 3, 24, 10, true },
    {"mono",          MONO,                  3,   4.5, 12, 2, 16, 10, false},
    {"mono-dark",     MONO,                  3,   4.5, 12, 2, 16, 10, true },
    {"simple",        SIMPLE,                3,   4.5, 20, 2, 16, 10, false},
    {"print",         PRINT,                 3,   4.5, 12, 2, 16, 10, false},
};

const struct pk_audit_rule *pk_audit_rule(uint32_t i)
{
    return &rules[i];
}

static const struct pk_audit_theme *theme_of(const char *name)
{
    for (size_t i = 0; i < PK_COUNT(themes); i++) {
        if (strcmp(themes[i].name, name) == 0) {
            return &themes[i];
        }
    }
    return &themes[0];
}

bool pk_audit_binds(const struct pk_auditor *a, enum pk_rule rule)
{
    return (a->theme->binds >> rule & 1) != 0;
}

double pk_finding_margin(const struct pk_finding *f)
{
    if (f->at_most) {
        return f->value <= f->gate ? 1 + (f->gate - f->value) / fmax(f->gate, 1)
                                   : f->gate / f->value;
    }
    return f->gate > 0 ? f->value / f->gate : 1;
}

/* ---- the list ---- */

static uint32_t *slot_of(struct pk_auditor *a, const struct pk_finding *f)
{
    uint64_t h = pk_hash64(f->what, strlen(f->what), f->rule);
    h = pk_hash64(f->quantity, strlen(f->quantity), h);
    for (uint32_t i = (uint32_t)h;; i++) {
        uint32_t *slot = &a->slots[i % a->slot_count];
        const struct pk_finding *there = *slot ? &a->findings[*slot - 1] : NULL;
        if (!there || (there->rule == f->rule && strcmp(there->what, f->what) == 0 &&
                       strcmp(there->quantity, f->quantity) == 0)) {
            return slot;
        }
    }
}

static void grow(struct pk_auditor *a)
{
    a->room = a->room ? 2 * a->room : 512;
    struct pk_finding *findings = pk_arena_alloc(a->arena, a->room, sizeof *findings);
    if (a->count > 0) {
        memcpy(findings, a->findings, a->count * sizeof *findings);
    }
    a->findings = findings;
    a->slot_count = 2 * a->room;
    a->slots = pk_arena_alloc(a->arena, a->slot_count, sizeof *a->slots);
    for (uint32_t i = 0; i < a->count; i++) {
        *slot_of(a, &a->findings[i]) = i + 1;
    }
}

void pk_audit_note(struct pk_auditor *a, struct pk_finding m)
{
    if (!pk_audit_binds(a, (enum pk_rule)m.rule)) {
        return;
    }
    a->out->done |= BIT(m.rule);
    m.fails = m.at_most ? m.value > m.gate : m.value < m.gate;
    if (a->count == a->room) {
        if (a->count >= PK_AUDIT_FINDINGS_MAX) {
            return;
        }
        grow(a);
    }
    uint32_t *slot = slot_of(a, &m);
    if (*slot == 0) {
        m.what = pk_arena_strdup(a->arena, m.what);
        a->findings[a->count++] = m;
        *slot = a->count;
    } else if (pk_finding_margin(&m) < pk_finding_margin(&a->findings[*slot - 1])) {
        m.what = a->findings[*slot - 1].what;
        a->findings[*slot - 1] = m;
    }
}

/* Failures first, then by how far from the gate; then by rule and name, so that the
 * order says nothing of chance. */
static int compare_findings(const void *pa, const void *pb)
{
    const struct pk_finding *a = pa, *b = pb;
    double x = pk_finding_margin(a), y = pk_finding_margin(b);
    if (a->fails != b->fails) {
        return a->fails ? -1 : 1;
    }
    if (x != y) {
        return x < y ? -1 : 1;
    }
    if (a->rule != b->rule) {
        return a->rule < b->rule ? -1 : 1;
    }
    int order = strcmp(a->what, b->what);
    return order ? order : strcmp(a->quantity, b->quantity);
}

const struct pk_finding *pk_audit_worst(const struct pk_audit *audit, uint32_t rule)
{
    for (uint32_t i = 0; i < audit->count; i++) {
        if (audit->findings[i].rule == rule) {
            return &audit->findings[i];
        }
    }
    return NULL;
}

/* ---- measures that rules share ---- */

double pk_worst_contrast(struct pk_rgba a, struct pk_rgba b, int *vision)
{
    double least = INFINITY;
    for (int v = PK_VISION_NORMAL; v < PK_VISION_GREY; v++) {
        double c = pk_colour_contrast(pk_colour_seen(a, (enum pk_vision)v),
                                      pk_colour_seen(b, (enum pk_vision)v));
        if (c < least) {
            least = c;
            *vision = v;
        }
    }
    return least;
}

double pk_pattern_contrast(const struct pk_look *look, uint32_t pattern,
                           struct pk_rgba ground, int *vision)
{
    return pk_worst_contrast(pk_colour_over(look->inks[pattern], ground), ground, vision);
}

static bool has_pattern(const struct pk_look *look, const char *name)
{
    size_t len = strcspn(name, ":");
    for (uint32_t i = 0; i < look->pattern_count; i++) {
        if (strncmp(look->patterns[i], name, len) == 0 &&
            strcspn(look->patterns[i], ":") == len) {
            return true;
        }
    }
    return false;
}

static bool carries_more(const struct pk_look *a, const struct pk_look *b)
{
    int vision;
    for (uint32_t i = 0; i < a->pattern_count; i++) {
        if (!has_pattern(b, a->patterns[i]) &&
            pk_pattern_contrast(a, i, a->fill, &vision) >= 3) {
            return true;
        }
    }
    return false;
}

bool pk_patterns_differ(const struct pk_look *a, const struct pk_look *b)
{
    return carries_more(a, b) || carries_more(b, a);
}

/* ---- pictures ---- */

enum { SEAMS_EVERY = 8, TWICE_EVERY = 16 }; /* blocks; cutting and 2x cost most */

static enum pk_status is_wanted(const struct pk_auditor *a, struct pk_error *err)
{
    return a->request->stop && a->request->stop(a->request->ctx)
               ? pk_fail(err, PK_BUSY, "the audit was told to stop")
               : PK_OK;
}

/* Of what a chart of the zoom would show: zooms that look alike are drawn once. */
static uint64_t chart_sign(const struct pk_dump *dump, uint32_t first, uint32_t end)
{
    uint64_t h = 0;
    for (uint32_t i = first; i < end; i++) {
        const struct pk_look *l = &dump->looks[i];
        struct pk_rgba colours[] = {l->fill, l->text, l->halo};
        uint64_t words[] = {l->identity, l->pattern_count, l->halo_width >= 2};
        h = pk_hash64(colours, sizeof colours, pk_hash64(words, sizeof words, h));
        for (uint32_t k = 0; k < l->stroke_count; k++) {
            struct pk_rgba c = l->strokes[k].colour;
            uint32_t line[] = {l->strokes[k].width >= 1.5, c.r, c.g, c.b, c.a};
            h = pk_hash64(line, sizeof line, h);
        }
    }
    return h;
}

static enum pk_status look_at_chart(struct pk_auditor *a, struct pk_shots *shots,
                                    struct pk_error *err)
{
    struct pk_arena arena = {0};
    enum pk_status st = PK_OK;
    uint64_t last = 0;
    for (uint32_t z = 0; st == PK_OK && z < a->dump.zoom_count; z++) {
        uint32_t first, end;
        struct pk_shot_place place;
        struct pk_shot shot;
        pk_dump_at(&a->dump, z, &first, &end);
        pk_arena_reset(&arena);
        struct pk_store *chart =
            pk_chart_make(&place, &a->dump, a->request->style, first, end, &arena);
        uint64_t sign = chart_sign(&a->dump, first, end);
        if (!chart || sign == last) {
            continue;
        }
        last = sign;
        st = is_wanted(a, err);
        if (st == PK_OK) {
            st = pk_shot_take(&shot, shots, a->request->style, a->request->base, chart,
                              place, 1, &arena, err);
        }
        if (st == PK_OK) {
            pk_audit_borders(a, &shot);
            pk_audit_rings(a, shots, &shot);
            a->out->pictures++;
        }
    }
    pk_arena_finish(&arena);
    return st;
}

static enum pk_status look_at_block(struct pk_auditor *a, struct pk_shots *shots,
                                    uint32_t i, struct pk_carried *carried,
                                    struct pk_arena *arena, struct pk_error *err)
{
    const struct pk_audit_request *r = a->request;
    struct pk_shot_place place = r->corpus->places[i];
    uint32_t scale = i % TWICE_EVERY == 1 ? 2 : 1;
    struct pk_shot shot;
    enum pk_status st = is_wanted(a, err);
    if (st == PK_OK) {
        st = pk_shot_take(&shot, shots, r->style, r->base, r->store, place, scale, arena,
                          err);
    }
    if (st != PK_OK) {
        return st;
    }
    pk_audit_borders(a, &shot);
    pk_audit_carriers(a, &shot, carried);
    pk_audit_rings(a, shots, &shot);
    a->out->tiles += PK_SHOT_TILES * PK_SHOT_TILES;
    return i % SEAMS_EVERY == 0 ? pk_audit_seams(a, shots, r->store, place, err) : PK_OK;
}

static enum pk_status look_at_tiles(struct pk_auditor *a, struct pk_shots *shots,
                                    struct pk_error *err)
{
    struct pk_arena arena = {0};
    struct pk_carried carried = {0};
    enum pk_status st = PK_OK;
    for (uint32_t i = 0; st == PK_OK && i < a->request->corpus->count; i++) {
        pk_arena_reset(&arena);
        st = look_at_block(a, shots, i, &carried, &arena, err);
    }
    pk_arena_finish(&arena);
    if (st == PK_OK && carried.areas > 0) {
        pk_audit_note(
            a, (struct pk_finding){.rule = PK_T4,
                                   .what = "areas that hold 24 x 24 px",
                                   .quantity = "% with letter or pattern",
                                   .value = 100.0 * carried.carried / carried.areas,
                                   .gate = 95,
                                   .goal = 100,
                                   .zoom = -1,
                                   .vision = -1});
    }
    return st;
}

static enum pk_status look_at_pictures(struct pk_auditor *a, struct pk_error *err)
{
    struct pk_shots *shots = pk_shots_create();
    if (!shots) {
        return pk_fail(err, PK_IO, "fonts are not loaded");
    }
    enum pk_status st = a->request->chart ? look_at_chart(a, shots, err) : PK_OK;
    if (st == PK_OK && a->request->corpus) {
        st = look_at_tiles(a, shots, err);
    }
    pk_shots_destroy(shots);
    return st;
}

/* ---- all of it ---- */

enum pk_status pk_audit_run(struct pk_audit *out, const struct pk_audit_request *request,
                            struct pk_arena *arena, struct pk_error *err)
{
    struct pk_auditor a = {.request = request,
                           .theme = theme_of(pk_style_theme(request->style)),
                           .arena = arena,
                           .out = out};
    *out = (struct pk_audit){.style = pk_style_name(request->style),
                             .theme = pk_style_theme(request->style),
                             .binds = a.theme->binds};
    enum pk_status st = pk_dump_make(&a.dump, request->style, request->base, arena, err);
    if (st != PK_OK) {
        return st;
    }
    out->looks = a.dump.count;
    out->cut = a.dump.cut;
    pk_audit_areas(&a);
    pk_audit_lines(&a);
    pk_audit_texts(&a);
    pk_audit_points(&a);
    if (request->chart || request->corpus) {
        st = look_at_pictures(&a, err);
    }
    if (a.count > 0) {
        qsort(a.findings, a.count, sizeof *a.findings, compare_findings);
    }
    out->findings = a.findings;
    out->count = a.count;
    for (uint32_t i = 0; i < a.count; i++) {
        out->failures += a.findings[i].fails;
    }
    return st;
}
