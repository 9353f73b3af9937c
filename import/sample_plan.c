/* sample_plan.c - one plan: blocks, uses, what lies on them, lots and streets. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "import/sample_maker.h"

struct use {
    const char *letter, *wording, *form, *code;
};

enum use_id { B, C, K, H, S, D, J, Z, E, R, O, W, PARK, NATUR, GATA, TORG, M, N };

static const struct use uses[] = {
    [B] = {"B",     "Bostäder",               "kvartersmark",  "DP_KM_B"    },
    [C] = {"C",     "Centrum",                 "kvartersmark",  "DP_KM_C"    },
    [K] = {"K",     "Kontor",                  "kvartersmark",  "DP_KM_K"    },
    [H] = {"H",     "Detaljhandel",            "kvartersmark",  "DP_KM_H"    },
    [S] = {"S",     "Skola",                   "kvartersmark",  "DP_KM_S"    },
    [D] = {"D",     "Vård",                   "kvartersmark",  "DP_KM_D"    },
    [J] = {"J",     "Industri",                "kvartersmark",  "DP_KM_J"    },
    [Z] = {"Z",     "Verksamheter",            "kvartersmark",  "DP_KM_Z"    },
    [E] = {"E",     "Tekniska anläggningar",  "kvartersmark",  "DP_KM_E"    },
    [R] = {"R",     "Besöksanläggningar",    "kvartersmark",  "DP_KM_R"    },
    [O] = {"O",     "Tillfällig vistelse",    "kvartersmark",  "DP_KM_O"    },
    [W] = {"W",     "Vattenområde",           "vattenområde", "DP_VO_W"    },
    [PARK] = {"PARK",  "Park",                    "allmän plats", "DP_AP_Park" },
    [NATUR] = {"NATUR", "Naturområde",            "allmän plats", "DP_AP_Natur"},
    [GATA] = {"GATA",  "Gata",                    "allmän plats", "DP_AP_Gata" },
    [TORG] = {"TORG",  "Torg",                    "allmän plats", "DP_AP_Torg" },
    [M] = {"M",     "Begravningsplats",        "kvartersmark",  "DP_KM_M"    },
    [N] = {"N",     "Friluftsliv och camping", "kvartersmark",  "DP_KM_N"    },
};

/* Blocks of a plan in cells of its 3 by 2 street grid. */
struct cells {
    int i0, j0, i1, j1;
};
static const struct {
    int count;
    struct cells blocks[PK_SAMPLE_BLOCKS_MAX];
} patterns[] = {
    {6,
     {{0, 0, 1, 1},
      {1, 0, 2, 1},
      {2, 0, 3, 1},
      {0, 1, 1, 2},
      {1, 1, 2, 2},
      {2, 1, 3, 2}}                                                           },
    {4, {{0, 0, 3, 1}, {0, 1, 1, 2}, {1, 1, 2, 2}, {2, 1, 3, 2}}              },
    {5, {{0, 0, 1, 2}, {1, 0, 2, 1}, {2, 0, 3, 1}, {1, 1, 2, 2}, {2, 1, 3, 2}}},
    {3, {{0, 0, 2, 2}, {2, 0, 3, 1}, {2, 1, 3, 2}}                            },
    {1, {{0, 0, 3, 2}}                                                        },
};

double sample_chance(struct maker *m, const char *what, int64_t n)
{
    return pk_sample_unit(m->seed, what, m->key, n, 0);
}

static void must(enum pk_status status, const struct pk_error *err)
{
    if (status != PK_OK) { /* rings made here are always within the limits */
        fprintf(stderr, "sample: %s\n", err->text);
    }
}

struct pk_geom sample_finish(struct pk_geom_builder *b)
{
    struct pk_geom g = {0};
    struct pk_error err = {0};
    must(pk_geom_done(&g, b, &err), &err);
    return g;
}

struct pk_geom sample_area(struct maker *m, struct pk_sample_rect r, unsigned corners)
{
    struct pk_geom_builder *b = pk_geom_begin(m->arena, PK_GEOM_AREA, false);
    pk_sample_ring(b, m->town, r, corners, 8, PK_RING_OUTER);
    return sample_finish(b);
}

