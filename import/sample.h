/*
 * sample.h - a fictional Swedish municipality (two of them), made from a seed.
 *
 * Everything is a pure function of (seed, town, plan cell), so any number of
 * plans streams out with little memory and the same seed gives the same bytes.
 * A town lives in a plane (u, v) of metres with a grid of streets; one smooth
 * warp bends that plane onto the ground. Every border is drawn by the same
 * function along the same lattice of points, so neighbours share their vertices
 * exactly, as noded plan maps do.
 */
#ifndef PK_IMPORT_SAMPLE_H
#define PK_IMPORT_SAMPLE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/hash.h"
#include "layers/crs.h"
#include "layers/geom.h"

enum {
    PK_SAMPLE_PLANS_MAX = 1000000,
    PK_SAMPLE_REGS_MAX = 160, /* of one plan */
    PK_SAMPLE_BLOCKS_MAX = 6,
    PK_SAMPLE_LOTS_MAX = 40 /* of one block */
};

/* Metres of the (u, v) plane. Multiples of PK_SAMPLE_STEP, so that corners and
 * crossings are lattice points. */
enum {
    PK_SAMPLE_STEP = 10,
    PK_SAMPLE_BLOCK_U = 90,
    PK_SAMPLE_BLOCK_V = 80,
    PK_SAMPLE_PLAN_U = 3 * PK_SAMPLE_BLOCK_U,
    PK_SAMPLE_PLAN_V = 2 * PK_SAMPLE_BLOCK_V
};

struct pk_sample_town {
    uint32_t index;
    int grid_x, grid_y;       /* place on the lattice of towns */
    double cx, cy;            /* centre, EPSG:3006 */
    double cos_a, sin_a;      /* turn of the street grid */
    double phase[4];          /* of the warp */
    int columns, rows;        /* plan cells */
    int municipality;         /* 0 or 1 */
    int epsg;                 /* of its plans */
    char name[48], upper[48]; /* "Västerhamn", "VÄSTERHAMN" */
};

struct pk_sample_rect {
    double u0, v0, u1, v1;
};

struct pk_sample_value {
    const char *name, *text, *kind, *unit;
};

struct pk_sample_reg {
    struct pk_id id;
    char kind; /* u use, p property, a administrative */
    const char *form, *letter, *code, *wording;
    int index;      /* 0 = none */
    bool secondary; /* sekundär egenskapsgräns */
    bool placed;    /* has a place for its label: only SS 637040 can say it */
    double label_x, label_y, rotation; /* EPSG:3006; degrees anticlockwise */
    struct pk_sample_value value, second;
    struct pk_geom geoms[4]; /* EPSG:3006 */
    uint32_t geom_count;
    int first_use, use_count; /* which uses it regulates (index in regs), 0 = the plan */
};

struct pk_sample_lot {
    struct pk_geom geom;
    struct pk_geom building; /* kind NONE: empty lot */
    double x, y;             /* address point */
    char designation[112];
    char address[80];
    bool has_address;
};

struct pk_sample_plan {
    struct pk_id id, replaces[4];
    const char *replaces_name[4];
    uint32_t replaces_count;
    const struct pk_sample_town *town;
    uint32_t number;
    char designation[32], name[112];
    const char *status, *type, *quality, *purpose;
    char started[11], adopted[11], in_force[11], status_date[11];
    int months;
    bool plan_only, overlay;
    struct pk_geom area;
    struct pk_sample_reg regs[PK_SAMPLE_REGS_MAX];
    uint32_t reg_count;
    struct pk_sample_lot *lots;
    uint32_t lot_count;
    struct pk_geom roads[16];
    const char *road_class[16];
    char road_name[16][48];
    uint32_t road_count;
};

/* Names (sample_names.c). Static text. */
const char *pk_sample_municipality(int which);       /* "Fjällnäs" */
const char *pk_sample_municipality_upper(int which); /* "FJÄLLNÄS" */
const char *pk_sample_municipality_code(int which);  /* "9901" */
void pk_sample_town_name(char *out, size_t size, uint64_t seed, uint32_t town);
void pk_sample_street_name(char *out, size_t size, uint64_t seed, uint32_t town, int line,
                           bool across);
const char *pk_sample_quarter(uint32_t n);
const char *pk_sample_lake(uint32_t n);

/* 64 random bits that depend on nothing but the arguments. */
uint64_t pk_sample_random(uint64_t seed, const char *what, int64_t a, int64_t b,
                          int64_t c);
/* The same as a number 0 <= r < 1. */
double pk_sample_unit(uint64_t seed, const char *what, int64_t a, int64_t b, int64_t c);

/* Towns (sample_town.c). */
void pk_sample_town(struct pk_sample_town *town, uint64_t seed, uint32_t index);
/* Is there a plan in this cell of the town? Towns are rounded. */
bool pk_sample_has_cell(const struct pk_sample_town *town, int column, int row);
/* (u, v) to EPSG:3006, whole millimetres. */
void pk_sample_place(const struct pk_sample_town *town, double u, double v, double *x,
                     double *y);
struct pk_sample_rect pk_sample_cell(const struct pk_sample_town *town, int column,
                                     int row);
/* One ring round a rectangle, corners in `round` (bit 0 = u0v0, then anticlockwise)
 * rounded by `radius`; vertices at the lattice of PK_SAMPLE_STEP. */
void pk_sample_ring(struct pk_geom_builder *b, const struct pk_sample_town *town,
                    struct pk_sample_rect r, unsigned corners, double radius,
                    enum pk_ring_role role);
/* A straight line of the plane. */
void pk_sample_line(struct pk_geom_builder *b, const struct pk_sample_town *town,
                    double u0, double v0, double u1, double v1);

/* Plans (sample_plan.c). Everything in the arena. */
void pk_sample_plan(struct pk_sample_plan *plan, uint64_t seed,
                    const struct pk_sample_town *town, int column, int row,
                    uint32_t number, struct pk_arena *arena);
/* A newer plan over parts of the cell and the one to its right. */
void pk_sample_overlay(struct pk_sample_plan *plan, uint64_t seed,
                       const struct pk_sample_town *town, int column, int row,
                       uint32_t number, struct pk_arena *arena);

/* Output. NGP JSON of one plan's features, and SS 637040 GML of one plan. */
struct pk_json;
enum pk_status pk_sample_ngp(struct pk_json *j, const struct pk_sample_plan *plan,
                             struct pk_crs *crs, struct pk_arena *arena,
                             struct pk_error *err) PK_MUST_CHECK;
enum pk_status pk_sample_gml(struct pk_buf *out, const struct pk_sample_plan *plan,
                             struct pk_crs *crs, struct pk_arena *arena,
                             struct pk_error *err) PK_MUST_CHECK;

#endif
