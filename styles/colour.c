#include "styles/colour.h"

#include <math.h>

#define PI 3.14159265358979323846

static double linear(uint8_t channel)
{
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static uint8_t gamma_coded(double v)
{
    v = v <= 0 ? 0 : v >= 1 ? 1 : v;
    double c = v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055;
    return (uint8_t)floor(c * 255 + 0.5);
}

struct pk_rgba pk_colour_over(struct pk_rgba top, struct pk_rgba ground)
{
    unsigned a = top.a, b = 255 - a;
    return (struct pk_rgba){(uint8_t)((top.r * a + ground.r * b + 127) / 255),
                            (uint8_t)((top.g * a + ground.g * b + 127) / 255),
                            (uint8_t)((top.b * a + ground.b * b + 127) / 255), 255};
}

double pk_colour_luminance(struct pk_rgba c)
{
    return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

double pk_colour_contrast(struct pk_rgba a, struct pk_rgba b)
{
    double la = pk_colour_luminance(a), lb = pk_colour_luminance(b);
    return (fmax(la, lb) + 0.05) / (fmin(la, lb) + 0.05);
}

static double lab_f(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

static struct pk_lab lab_of(const double rgb[3])
{
    double r = rgb[0], g = rgb[1], b = rgb[2];
    double x = lab_f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    double y = lab_f(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
    double z = lab_f((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
    return (struct pk_lab){116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

static double degrees(double y, double x)
{
    if (x == 0 && y == 0) {
        return 0;
    }
    double h = atan2(y, x) * 180 / PI;
    return h < 0 ? h + 360 : h;
}

static double radians(double deg)
{
    return deg * PI / 180;
}

/* Mean hue as in Sharma 2005, equation 14. */
static double mean_hue(double h1, double h2, bool grey)
{
    if (grey) {
        return h1 + h2;
    }
    if (fabs(h1 - h2) <= 180) {
        return (h1 + h2) / 2;
    }
    return h1 + h2 < 360 ? (h1 + h2 + 360) / 2 : (h1 + h2 - 360) / 2;
}

double pk_lab_difference(struct pk_lab x, struct pk_lab y)
{
    double cab = (hypot(x.a, x.b) + hypot(y.a, y.b)) / 2;
    double g = 0.5 * (1 - sqrt(pow(cab, 7) / (pow(cab, 7) + pow(25, 7))));
    double a1 = (1 + g) * x.a, a2 = (1 + g) * y.a;
    double c1 = hypot(a1, x.b), c2 = hypot(a2, y.b);
    double h1 = degrees(x.b, a1), h2 = degrees(y.b, a2);
    bool grey = c1 * c2 == 0;
    double dh = grey ? 0 : h2 - h1;
    dh = dh > 180 ? dh - 360 : dh < -180 ? dh + 360 : dh;
    double dl = y.l - x.l, dc = c2 - c1;
    double dbig = 2 * sqrt(c1 * c2) * sin(radians(dh / 2));
    double lm = (x.l + y.l) / 2, cm = (c1 + c2) / 2, hm = mean_hue(h1, h2, grey);
    double t = 1 - 0.17 * cos(radians(hm - 30)) + 0.24 * cos(radians(2 * hm)) +
               0.32 * cos(radians(3 * hm + 6)) - 0.20 * cos(radians(4 * hm - 63));
    double turn = 30 * exp(-pow((hm - 275) / 25, 2));
    double rc = 2 * sqrt(pow(cm, 7) / (pow(cm, 7) + pow(25, 7)));
    double sl = 1 + 0.015 * pow(lm - 50, 2) / sqrt(20 + pow(lm - 50, 2));
    double sc = 1 + 0.045 * cm, sh = 1 + 0.015 * cm * t;
    double rt = -sin(radians(2 * turn)) * rc;
    double vl = dl / sl, vc = dc / sc, vh = dbig / sh;
    return sqrt(fmax(0, vl * vl + vc * vc + vh * vh + rt * vc * vh));
}

static const char *const vision_names[PK_VISION_COUNT] = {
    "normal", "protan", "deutan", "tritan", "tritan-brettel", "grey"};

const char *pk_vision_name(enum pk_vision vision)
{
    return vision_names[vision];
}

/* Machado 2009, severity 1.0. */
static const double machado[3][9] = {
    {.152286,  1.052583, -.204868, .114503,  .786281, .099216, -.003882, -.048116,
     1.051998                                                                             },
    {.367322,  .860646,  -.227968, .280085,  .672501, .047413, -.011820, .042940,  .968881},
    {1.255528, -.076749, -.178779, -.078411, .930809, .147602, .004733,  .691367,  .303900},
};
/* Brettel 1997 for tritan: one matrix on each side of the plane of greys. */
static const double brettel[2][9] = {
    {1.01277, .13548, -.14826, -.01243, .86812, .14431, .07589,  .80500,  .11911},
    {.93678,  .18979, -.12657, .06154,  .81526, .12320, -.37562, 1.12767, .24796},
};
static const double brettel_plane[3] = {.03901, -.02788, -.01113};

/* Linear RGB as it is seen, cut to what a screen can show. */
static void seen(double out[3], struct pk_rgba c, enum pk_vision vision)
{
    double r = linear(c.r), g = linear(c.g), b = linear(c.b);
    if (vision == PK_VISION_NORMAL) {
        out[0] = r;
        out[1] = g;
        out[2] = b;
        return;
    }
    if (vision == PK_VISION_GREY) {
        out[0] = out[1] = out[2] = pk_colour_luminance(c);
        return;
    }
    const double *m = machado[vision == PK_VISION_TRITAN_BRETTEL ? 0 : vision - 1];
    if (vision == PK_VISION_TRITAN_BRETTEL) {
        double side = brettel_plane[0] * r + brettel_plane[1] * g + brettel_plane[2] * b;
        m = brettel[side >= 0 ? 0 : 1];
    }
    for (int i = 0; i < 3; i++) {
        double v = m[3 * i] * r + m[3 * i + 1] * g + m[3 * i + 2] * b;
        out[i] = v < 0 ? 0 : v > 1 ? 1 : v;
    }
}

struct pk_rgba pk_colour_seen(struct pk_rgba c, enum pk_vision vision)
{
    double rgb[3];
    seen(rgb, c, vision);
    return (struct pk_rgba){gamma_coded(rgb[0]), gamma_coded(rgb[1]), gamma_coded(rgb[2]),
                            c.a};
}

struct pk_lab pk_colour_lab(struct pk_rgba c, enum pk_vision vision)
{
    double rgb[3];
    seen(rgb, c, vision);
    return lab_of(rgb);
}

double pk_colour_distance(struct pk_rgba a, struct pk_rgba b, enum pk_vision *worst)
{
    double least = INFINITY;
    for (int v = PK_VISION_NORMAL; v < PK_VISION_GREY; v++) {
        double d = pk_lab_difference(pk_colour_lab(a, (enum pk_vision)v),
                                     pk_colour_lab(b, (enum pk_vision)v));
        if (d < least) {
            least = d;
            if (worst != NULL) {
                *worst = (enum pk_vision)v;
            }
        }
    }
    return least;
}