static struct pk_sample_rect inset(struct pk_sample_rect r, double by)
{
    return (struct pk_sample_rect){r.u0 + by, r.v0 + by, r.u1 - by, r.v1 - by};
}

struct pk_sample_reg *sample_regulation(struct maker *m, char kind, const char *form,
                                        const char *letter, int index, const char *code,
                                        const char *wording)
{
    struct pk_sample_plan *p = m->plan;
    struct pk_sample_reg *reg = &p->regs[p->reg_count];
    if (p->reg_count + 1 < PK_SAMPLE_REGS_MAX) {
        p->reg_count++;
    }
    memset(reg, 0, sizeof(*reg));
    char key[64];
    snprintf(key, sizeof(key), "%llx-%lld-%u", (unsigned long long)m->seed,
             (long long)m->key, p->reg_count);
    reg->id = pk_id_of("sample-regulation", "", key);
    reg->kind = kind;
    reg->form = form;
    reg->letter = letter;
    reg->index = index;
    reg->code = code;
    reg->wording = wording;
    return reg;
}

static int add_use(struct maker *m, enum use_id u, const struct pk_geom *g)
{
    struct pk_sample_reg *reg = sample_regulation(m, 'u', uses[u].form, uses[u].letter, 0,
                                                  uses[u].code, uses[u].wording);
    reg->geoms[reg->geom_count++] = *g;
    return (int)(reg - m->plan->regs);
}

struct pk_sample_reg *sample_property(struct maker *m, int first_use, int use_count,
                                      const char *letter, int index, const char *code,
                                      const char *wording, struct pk_geom g)
{
    struct pk_sample_reg *reg = sample_regulation(m, 'p', m->plan->regs[first_use].form,
                                                  letter, index, code, wording);
    reg->first_use = first_use;
    reg->use_count = use_count;
    reg->geoms[reg->geom_count++] = g;
    return reg;
}

/* Strip along a street where nothing may be built, a yard for small buildings at the
 * back, and the rest with height and building area. */
static void strips(struct maker *m, struct pk_sample_rect r, int use, int count,
                   int block)
{
    double front = 6, back = sample_chance(m, "yard", block) < 0.4 ? 14 : 0;
    struct pk_sample_rect dots = {r.u0, r.v0, r.u1, r.v0 + front};
    struct pk_sample_rect rest = {r.u0, r.v0 + front, r.u1, r.v1 - back};
    sample_property(m, use, count, NULL, 0, "DP_KM_Eg_Omfatt_Prickmark",
                    "Marken får inte förses med byggnad.", sample_area(m, dots, 0));
    if (back > 0) {
        struct pk_sample_rect yard = {r.u0, r.v1 - back, r.u1, r.v1};
        sample_property(m, use, count, NULL, 0, "DP_KM_Eg_Omfatt_Korsmark_A",
                        "Marken får endast förses med komplementbyggnad.",
                        sample_area(m, yard, 0));
    }
    char *text = NULL;
    int height = 4 + (int)(sample_chance(m, "height", block) * 14);
    text = pk_arena_printf(m->arena, "Högsta nockhöjd är %d meter.", height);
    struct pk_sample_reg *h =
        sample_property(m, use, count, "h", 1, "DP_KM_Eg_Utform_Nockhojd_Meter", text,
                        sample_area(m, rest, 0));
    h->value = (struct pk_sample_value){"höjd", pk_arena_printf(m->arena, "%d", height),
                                        "max", "meter"};
    int share = 15 + 5 * (int)(sample_chance(m, "share", block) * 6);
    text = pk_arena_printf(m->arena,
                           "Största byggnadsarea är %d %% av fastighetsarean inom "
                           "egenskapsområdet.",
                           share);
    struct pk_sample_reg *e =
        sample_property(m, use, count, "e", 1, "DP_KM_Eg_Omfatt_Byggnadsarea_Proc", text,
                        sample_area(m, rest, 0));
    e->value = (struct pk_sample_value){
        "utnyttjandegrad", pk_arena_printf(m->arena, "%d", share), "max", "procent"};
}

