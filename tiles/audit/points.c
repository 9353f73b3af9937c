/* points.c - T10: size, contrast and silhouettes of symbols; T11: what is selected. */
#include <stdio.h>
#include <string.h>

#include "tiles/audit/rules.h"
#include "tiles/icon.h"
#include "tiles/sprite.h"

enum { WHAT_MAX = 400, SIDE = 64, ICONS_MAX = 64 };

static void point_size(struct pk_auditor *a, const struct pk_look *look)
{
    pk_audit_note(a, (struct pk_finding){.rule = PK_T10,
                                         .what = look->name,
                                         .quantity = "px across",
                                         .value = look->diameter,
                                         .gate = a->theme->symbol,
                                         .goal = 24,
                                         .zoom = look->zoom,
                                         .vision = -1});
}

/* A circle on its casing, or on the ground when it has none. */
static void circle_contrast(struct pk_auditor *a, const struct pk_look *look,
                            struct pk_rgba ground)
{
    int vision = 0;
    bool cased = look->casing_width >= 1;
    struct pk_rgba around = cased ? pk_colour_over(look->casing, ground) : ground;
    double c = pk_worst_contrast(pk_colour_over(look->point, around), around, &vision);
    pk_audit_note(
        a, (struct pk_finding){.rule = PK_T10,
                               .what = look->name,
                               .quantity = cased ? "contrast to its casing" : "contrast",
                               .value = c,
                               .gate = 3,
                               .goal = 4.5,
                               .zoom = look->zoom,
                               .vision = vision});
}

/* ---- silhouettes ---- */

/* A sprite as large as fits with its own proportions, or one of the shapes. */
static void draw_icon(struct pk_raster *r, struct pk_surface *s, const char *icon)
{
    enum { MIDDLE = SIDE * PK_SUB / 2, LARGE = SIDE * PK_SUB * 3 / 4 };
    const struct pk_sprite *sprite = pk_sprite_find(icon);
    if (!sprite) {
        pk_icon_draw(r, s, icon, MIDDLE, MIDDLE, LARGE, 0, 1);
        return;
    }
    struct pk_sprite_look look = {
        .opacity = 1, .colour = {0, 0, 0, 255}
    };
    uint32_t longest = sprite->width > sprite->height ? sprite->width : sprite->height;
    pk_sprite_draw(s, sprite, 1, MIDDLE, MIDDLE, (int64_t)LARGE * sprite->width / longest,
                   (int64_t)LARGE * sprite->height / longest, 0, &look);
}

static void silhouette(bool *out, const char *icon)
{
    struct pk_surface s = {0};
    struct pk_raster *r = pk_raster_create();
    if (pk_surface_begin(&s, 0, 0, SIDE, SIDE, NULL) == PK_OK) {
        pk_raster_begin(r, &s);
        draw_icon(r, &s, icon);
        for (uint32_t i = 0; i < SIDE * SIDE; i++) {
            out[i] = s.px[i] >> 24 >= 128;
        }
    }
    pk_raster_destroy(r);
    pk_surface_finish(&s);
}

static double overlap(const bool *x, const bool *y)
{
    uint32_t both = 0, either = 0;
    for (uint32_t i = 0; i < SIDE * SIDE; i++) {
        both += x[i] && y[i];
        either += x[i] || y[i];
    }
    return either > 0 ? (double)both / either : 1;
}

static void compare_icons(struct pk_auditor *a, const char *const *icons, uint32_t count)
{
    bool *masks = pk_arena_alloc(a->arena, (size_t)count + 1, SIDE * SIDE);
    for (uint32_t i = 0; i < count; i++) {
        silhouette(masks + (size_t)i * SIDE * SIDE, icons[i]);
        for (uint32_t k = 0; k < i; k++) {
            char what[WHAT_MAX];
            snprintf(what, sizeof what, "%s / %s", icons[k], icons[i]);
            pk_audit_note(
                a, (struct pk_finding){.rule = PK_T10,
                                       .what = what,
                                       .quantity = "overlap of silhouettes",
                                       .value = overlap(masks + (size_t)i * SIDE * SIDE,
                                                        masks + (size_t)k * SIDE * SIDE),
                                       .gate = 0.7,
                                       .goal = 0.5,
                                       .at_most = true,
                                       .zoom = -1,
                                       .vision = -1});
        }
    }
}

static uint32_t add_icon(const char **icons, uint32_t count, const char *icon)
{
    size_t len = strcspn(icon, ":");
    for (uint32_t i = 0; i < count; i++) {
        if (strcspn(icons[i], ":") == len && strncmp(icons[i], icon, len) == 0) {
            return count;
        }
    }
    if (count < ICONS_MAX) {
        icons[count++] = icon;
    }
    return count;
}

/* Icons of points, or of what is set along lines: a sign on a fence is not looked for
 * among lone points, its line says what it is. */
static uint32_t list_icons(struct pk_auditor *a, const char **icons, bool stamped)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < a->dump.count; i++) {
        const struct pk_look *look = &a->dump.looks[i];
        if (look->kind == PK_LOOK_POINT && look->essential && look->stamped == stamped) {
            count = add_icon(icons, count, look->icon ? look->icon : "circle");
        }
    }
    return count;
}

void pk_audit_points(struct pk_auditor *a)
{
    const char *icons[ICONS_MAX];
    for (uint32_t z = 0; z < a->dump.zoom_count; z++) {
        uint32_t first, end;
        pk_dump_at(&a->dump, z, &first, &end);
        for (uint32_t i = first; i < end; i++) {
            const struct pk_look *look = &a->dump.looks[i];
            if (look->kind != PK_LOOK_POINT || !look->essential) {
                continue;
            }
            if (!look->stamped) {
                point_size(a, look);
            }
            if (!look->icon) {
                circle_contrast(a, look, a->dump.grounds[z]);
            }
        }
    }
    compare_icons(a, icons, list_icons(a, icons, false));
    compare_icons(a, icons, list_icons(a, icons, true));
}
