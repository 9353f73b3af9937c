/*
 * palette_search.c - searches fills for the 13 colour names of plan uses that stay apart
 * in every colour vision; the theme `cvd` has seed 206 (12.35),
 * then moved in small steps while the smallest difference grew (12.85).
 *
 *     palette_search [SEED [ROUNDS]]
 *
 * Each name has a box in CIE LCh(ab) that people would call by it; the boxes are ours.
 * Every lightness is at least 54, so that black letters keep 5:1 and patterns show.
 * Annealing maximises the smallest CIEDE2000 over all pairs and visions. Prints the set
 * whenever a better one is found: seed, figure, colours.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "styles/colour.h"

enum { NAMES = 13, VISIONS = PK_VISION_GREY };

static const struct box {
    const char *name;
    double low[3], high[3]; /* L, C, h degrees */
} boxes[NAMES] = {
    {"gul",      {90, 55, 96},  {97, 96, 108}},
    {"brun",     {54, 20, 45},  {66, 50, 82} },
    {"beige",    {68, 6, 60},   {88, 26, 94} },
    {"orange",   {66, 60, 52},  {78, 100, 74}},
    {"rod",      {57, 52, 22},  {66, 90, 40} },
    {"rosa",     {74, 18, 335}, {90, 42, 372}},
    {"lila",     {60, 34, 295}, {78, 70, 320}},
    {"bla",      {60, 34, 235}, {80, 62, 282}},
    {"blagra",   {54, 8, 235},  {74, 26, 292}},
    {"gron",     {62, 48, 128}, {86, 98, 158}},
    {"ljusgron", {88, 16, 122}, {97, 46, 162}},
    {"gra",      {56, 0, 0},    {76, 5, 360} },
    {"ljusgra",  {90, 0, 0},    {97, 4, 360} },
};

struct colour {
    double lch[3];
    struct pk_rgba rgb;
    struct pk_lab seen[VISIONS];
};

static uint64_t random_state;

static double random_share(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (double)(random_state >> 11) / 9007199254740992.0;
}

static double gamma_coded(double v)
{
    return v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055;
}

/* False outside sRGB. */
static bool to_rgb(struct colour *c)
{
    double h = c->lch[2] * acos(-1) / 180, y = (c->lch[0] + 16) / 116;
    double f[3] = {y + c->lch[1] * cos(h) / 500, y, y - c->lch[1] * sin(h) / 200};
    static const double white[3] = {0.95047, 1, 1.08883};
    static const double matrix[3][3] = {
        {3.2404542,  -1.5371385, -0.4985314},
        {-0.9692660, 1.8760108,  0.0415560 },
        {0.0556434,  -0.2040259, 1.0572252 }
    };
    double xyz[3];
    uint8_t out[3];
    for (int i = 0; i < 3; i++) {
        double cube = f[i] * f[i] * f[i];
        xyz[i] =
            white[i] * (cube > 216.0 / 24389 ? cube : (116 * f[i] - 16) * 27 / 24389);
    }
    for (int i = 0; i < 3; i++) {
        double v = matrix[i][0] * xyz[0] + matrix[i][1] * xyz[1] + matrix[i][2] * xyz[2];
        if (v < 0 || v > 1) {
            return false;
        }
        out[i] = (uint8_t)lround(gamma_coded(v) * 255);
    }
    c->rgb = (struct pk_rgba){out[0], out[1], out[2], 255};
    for (int v = 0; v < VISIONS; v++) {
        c->seen[v] = pk_colour_lab(c->rgb, (enum pk_vision)v);
    }
    return true;
}

static void draw(struct colour *c, const struct box *box, const struct colour *near,
                 double step)
{
    do {
        for (int i = 0; i < 3; i++) {
            double span = box->high[i] - box->low[i];
            double v = near ? near->lch[i] + (random_share() - 0.5) * span * step
                            : box->low[i] + random_share() * span;
            c->lch[i] = fmin(fmax(v, box->low[i]), box->high[i]);
        }
    } while (!to_rgb(c));
}

static double distance(const struct colour *a, const struct colour *b)
{
    double least = 1e9;
    for (int v = 0; v < VISIONS; v++) {
        least = fmin(least, pk_lab_difference(a->seen[v], b->seen[v]));
    }
    return least;
}

static double smallest(double d[NAMES][NAMES])
{
    double least = 1e9;
    for (int a = 0; a < NAMES; a++) {
        for (int b = 0; b < a; b++) {
            least = fmin(least, d[a][b]);
        }
    }
    return least;
}

/* What annealing lowers: near pairs weigh most. */
static double cost_of(const double row[NAMES], int self)
{
    double sum = 0;
    for (int i = 0; i < NAMES; i++) {
        sum += i == self ? 0 : exp(-row[i] / 0.7);
    }
    return sum;
}

static double anneal(struct colour best[NAMES], uint32_t rounds)
{
    struct colour set[NAMES];
    double d[NAMES][NAMES] = {{0}}, found = 0;
    for (int i = 0; i < NAMES; i++) {
        draw(&set[i], &boxes[i], NULL, 0);
    }
    for (int a = 0; a < NAMES; a++) {
        for (int b = 0; b < NAMES; b++) {
            d[a][b] = a == b ? 0 : distance(&set[a], &set[b]);
        }
    }
    for (uint32_t round = 0; round < rounds; round++) {
        double left = 1 - (double)round / rounds;
        int i = (int)(random_share() * NAMES);
        struct colour moved;
        double row[NAMES];
        draw(&moved, &boxes[i], &set[i], 0.02 + 0.6 * left);
        for (int k = 0; k < NAMES; k++) {
            row[k] = k == i ? 0 : distance(&moved, &set[k]);
        }
        double now = cost_of(d[i], i), then = cost_of(row, i);
        if (then < now || random_share() < 0.05 * left * left * now / then) {
            set[i] = moved;
            for (int k = 0; k < NAMES; k++) {
                d[i][k] = d[k][i] = row[k];
            }
            double least = smallest(d);
            if (least > found) {
                found = least;
                memcpy(best, set, sizeof(set));
            }
        }
    }
    return found;
}

int main(int argc, char **argv)
{
    uint32_t seed = 1, rounds = 60000;
    if ((argc > 1 && !pk_parse_all_u32(argv[1], UINT32_MAX, &seed)) ||
        (argc > 2 && !pk_parse_all_u32(argv[2], UINT32_MAX, &rounds))) {
        fprintf(stderr, "usage: palette_search [SEED [ROUNDS]]\n");
        return 2;
    }
    double record = 0;
    for (uint32_t i = seed; i < seed + 20; i++) {
        struct colour best[NAMES];
        random_state = i * 2654435761u;
        double found = anneal(best, rounds);
        if (found <= record) {
            continue;
        }
        record = found;
        printf("seed %" PRIu32 ": smallest difference %.2f\n", i, found);
        for (int k = 0; k < NAMES; k++) {
            char text[PK_COLOUR_TEXT];
            pk_colour_format(text, best[k].rgb);
            printf("  %-9s %s  L* %.0f\n", boxes[k].name, text, best[k].lch[0]);
        }
        fflush(stdout);
    }
    return 0;
}