/* Dotted land all round and building ground inside it: an area with a hole. */
static void ring_and_core(struct maker *m, struct pk_sample_rect r, unsigned corners,
                          int use, int count, int block)
{
    struct pk_sample_rect core = inset(r, 10);
    struct pk_geom_builder *b = pk_geom_begin(m->arena, PK_GEOM_AREA, false);
    pk_sample_ring(b, m->town, r, corners, 8, PK_RING_OUTER);
    pk_sample_ring(b, m->town, core, 0, 0, PK_RING_HOLE);
    sample_property(m, use, count, NULL, 0, "DP_KM_Eg_Omfatt_Prickmark",
                    "Marken får inte förses med byggnad.", sample_finish(b));
    int area = 200 + 100 * (int)(sample_chance(m, "area", block) * 20);
    char *text = pk_arena_printf(m->arena, "Största byggnadsarea är %d m².", area);
    struct pk_sample_reg *e =
        sample_property(m, use, count, "e", 2, "DP_KM_Eg_Omfatt_Byggnadsarea_Kvm", text,
                        sample_area(m, core, 0));
    e->value = (struct pk_sample_value){
        "exploatering", pk_arena_printf(m->arena, "%d", area), "max", "kvadratmeter"};
    int height = 7 + (int)(sample_chance(m, "core-height", block) * 18);
    text = pk_arena_printf(m->arena, "Högsta totalhöjd är %d meter.", height);
    struct pk_sample_reg *h =
        sample_property(m, use, count, "h", 2, "DP_KM_Eg_Utform_Totalhojd_Meter", text,
                        sample_area(m, core, 0));
    h->value = (struct pk_sample_value){"höjd", pk_arena_printf(m->arena, "%d", height),
                                        "max", "meter"};
    if (sample_chance(m, "pipes", block) < 0.4) {
        double mid = floor((r.v0 + r.v1) / 2);
        struct pk_sample_rect pipes = {r.u0, mid - 3, r.u1, mid + 3};
        sample_property(m, use, count, "u", 0, "DP_KM_Eg_Markres_Underjord",
                        "Markreservat för allmännyttiga underjordiska ledningar.",
                        sample_area(m, pipes, 0));
    }
    if (sample_chance(m, "roof", block) < 0.3) {
        struct pk_sample_reg *o =
            sample_property(m, use, count, "o", 1, "DP_KM_Eg_Utform_Takvinkel",
                            "Minsta takvinkel är 22 grader.", sample_area(m, core, 0));
        o->value = (struct pk_sample_value){"takvinkel", "22", "min", "grader"};
        o->secondary = true;
    }
}

static void exit_ban(struct maker *m, struct pk_sample_rect r, int use, int count)
{
    struct pk_geom_builder *b = pk_geom_begin(m->arena, PK_GEOM_LINE, false);
    pk_sample_line(b, m->town, r.u0 + 10, r.v0, r.u1 - 10, r.v0);
    sample_property(m, use, count, NULL, 0, "DP_KM_Eg_Utfart_Forbud", "Utfartsförbud",
                    sample_finish(b));
}

static enum use_id choose_use(struct maker *m, int block, double centre)
{
    double r = sample_chance(m, "use", block);
    if (centre < 0.3) {
        static const enum use_id near[] = {C, C, B, K, H, S, B, TORG, PARK, B};
        return near[(int)(r * 10)];
    }
    if (centre < 0.8) {
        static const enum use_id middle[] = {B, B, B, B, B, S, PARK, B, B, D, B, B};
        return middle[(int)(r * 12)];
    }
    static const enum use_id edge[] = {B, B, J, Z, NATUR, B, R, N, NATUR, W, O, M};
    return edge[(int)(r * 12)];
}

