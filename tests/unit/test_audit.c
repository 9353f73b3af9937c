/* test_audit.c - every rule of the audit fails when that is broken which it is about,
 * and no other does on a style that is sound. */
#include "unit/pk_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "styles/style.h"
#include "tiles/audit/audit.h"
#include "tiles/render.h"

/* A small style that passes under `theme`: two fills, a cased line, a letter. A `$NAME`
 * is replaced by the value that the test gives, else by the one here. */
static const char sound[] =
    "{\"version\":8,\"name\":\"t\",\"sources\":{\"s\":{\"type\":\"vector\"}},\"layers\":["
    "{\"id\":\"use\",\"type\":\"fill\",\"source\":\"s\",\"source-layer\":\"use\","
    "\"paint\":{\"fill-color\":[\"match\",[\"get\",\"colour\"],"
    "\"gul\",\"$gul\",\"bla\",\"$bla\",\"$other\"]}},"
    "{\"id\":\"hatch\",\"type\":\"fill\",\"source\":\"s\",\"source-layer\":\"use\","
    "\"paint\":{\"fill-pattern\":[\"match\",[\"get\",\"colour\"],"
    "\"gul\",\"$p1\",\"bla\",\"$p2\",\"$p3\"]}},"
    "{\"id\":\"casing\",\"type\":\"line\",\"source\":\"s\",\"source-layer\":\"boundary\","
    "\"paint\":{\"line-color\":\"$casing\",\"line-width\":$casingwidth}},"
    "{\"id\":\"line\",\"type\":\"line\",\"source\":\"s\",\"source-layer\":\"boundary\","
    "\"paint\":{\"line-color\":\"$ink\",\"line-width\":$width}},"
    "{\"id\":\"dot\",\"type\":\"circle\",\"source\":\"s\",\"source-layer\":\"tree\","
    "\"paint\":{\"circle-color\":\"$ink\",\"circle-radius\":$radius,"
    "\"circle-stroke-width\":2,\"circle-stroke-color\":\"$casing\"}},"
    "{\"id\":\"letter\",\"type\":\"symbol\",\"source\":\"s\",\"source-layer\":\"$"
    "lettered\","
    "\"layout\":{\"text-field\":[\"get\",\"letter\"],\"text-size\":$size},"
    "\"paint\":{\"text-color\":\"$text\",\"text-halo-color\":\"$halo\","
    "\"text-halo-width\":$halowidth}}]}";

struct value {
    const char *name, *text;
};

static const struct value light[] = {
    {"gul",         "#ffffce"           },
    {"bla",         "#63b0ea"           },
    {"other",       "#c9a98c"           },
    {"p1",          "hatch-45-8:#000000"},
    {"p2",          "dots-10-2:#000000" },
    {"p3",          "grid-14:#000000"   },
    {"casing",      "#ffffff"           },
    {"casingwidth", "6"                 },
    {"ink",         "#000000"           },
    {"width",       "3"                 },
    {"radius",      "10"                },
    {"lettered",    "use"               },
    {"size",        "20"                },
    {"text",        "#000000"           },
    {"halo",        "#ffffff"           },
    {"halowidth",   "3"                 },
};

static const char *value_of(const struct value *given, size_t count, const char *name,
                            size_t len)
{
    for (size_t i = 0; i < count; i++) {
        if (given[i].name && strlen(given[i].name) == len &&
            strncmp(given[i].name, name, len) == 0) {
            return given[i].text;
        }
    }
    return NULL;
}

/* The style text with its values put in. */
static char *fill_in(const struct value *given, size_t count)
{
    static char text[8192];
    size_t at = 0;
    for (const char *c = sound; *c;) {
        if (*c != '$') {
            text[at++] = *c++;
            continue;
        }
        size_t len = strspn(++c, "abcdefghijklmnopqrstuvwxyz123");
        const char *v = value_of(given, count, c, len);
        v = v ? v : value_of(light, PK_COUNT(light), c, len);
        assert_non_null(v);
        at += (size_t)snprintf(text + at, sizeof text - at, "%s", v);
        c += len;
    }
    text[at] = '\0';
    return text;
}

/* Bits of the rules that fail. */
static uint32_t failing(const char *theme, const struct value *given, size_t count,
                        bool chart, struct pk_buf *why)
{
    const char *json = fill_in(given, count);
    char over[64];
    snprintf(over, sizeof over, "{\"theme\":\"%s\"}", theme);
    struct pk_style *style = NULL;
    struct pk_error err = {0};
    if (pk_style_read(&style, "t", json, strlen(json), theme, over, strlen(over), NULL,
                      &err) != PK_OK) {
        fail_msg("%s", err.text);
    }
    struct pk_arena arena = {0};
    struct pk_audit audit;
    struct pk_audit_request request = {.style = style, .chart = chart};
    if (pk_audit_run(&audit, &request, &arena, &err) != PK_OK) {
        fail_msg("%s", err.text);
    }
    uint32_t bits = 0;
    for (uint32_t i = 0; i < audit.count; i++) {
        if (audit.findings[i].fails) {
            bits |= UINT32_C(1) << audit.findings[i].rule;
        }
    }
    pk_audit_text(why, &audit);
    pk_arena_finish(&arena);
    pk_style_destroy(style);
    return bits;
}

