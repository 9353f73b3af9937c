/* sample_symbol.c - what is rarer on a block: fences, mixed marks, slopes, division into
 * property units, ground where no permit is asked for. */
#include <math.h>

#include "import/sample_maker.h"

static struct pk_geom line_of(struct maker *m, double u0, double v0, double u1, double v1)
{
    struct pk_geom_builder *b = pk_geom_begin(m->arena, PK_GEOM_LINE, false);
    pk_sample_line(b, m->town, u0, v0, u1, v1);
    return sample_finish(b);
}

static void fence(struct maker *m, struct pk_sample_rect r, int use, int count)
{
    sample_property(m, use, count, NULL, 0, "DP_KM_Eg_StangselUtfart_Stangsel_Stangsel",
                    "Stängsel ska finnas.", line_of(m, r.u0 + 10, r.v1, r.u1 - 10, r.v1));
}

/* A yard in the middle that may be built under, or with marks of two kinds. */
static void yard(struct maker *m, struct pk_sample_rect r, int use, int count, int block)
{
    static const struct {
        const char *code, *wording;
    } kinds[] = {
        {"DP_KM_Eg_Omfatt_Ringmark",      "Endast byggnadsverk under mark."               },
        {"DP_KM_Eg_Omfatt_KorsPrickmark", "Kors- och punktprickad mark: endast uthus."    },
        {"DP_KM_Eg_Omfatt_RingPrickmark", "Ring- och punktprickad mark: endast under "
                                          "mark."}
    };
    int kind = (int)(sample_chance(m, "yard-kind", block) * 3);
    struct pk_sample_rect inner = {r.u0 + 24, r.v0 + 22, r.u1 - 24, r.v1 - 22};
    if (inner.u1 - inner.u0 >= 10 && inner.v1 - inner.v0 >= 8) {
        sample_property(m, use, count, NULL, 0, kinds[kind].code, kinds[kind].wording,
                        sample_area(m, inner, 0));
    }
}

static void slope(struct maker *m, struct pk_sample_rect r, int use, int count, int block)
{
    struct pk_sample_rect at = {r.u1 - 26, r.v0 + 9, r.u1 - 10, r.v0 + 23};
    struct pk_sample_reg *reg = sample_property(
        m, use, count, NULL, 0,
        "DP_KM_Eg_MarkensAnordOchVeg_Markforhallanden_StorstaLutning",
        "Största lutning är 1:20. (Pilen pekar uppåt)", sample_area(m, at, 0));
    reg->value = (struct pk_sample_value){"lutning1", "1", "max", "antal"};
    reg->second = (struct pk_sample_value){"lutning2", "20", "max", "antal"};
    reg->placed = m->town->epsg == 3006; /* the label is not turned into another system */
    reg->rotation = floor(sample_chance(m, "uphill", block) * 360);
    pk_sample_place(m->town, (at.u0 + at.u1) / 2, (at.v0 + at.v1) / 2, &reg->label_x,
                    &reg->label_y);
}

/* Two property units, and a line between them. */
static void division(struct maker *m, struct pk_sample_rect r, int use, int count)
{
    const char *code = "DP_KM_Eg_Fastighetsindel_IndelningFastigh_IndelningFastigh";
    const char *wording = "Områdets indelning i fastigheter.";
    double mid = floor((r.u0 + r.u1) / 2);
    struct pk_sample_rect all = {r.u0 + 9, r.v0 + 9, r.u1 - 9, r.v1 - 9};
    sample_property(m, use, count, NULL, 0, code, wording, sample_area(m, all, 0));
    sample_property(m, use, count, NULL, 0, code, wording,
                    line_of(m, mid, all.v0, mid, all.v1));
}

void sample_symbols(struct maker *m, struct pk_sample_rect r, int use, int count,
                    int block)
{
    if (sample_chance(m, "fence", block) < 0.15) {
        fence(m, r, use, count);
    }
    if (sample_chance(m, "yard-marks", block) < 0.15) {
        yard(m, r, use, count, block);
    }
    if (sample_chance(m, "slope", block) < 0.1) {
        slope(m, r, use, count, block);
    }
    if (sample_chance(m, "division", block) < 0.08) {
        division(m, r, use, count);
    }
    if (sample_chance(m, "permit", block) < 0.1) {
        struct pk_sample_rect half = {r.u0, r.v0, floor((r.u0 + r.u1) / 2), r.v1};
        struct pk_sample_reg *reg = sample_regulation(
            m, 'a', m->plan->regs[use].form, "a", 2, "DP_KM_Ad_Lovplikt_Minskad",
            "Bygglov krävs inte för komplementbyggnader.");
        half.u0 += 9, half.v0 += 9, half.v1 -= 9;
        reg->geoms[reg->geom_count++] = sample_area(m, half, 0);
    }
}