static void make_lots(struct maker *m, struct pk_sample_rect r, unsigned corners,
                      enum use_id u, int block)
{
    struct pk_sample_plan *p = m->plan;
    bool homes = u == B;
    int across = homes ? (int)fmax(1, round((r.u1 - r.u0) / 24)) : 1;
    int rows = homes ? 2 : 1;
    double du = (r.u1 - r.u0) / across, dv = (r.v1 - r.v0) / rows;
    for (int j = 0; j < rows; j++) {
        for (int i = 0; i < across; i++) {
            struct pk_sample_lot *lot = &p->lots[p->lot_count++];
            double u0 = r.u0 + i * du, v0 = r.v0 + j * dv;
            unsigned own = 0;
            own |= i == 0 && j == 0 ? corners & 1u : 0;
            own |= i == across - 1 && j == 0 ? corners & 2u : 0;
            own |= i == across - 1 && j == rows - 1 ? corners & 4u : 0;
            own |= i == 0 && j == rows - 1 ? corners & 8u : 0;
            struct pk_sample_rect lr = {u0, v0, u0 + du, v0 + dv};
            lot->geom = sample_area(m, lr, own);
            int64_t n = block * 100 + j * 40 + i;
            if (homes) {
                snprintf(lot->designation, sizeof(lot->designation), "%s %s %u:%d",
                         pk_sample_municipality_upper(p->town->municipality),
                         p->town->upper, p->number % 97 + 1, (int)p->lot_count);
            } else {
                snprintf(lot->designation, sizeof(lot->designation), "%s %s %d",
                         pk_sample_municipality_upper(p->town->municipality),
                         pk_sample_quarter(p->number + (uint32_t)block),
                         (int)(p->number * 10 + (uint32_t)block));
            }
            bool built = u != PARK && u != NATUR && u != W && u != TORG && u != M &&
                         sample_chance(m, "built", n) < 0.93;
            if (built) {
                double bu = fmin(homes ? 9 + 4 * sample_chance(m, "bu", n) : 42, du - 12);
                double bv = fmin(homes ? 7 + 4 * sample_chance(m, "bv", n) : 24, dv - 14);
                double at_u = u0 + (du - bu) / 2,
                       at_v = j == 0 ? v0 + 8 : v0 + dv - 8 - bv;
                struct pk_sample_rect br = {at_u, at_v, at_u + bu, at_v + bv};
                lot->building = sample_area(m, br, 0);
                lot->has_address = true;
            }
            pk_sample_place(m->town, u0 + du / 2, j == 0 ? v0 + 5 : v0 + dv - 5, &lot->x,
                            &lot->y);
            int line = (int)round((j == 0 ? r.v0 : r.v1) / PK_SAMPLE_BLOCK_V);
            char street[48];
            pk_sample_street_name(street, sizeof(street), m->seed, p->town->index, line,
                                  false);
            int number =
                (int)floor((u0 + 40 * PK_SAMPLE_PLAN_U) / 24) % 600 * 2 + (j == 0);
            snprintf(lot->address, sizeof(lot->address), "%s %d", street, number);
        }
    }
}

static void make_block(struct maker *m, struct pk_sample_rect r, int block, double centre,
                       struct pk_geom_builder *streets)
{
    const unsigned all = 15;
    pk_sample_ring(streets, m->town, r, all, 8, PK_RING_HOLE);
    enum use_id u = choose_use(m, block, centre);
    struct pk_sample_rect main_part = r;
    unsigned corners = all;
    if (u == B && sample_chance(m, "split", block) < 0.15) {
        /* A transformer's corner: split along a lattice line, so that the street's
         * hole has the vertex too. */
        double at = floor((r.u1 - 14) / PK_SAMPLE_STEP) * PK_SAMPLE_STEP;
        struct pk_sample_rect side = {at, r.v0, r.u1, r.v1};
        struct pk_geom g = sample_area(m, side, 2 | 4);
        add_use(m, E, &g);
        make_lots(m, side, 2 | 4, E, block + 50);
        main_part.u1 = at;
        corners = 1 | 8;
    }
    struct pk_geom g = sample_area(m, main_part, corners);
    int first = add_use(m, u, &g), count = 1;
    if ((u == C || u == K) && sample_chance(m, "combined", block) < 0.5) {
        add_use(m, u == C ? B : H, &g);
        count = 2;
    } else if (u == S && sample_chance(m, "combined", block) < 0.3) {
        add_use(m, R, &g);
        count = 2;
    }
    if (strcmp(uses[u].form, "kvartersmark") == 0 && u != M && u != N) {
        if (corners == all && sample_chance(m, "kind", block) < 0.5) {
            ring_and_core(m, main_part, corners, first, count, block);
        } else {
            /* Straight strips need straight corners: they lie 8 m inside the sides. */
            struct pk_sample_rect r2 = {main_part.u0 + 8, main_part.v0 + 8,
                                        main_part.u1 - 8, main_part.v1 - 8};
            strips(m, r2, first, count, block);
        }
        if (sample_chance(m, "exit", block) < 0.2) {
            exit_ban(m, r, first, count);
        }
        if (corners == all) {
            sample_symbols(m, main_part, first, count, block);
        }
    }
    make_lots(m, main_part, corners, u, block);
}