static void expect(const char *theme, const char *rule, const struct value *given,
                   size_t count, bool chart)
{
    struct pk_buf why;
    pk_buf_init(&why, 1 << 20);
    uint32_t bits = failing(theme, given, count, chart, &why), want = 0;
    for (uint32_t i = 0; rule && i < PK_AUDIT_RULES; i++) {
        size_t len = strlen(pk_audit_rule(i)->id);
        for (const char *at = rule; (at = strstr(at, pk_audit_rule(i)->id)); at += len) {
            want |= at[len] == ' ' || at[len] == '\0' ? UINT32_C(1) << i : 0;
        }
    }
    if (bits != want) {
        fail_msg("%s, expected %s to fail alone:\n%.*s", theme, rule ? rule : "nothing",
                 (int)why.len, why.data);
    }
    pk_buf_finish(&why);
}

static void a_sound_style_passes_under_every_theme_it_is_made_for(void **state)
{
    (void)state;
    expect("standard", NULL, NULL, 0, true);
    expect("cvd", NULL, NULL, 0, true);
    expect("simple", NULL, NULL, 0, false);
    expect("print", NULL, NULL, 0, false);
}

/* What is broken, and which rule says so. */
static void each_rule_fails_when_its_thing_is_broken(void **state)
{
    (void)state;
    static const struct {
        const char *theme, *rules;
        struct value broken[6];
    } cases[] = {
  /* no line to speak of between fills that are alike */
        {"standard", "T1 T9",  {{"width", "1"}, {"casingwidth", "1"}}                                         },
 /* a fill too dark for a black line; the white casing still shows */
        {"standard", "T2",     {{"other", "#101010"}, {"p3", "grid-14:#ffffff"}}                              },
 /* two colours that are one to some eyes, without patterns */
        {"cvd",      "T3",     {{"other", "#63b0e8"}}                                                         },
        {"simple",
         "T3",                 {{"other", "#63b0e8"}, {"p1", "grid-14:#000000"}, {"p2", "grid-14:#000000"}}   },
 /* nothing but colour */
        {"standard", "T4",     {{"lettered", "other"}, {"p1", ""}, {"p2", ""}, {"p3", ""}}                    },
 /* a pattern that does not show */
        {"standard", "T4",     {{"lettered", "other"}, {"p2", "dots-10-2:#70b0ea"}}                           },
 /* equal in grey, no letter, no pattern */
        {"print",
         "T4 T5",              {{"lettered", "other"}, {"p1", ""}, {"p2", ""}, {"p3", ""}, {"gul", "#fdfdfd"}}},
 /* letters that fade into their halo */
        {"standard", "T6",     {{"text", "#888888"}}                                                          },
        {"standard", "T6",     {{"halowidth", "1"}}                                                           },
        {"standard", "T6",     {{"halo", "rgba(255,255,255,0.6)"}}                                            },
        {"standard", "T8",     {{"size", "10"}}                                                               },
        {"simple",   "T8",     {{"size", "18"}}                                                               },
 /* a line thinner than 2 px; in simple T15 says it too */
        {"print",    "T9",     {{"width", "1.8"}}                                                             },
        {"simple",   "T9 T15", {{"width", "1.8"}}                                                             },
        {"print",    "T9",     {{"ink", "#cccccc"}, {"casing", "#dddddd"}, {"radius", "0"}}                   },
        {"standard", "T10",    {{"radius", "3"}}                                                              },
        {"contrast", "T13",    {{"text", "#666666"}}                                                          },
        {"mono",     "T14",    {{"gul", "#fff"}, {"bla", "#fff"}, {"p1", "grid-14:#000000"}}                  },
        {"standard", "T16",    {{"gul", "#c8ffc8"}}                                                           },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        bool chart = strncmp(cases[i].rules, "T1 ", 3) == 0;
        expect(cases[i].theme, cases[i].rules, cases[i].broken, PK_COUNT(cases[i].broken),
               chart);
    }
}

static int start(void **state)
{
    struct pk_error err = {0};
    (void)state;
    if (pk_render_start(NULL, &err) != PK_OK) {
        printf("%s\n", err.text);
        return 1;
    }
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_style_passes_under_every_theme_it_is_made_for),
        cmocka_unit_test(each_rule_fails_when_its_thing_is_broken),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
