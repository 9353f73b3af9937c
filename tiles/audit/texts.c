/* texts.c - T6, T8, T13: letters on their halo, their size and weights. */
#include "tiles/audit/rules.h"

static void text_on_halo(struct pk_auditor *a, const struct pk_look *look,
                         enum pk_rule rule)
{
    int vision = 0;
    struct pk_rgba halo = look->halo;
    halo.a = 255;
    double contrast = pk_worst_contrast(pk_colour_over(look->text, halo), halo, &vision);
    struct pk_finding f = {.rule = rule,
                           .what = look->name,
                           .quantity = "contrast",
                           .value = look->halo_width > 0 ? contrast : 0,
                           .gate = rule == PK_T13 ? 7 : 4.5,
                           .goal = 7,
                           .zoom = look->zoom,
                           .vision = vision};
    pk_audit_note(a, f);
}

static void one_text(struct pk_auditor *a, const struct pk_look *look)
{
    text_on_halo(a, look, PK_T6);
    text_on_halo(a, look, PK_T13);
    struct pk_finding f = {
        .rule = PK_T6, .what = look->name, .zoom = look->zoom, .vision = -1};
    f.quantity = "opacity of the halo";
    f.value = look->halo.a / 255.0;
    f.gate = f.goal = 1;
    pk_audit_note(a, f);
    f.quantity = "px of halo";
    f.value = look->halo_width;
    f.gate = 2;
    f.goal = 3;
    pk_audit_note(a, f);
    f.rule = PK_T8;
    f.quantity = "px high";
    f.value = look->size;
    f.gate = a->theme->text_size;
    f.goal = a->theme->text_size > 16 ? a->theme->text_size : 16;
    pk_audit_note(a, f);
}

void pk_audit_texts(struct pk_auditor *a)
{
    bool bold = false, plain = false;
    for (uint32_t i = 0; i < a->dump.count; i++) {
        const struct pk_look *look = &a->dump.looks[i];
        if (look->kind == PK_LOOK_TEXT) {
            one_text(a, look);
            bold |= look->bold;
            plain |= !look->bold;
        }
    }
    if (bold || plain) {
        pk_audit_note(a, (struct pk_finding){.rule = PK_T8,
                                             .what = "the style",
                                             .quantity = "weights",
                                             .value = bold + plain,
                                             .gate = 2,
                                             .goal = 2,
                                             .at_most = true,
                                             .zoom = -1,
                                             .vision = -1});
    }
}