static void make_road(struct maker *m, double u0, double v0, double u1, double v1,
                      const char *class, int line, bool across)
{
    struct pk_sample_plan *p = m->plan;
    struct pk_geom_builder *b = pk_geom_begin(m->arena, PK_GEOM_LINE, false);
    pk_sample_line(b, m->town, u0, v0, u1, v1);
    p->roads[p->road_count] = sample_finish(b);
    p->road_class[p->road_count] = class;
    pk_sample_street_name(p->road_name[p->road_count], sizeof(p->road_name[0]), m->seed,
                          p->town->index, line, across);
    p->road_count++;
}

static void date_text(char out[11], const char *base, int days)
{
    pk_date_format(out, pk_date_parse(base) + days);
}

static void make_dates(struct maker *m)
{
    struct pk_sample_plan *p = m->plan;
    double r = sample_chance(m, "status", 0);
    int day = (int)(sample_chance(m, "day", 0) * 9000);
    p->months = 60 + 12 * (int)(sample_chance(m, "months", 0) * 11);
    p->quality = "komplett";
    p->type = "detaljplan";
    p->status = "laga kraft";
    if (r < 0.12) {
        static const char *const old[] = {"stadsplan", "byggnadsplan",
                                          "avstyckningsplan"};
        p->plan_only = true;
        p->type = old[(int)(sample_chance(m, "old", 0) * 3)];
        date_text(p->in_force, "1948-03-01", day);
        p->months = 0;
    } else if (r < 0.72) {
        date_text(p->in_force, "1990-01-15", day);
    } else if (r < 0.80) {
        date_text(p->in_force, "2022-02-01", day % 1400);
    } else if (r < 0.84) {
        p->quality = "ej komplett";
        date_text(p->in_force, "1988-05-01", day % 4000);
    } else if (r < 0.97) {
        static const char *const going[] = {"påbörjad", "samråd",     "granskning",
                                            "antagen",  "överklagad", "tillsyn"};
        p->status = going[(int)(sample_chance(m, "going", 0) * 6)];
        date_text(p->started, "2023-01-10", day % 700);
        date_text(p->status_date, "2025-01-10", day % 300);
        if (strcmp(p->status, going[3]) == 0 || strcmp(p->status, going[4]) == 0 ||
            strcmp(p->status, going[5]) == 0) {
            memcpy(p->adopted, p->status_date, sizeof(p->adopted));
        }
    } else {
        p->status = sample_chance(m, "ended", 0) < 0.7 ? "upphävd" : "avslutad";
        date_text(p->in_force, "1975-01-01", day % 3000);
        date_text(p->status_date, "2015-01-01", day % 3000);
    }
    if (p->in_force[0] != '\0') {
        date_text(p->adopted, p->in_force, -40);
        date_text(p->started, p->in_force, -700);
    }
}

static void begin(struct maker *m, uint64_t seed, const struct pk_sample_town *town,
                  int column, int row, uint32_t number, bool overlay)
{
    struct pk_sample_plan *p = m->plan;
    memset(p, 0, sizeof(*p));
    m->seed = seed;
    m->town = town;
    m->key = ((int64_t)town->index << 20) + (column << 10) + row * 2 + overlay;
    p->town = town;
    p->number = number;
    p->overlay = overlay;
    char key[64];
    snprintf(key, sizeof(key), "%llx-%lld", (unsigned long long)seed, (long long)m->key);
    p->id = pk_id_of("sample-plan", pk_sample_municipality_code(town->municipality), key);
    snprintf(p->designation, sizeof(p->designation), "%s-P%u",
             pk_sample_municipality_code(town->municipality), number);
    p->lots = pk_arena_alloc(m->arena, PK_SAMPLE_BLOCKS_MAX * PK_SAMPLE_LOTS_MAX,
                             sizeof(*p->lots));
    p->purpose = "Att pröva lämplig bebyggelse och trygga gator i en påhittad kommun.";
    make_dates(m);
}

void pk_sample_plan(struct pk_sample_plan *plan, uint64_t seed,
                    const struct pk_sample_town *town, int column, int row,
                    uint32_t number, struct pk_arena *arena)
{
    struct maker m = {.plan = plan, .arena = arena};
    begin(&m, seed, town, column, row, number, false);
    struct pk_sample_rect cell = pk_sample_cell(town, column, row);
    plan->area = sample_area(&m, cell, 0);
    /* Names as people write them: "Västerhamn, del 3" or by the quarter. */
    if (sample_chance(&m, "named", 0) < 0.5) {
        snprintf(plan->name, sizeof(plan->name), "%s, etapp %d", town->name,
                 column * town->rows + row + 1);
    } else {
        char street[48];
        pk_sample_street_name(street, sizeof(street), seed, town->index,
                              (int)round(cell.v0 / PK_SAMPLE_BLOCK_V) + 1, false);
        snprintf(plan->name, sizeof(plan->name), "%s vid %s", town->name, street);
    }

    double x = (2.0 * column + 1) / town->columns - 1,
           y = (2.0 * row + 1) / town->rows - 1;
    double centre = sqrt(x * x + y * y);
    int pattern = (int)(sample_chance(&m, "pattern", 0) * 12);
    pattern = pattern < 6 ? 0 : pattern < 8 ? 1 : pattern < 10 ? 2 : pattern < 11 ? 3 : 4;
    if (pattern == 4 && centre < 0.6) {
        pattern = 0;
    }

    struct pk_geom_builder *streets = pk_geom_begin(arena, PK_GEOM_AREA, false);
    pk_sample_ring(streets, town, cell, 0, 0, PK_RING_OUTER);
    for (int k = 0; k < patterns[pattern].count; k++) {
        struct cells c = patterns[pattern].blocks[k];
        struct pk_sample_rect r = {
            cell.u0 + c.i0 * PK_SAMPLE_BLOCK_U + (c.i0 == 0 ? 7 : 5),
            cell.v0 + c.j0 * PK_SAMPLE_BLOCK_V + (c.j0 == 0 ? 7 : 5),
            cell.u0 + c.i1 * PK_SAMPLE_BLOCK_U - (c.i1 == 3 ? 7 : 5),
            cell.v0 + c.j1 * PK_SAMPLE_BLOCK_V - (c.j1 == 2 ? 7 : 5)};
        make_block(&m, r, k, centre, streets);
        for (int side = 0; side < 2; side++) {
            bool inner_u = c.i0 > 0, inner_v = c.j0 > 0;
            if (side == 0 && inner_u) {
                double u = cell.u0 + c.i0 * PK_SAMPLE_BLOCK_U;
                make_road(&m, u, cell.v0 + c.j0 * PK_SAMPLE_BLOCK_V, u,
                          cell.v0 + c.j1 * PK_SAMPLE_BLOCK_V, "minor",
                          (int)round(u / PK_SAMPLE_BLOCK_U), true);
            } else if (side == 1 && inner_v) {
                double v = cell.v0 + c.j0 * PK_SAMPLE_BLOCK_V;
                make_road(&m, cell.u0 + c.i0 * PK_SAMPLE_BLOCK_U, v,
                          cell.u0 + c.i1 * PK_SAMPLE_BLOCK_U, v, "minor",
                          (int)round(v / PK_SAMPLE_BLOCK_V), false);
            }
        }
    }
    struct pk_geom street_area = sample_finish(streets);
    add_use(&m, GATA, &street_area);
    int gata = (int)plan->reg_count - 1;
    make_road(&m, cell.u0, cell.v0, cell.u1, cell.v0, "street",
              (int)round(cell.v0 / PK_SAMPLE_BLOCK_V), false);
    make_road(&m, cell.u0, cell.v0, cell.u0, cell.v1, "street",
              (int)round(cell.u0 / PK_SAMPLE_BLOCK_U), true);
    if (!pk_sample_has_cell(town, column, row + 1)) {
        make_road(&m, cell.u0, cell.v1, cell.u1, cell.v1, "street",
                  (int)round(cell.v1 / PK_SAMPLE_BLOCK_V), false);
    }
    if (!pk_sample_has_cell(town, column + 1, row)) {
        make_road(&m, cell.u1, cell.v0, cell.u1, cell.v1, "street",
                  (int)round(cell.u1 / PK_SAMPLE_BLOCK_U), true);
    }
    /* The street's own property unit, and a height on it. */
    struct pk_sample_lot *street_lot = &plan->lots[plan->lot_count++];
    street_lot->geom = street_area;
    snprintf(street_lot->designation, sizeof(street_lot->designation), "%s %s 1:%u",
             pk_sample_municipality_upper(town->municipality), town->upper, number);
    struct pk_geom_builder *b = pk_geom_begin(arena, PK_GEOM_POINT, false);
    pk_geom_ring(b, PK_RING_OPEN);
    double px, py;
    pk_sample_place(town, cell.u0 + 3, cell.v0 + 3, &px, &py);
    pk_geom_vertex(b, px, py, 0);
    double level = round((4 + 30 * sample_chance(&m, "level", 0)) * 10) / 10;
    struct pk_sample_reg *height = sample_property(
        &m, gata, 1, NULL, 0, "DP_AP_Eg_Markhojd",
        pk_arena_printf(arena, "Markens höjd över nollplanet ska vara %.1f meter.",
                        level),
        sample_finish(b));
    height->value = (struct pk_sample_value){
        "höjd", pk_arena_printf(arena, "%.1f", level), "exakt", "meter"};
    if (sample_chance(&m, "shore", 0) < 0.15) {
        struct pk_sample_reg *a =
            sample_regulation(&m, 'a', "planområdet", "a", 1, "DP_PO_Ad_Strandskydd",
                              "Strandskyddet är upphävt inom planområdet.");
        a->geoms[a->geom_count++] = plan->area;
    }
    if (plan->plan_only) {
        plan->reg_count = 0;
    } else if (strcmp(plan->quality, "ej komplett") == 0) {
        /* Half of it was never digitised: only the uses are there. */
        uint32_t kept = 0;
        for (uint32_t i = 0; i < plan->reg_count; i++) {
            if (plan->regs[i].kind == 'u') {
                plan->regs[kept++] = plan->regs[i];
            }
        }
        plan->reg_count = kept;
    }
}

void pk_sample_overlay(struct pk_sample_plan *plan, uint64_t seed,
                       const struct pk_sample_town *town, int column, int row,
                       uint32_t number, struct pk_arena *arena)
{
    struct maker m = {.plan = plan, .arena = arena};
    begin(&m, seed, town, column, row, number, true);
    struct pk_sample_rect cell = pk_sample_cell(town, column, row);
    struct pk_sample_rect r = {cell.u1 - PK_SAMPLE_BLOCK_U, cell.v0 + PK_SAMPLE_BLOCK_V,
                               cell.u1 + PK_SAMPLE_BLOCK_U, cell.v1};
    bool in_force = sample_chance(&m, "new", 0) < 0.6;
    plan->plan_only = false;
    plan->type = "detaljplan";
    plan->quality = "komplett";
    plan->status = in_force ? "laga kraft" : "granskning";
    plan->months = 120;
    memset(plan->in_force, 0, sizeof(plan->in_force));
    memset(plan->adopted, 0, sizeof(plan->adopted));
    date_text(plan->started, "2021-06-01", (int)(sample_chance(&m, "day", 1) * 300));
    date_text(plan->status_date, "2024-03-01", (int)(sample_chance(&m, "day", 2) * 500));
    if (in_force) {
        memcpy(plan->in_force, plan->status_date, sizeof(plan->in_force));
        date_text(plan->adopted, plan->in_force, -35);
    }
    plan->area = sample_area(&m, r, 0);
    snprintf(plan->name, sizeof(plan->name), "%s, förtätning %u", town->name, number);
    struct pk_geom_builder *streets = pk_geom_begin(arena, PK_GEOM_AREA, false);
    pk_sample_ring(streets, town, r, 0, 0, PK_RING_OUTER);
    struct pk_sample_rect block = inset(r, 9);
    make_block(&m, block, 0, 0.25, streets);
    struct pk_geom g = sample_finish(streets);
    add_use(&m, GATA, &g);
    plan->lot_count = 0; /* the older plans' property units stay */
    plan->road_count = 0;
}
