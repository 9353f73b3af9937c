/* town.h - a small town in memory with plans of every coverage, for tests of answers. */
#ifndef PK_TESTS_TOWN_H
#define PK_TESTS_TOWN_H

#include "unit/pk_test.h"

#include <stdio.h>

#include "layers/lookup.h"
#include "layers/store_memory.h"

#define EAST  500000.0
#define NORTH 6200000.0

static struct pk_arena town_arena; /* of the fixture, for the whole run */

static inline struct pk_id id_of(const char *name)
{
    return pk_id_of("test", "9901", name);
}

static inline const char *id_text(const char *name)
{
    char text[PK_ID_TEXT];
    pk_id_format(text, id_of(name));
    return pk_arena_strdup(&town_arena, text);
}

static inline struct pk_geom rectangle(double x, double y, double w, double h)
{
    struct pk_geom g;
    struct pk_geom_builder *b = pk_geom_begin(&town_arena, PK_GEOM_AREA, false);
    const double xs[] = {x, x + w, x + w, x, x}, ys[] = {y, y, y + h, y + h, y};
    pk_geom_ring(b, PK_RING_OUTER);
    for (int i = 0; i < 5; i++) {
        pk_geom_vertex(b, EAST + xs[i], NORTH + ys[i], 0);
    }
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    return g;
}

static inline struct pk_geom point(double x, double y)
{
    struct pk_geom g;
    struct pk_geom_builder *b = pk_geom_begin(&town_arena, PK_GEOM_POINT, false);
    pk_geom_ring(b, PK_RING_OPEN);
    pk_geom_vertex(b, EAST + x, NORTH + y, 0);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    return g;
}

static inline void put_plan(struct pk_store *s, struct pk_plan_row row, const char *key,
                            struct pk_geom g)
{
    row.id = id_of(key);
    row.coverage = row.coverage == NULL ? "regulations" : row.coverage;
    row.details = row.details == NULL ? "{}" : row.details;
    row.municipality = "Fjällnäs";
    row.municipality_code = "9901";
    pk_memory_plan(s, &row, 0);
    /* As if delivered in a system with 0.1 % longer metres. */
    pk_memory_plan_part(s,
                        &(struct pk_part_row){.id = row.id,
                                              .plan_id = row.id,
                                              .part = 1,
                                              .crs = 3008,
                                              .area_m2 = 1.002 * pk_geom_area(&g),
                                              .geom = g,
                                              .delivered = g},
                        0, 0);
}

static inline void put_part(struct pk_store *s, const char *plan, const char *key,
                            uint32_t part, struct pk_geom g)
{
    pk_memory_regulation_part(s,
                              &(struct pk_part_row){.id = id_of(key),
                                                    .plan_id = id_of(plan),
                                                    .part = part,
                                                    .crs = 3008,
                                                    .area_m2 = 1.002 * pk_geom_area(&g),
                                                    .geom = g,
                                                    .delivered = g},
                              0, 0);
}

static inline void put_regulation(struct pk_store *s, const char *plan, const char *key,
                                  struct pk_regulation_row row, struct pk_geom g)
{
    row.id = id_of(key);
    row.plan_id = id_of(plan);
    row.details = row.details == NULL ? "{}" : row.details;
    pk_memory_regulation(s, &row, 0);
    put_part(s, plan, key, 1, g);
}

static inline void put_feature(struct pk_store *s, const char *layer, const char *title,
                               const char *attributes, struct pk_geom g)
{
    pk_memory_feature(s,
                      &(struct pk_feature_row){.id = id_of(title),
                                               .layer_id = layer,
                                               .title = title,
                                               .attributes = attributes,
                                               .kind = g.kind,
                                               .area_m2 = pk_geom_area(&g),
                                               .crs = 3006,
                                               .geom = g,
                                               .from_version = 1},
                      0);
}

static inline void put_entry(struct pk_store *s, const char *kind, const char *label,
                             const char *fold)
{
    pk_memory_entry(s, &(struct pk_entry_row){.kind = kind,
                                              .label = label,
                                              .detail_key = "{}",
                                              .fold = fold,
                                              .id = id_of(label),
                                              .weight = 50});
}

static const char *const harbour_details =
    "{\"datumLagakraft\": [\"2019-03-04\"], \"genomforandetid\": 60, \"dokument\": "
    "[{\"kind\": \"plankarta\", \"title\": \"Plankarta\", \"href\": "
    "\"https://arkiv.exempel.se/p.pdf\", \"media_type\": \"application/pdf\", \"legal\": "
    "true}]}";

static inline void put_harbour(struct pk_store *s)
{
    put_plan(s,
             (struct pk_plan_row){.designation = "BN16/1724",
                                  .name = "Västerhamn",
                                  .status = "laga kraft",
                                  .plan_type = "detaljplan",
                                  .adopted = "2019-01-22",
                                  .in_force = "2019-03-04",
                                  .details = harbour_details},
             "harbour", rectangle(0, 0, 100, 100));
    put_regulation(
        s, "harbour", "school",
        (struct pk_regulation_row){
            .kind = "use", .form = "kvartersmark", .letter = "S", .wording = "Skola"},
        rectangle(0, 0, 50, 100));
    put_regulation(
        s, "harbour", "sport",
        (struct pk_regulation_row){
            .kind = "use", .form = "kvartersmark", .letter = "R", .wording = "Idrott"},
        rectangle(0, 0, 50, 100));
    put_regulation(
        s, "harbour", "street",
        (struct pk_regulation_row){
            .kind = "use", .form = "allmän plats", .letter = "GATA", .wording = "Gata"},
        rectangle(50, 0, 50, 100));
    static char details[300];
    snprintf(details, sizeof details,
             "{\"reglerarAnvandningsbestammelse\": [\"%s\"], \"bestammelsevarde\": "
             "[{\"beskrivning\": \"höjd\", \"vardetyp\": \"max\", \"variabelvarde\": "
             "\"13,5\", \"enhet\": \"meter\"}]}",
             id_text("school"));
    put_regulation(s, "harbour", "height",
                   (struct pk_regulation_row){.kind = "property",
                                              .form = "kvartersmark",
                                              .letter = "h",
                                              .index = "1",
                                              .wording = "Högsta nockhöjd är 13,5 meter",
                                              .details = details},
                   rectangle(0, 0, 50, 60));
    put_part(s, "harbour", "height", 2, rectangle(0, 70, 50, 30));
    put_regulation(
        s, "harbour", "dots",
        (struct pk_regulation_row){.kind = "property",
                                   .letter = NULL,
                                   .wording = "Marken får inte förses med byggnad.",
                                   .symbol = "prickmark"},
        rectangle(0, 0, 50, 10));
    put_regulation(s, "harbour", "shore",
                   (struct pk_regulation_row){.kind = "administrative",
                                              .letter = "a",
                                              .index = "1",
                                              .wording = "Strandskyddet är upphävt"},
                   rectangle(0, 0, 100, 100));
}

static inline void put_other_plans(struct pk_store *s)
{
    put_plan(s,
             (struct pk_plan_row){.name = "Norrby",
                                  .status = "laga kraft",
                                  .plan_type = "stadsplan",
                                  .in_force = "1961-05-02",
                                  .coverage = "partial"},
             "partial", rectangle(200, 0, 50, 50));
    put_plan(s,
             (struct pk_plan_row){.designation = "1290-P14",
                                  .status = "laga kraft",
                                  .plan_type = "byggnadsplan",
                                  .coverage = "plan-only"},
             "scan", rectangle(300, 0, 50, 50));
    static const struct {
        const char *key, *status;
        double x;
    } stages[] = {
        {"started",   "påbörjad",  400},
        {"consulted", "samråd",     500},
        {"reviewed",  "granskning",  600},
        {"adopted",   "antagen",     700},
        {"appealed",  "överklagad", 800},
        {"revised",   "tillsyn",     900}
    };
    for (size_t i = 0; i < PK_COUNT(stages); i++) {
        put_plan(s,
                 (struct pk_plan_row){.name = "Nydal",
                                      .status = stages[i].status,
                                      .plan_type = "detaljplan",
                                      .adopted = i == 3 ? "2026-01-15" : NULL,
                                      .details = i == 1 ? "{\"datumStatusforandring\": "
                                                          "\"2025-11-03\"}"
                                                        : "{\"beslutsinformation\": "
                                                          "[{\"datumPaborjat\": "
                                                          "\"2025-05-06\"}]}"},
                 stages[i].key, rectangle(stages[i].x, 0, 50, 50));
    }
    put_plan(s, (struct pk_plan_row){.name = "Oklar", .plan_type = "detaljplan"},
             "no status", rectangle(1000, 0, 50, 50));
    put_plan(s,
             (struct pk_plan_row){
                 .name = "Gammal",
                 .status = "upphävd",
                 .in_force = "1970-01-01",
                 .details = "{\"beslutsinformation\": [{\"beslutstyp\": \"antagande om "
                            "upphävande\", \"datumLagakraft\": [\"2010-06-01\"]}]}"},
             "repealed", rectangle(1100, 0, 50, 50));
    put_plan(s, (struct pk_plan_row){.name = "Nedlagd", .status = "avslutad"}, "closed",
             rectangle(1200, 0, 50, 50));
    put_plan(s,
             (struct pk_plan_row){.name = "Snart",
                                  .status = "laga kraft",
                                  .adopted = "2025-12-01",
                                  .in_force = "2026-08-01"},
             "soon", rectangle(1300, 0, 50, 50));
    put_plan(s,
             (struct pk_plan_row){.name = "Pågående över hamnen",
                                  .status = "samråd",
                                  .plan_type = "detaljplan"},
             "over", rectangle(0, 40, 20, 20));
}

static inline struct pk_store *town(void)
{
    struct pk_store *s = pk_store_memory_create();
    pk_memory_version(s, &(struct pk_version){.version = 1,
                                              .published = "2026-01-10T09:00:00Z",
                                              .source = "a.json",
                                              .legal_day = "2026-01-10"});
    pk_memory_version(s, &(struct pk_version){.version = 2,
                                              .published = "2026-02-01T10:30:00Z",
                                              .source = "b.json",
                                              .legal_day = "2026-02-01"});
    put_harbour(s);
    put_other_plans(s);
    static const struct pk_layer_row layers[] = {
        {"municipality",  "municipality",  "{}", 1},
        {"property_unit", "property_unit", "{}", 1},
        {"address",       "address",       "{}", 1},
        {"strandskydd",   NULL,
         "{\"title\": {\"sv\": \"Strandskydd\", \"en\": \"Shore protection\"}, "
         "\"answer\": {\"sv\": \"Strandskydd gäller här ({meter} m). Källa: {kalla}.\", "
         "\"en\": \"Shore protection applies here ({meter} m). Source: {kalla}.\"}, "
         "\"attribution\": \"Länsstyrelsen\", \"licence\": \"CC0-1.0\", \"as_of\": "
         "\"2026-01-10\"}",                      2},
    };
    for (size_t i = 0; i < PK_COUNT(layers); i++) {
        pk_memory_layer(s, &layers[i], 0);
    }
    put_feature(s, "municipality", "Fjällnäs",
                "{\"kommunkod\": \"9901\", \"kommunnamn\": \"Fjällnäs\"}",
                rectangle(-1000, -1000, 3000, 3000));
    put_feature(s, "municipality", "Björkvalla",
                "{\"kommunkod\": \"9902\", \"kommunnamn\": \"Björkvalla\"}",
                rectangle(2000, -1000, 3000, 3000));
    put_feature(s, "property_unit", "FJÄLLNÄS VÄSTERHAMN 2:32", "{}",
                rectangle(10, 20, 100, 40));
    put_feature(s, "address", "Skolgatan 4", "{}", point(30, 30));
    put_feature(s, "strandskydd", "Fjällsjön", "{\"meter\": 100, \"kalla\": \"Lst\"}",
                rectangle(20, 20, 10, 10));
    put_feature(s, "address", "Storgatan 1", "{\"ort\": \"Fjällnäs\"}", point(70, 130));
    pk_memory_feature(s,
                      &(struct pk_feature_row){.id = id_of("other Storgatan 1"),
                                               .layer_id = "address",
                                               .title = "Storgatan 1",
                                               .attributes = "{\"ort\": \"Norrby\"}",
                                               .kind = PK_GEOM_POINT,
                                               .crs = 3006,
                                               .geom = point(220, 530),
                                               .from_version = 1},
                      0);
    pk_memory_entry(s, &(struct pk_entry_row){.kind = "address",
                                              .label = "Storgatan 1",
                                              .detail_key = "{}",
                                              .fold = "storgatan 1 norrby",
                                              .id = id_of("other Storgatan 1"),
                                              .weight = 40});
    pk_memory_entry(s, &(struct pk_entry_row){.kind = "address",
                                              .label = "Storgatan 1",
                                              .detail_key = "{}",
                                              .fold = "storgatan 1 fjällnäs",
                                              .id = id_of("Storgatan 1"),
                                              .weight = 40});
    put_entry(s, "property", "FJÄLLNÄS VÄSTERHAMN 2:32", "fjällnäs västerhamn 2 32");
    put_entry(s, "address", "Skolgatan 4", "skolgatan 4");
    return s;
}

static struct pk_complete complete[1];
static const char *const next_texts[] = {"Fråga bygglov"};
static const char *const next_urls[] = {"https://exempel.se/bygglov"};

static inline const struct pk_municipality *fjallnas(void)
{
    static struct pk_municipality m;
    complete[0] = (struct pk_complete){"9901", pk_date_parse("2026-01-10")};
    m = (struct pk_municipality){.base_url = "https://karta.exempel.se",
                                 .default_accuracy_m = 2.0,
                                 .complete = complete,
                                 .complete_count = 1,
                                 .next_texts = next_texts,
                                 .next_urls = next_urls,
                                 .next_count = 1};
    return &m;
}

static inline struct pk_question at(double x, double y)
{
    time_t now = 0;
    assert_true(pk_time_parse(&now, "2026-03-02T09:14:05Z"));
    return (struct pk_question){
        .kind = PK_ASK_POINT,
        .x = EAST + x,
        .y = NORTH + y,
        .crs = 3006,
        .state = {0, PK_DATE_NONE},
        .lang = PK_SV,
        .now = now
    };
}

/* The question is kept: an answer borrows it. */
static inline struct pk_answer *answer(struct pk_store *s, const struct pk_question *q)
{
    struct pk_question *kept = pk_arena_alloc(&town_arena, 1, sizeof *kept);
    struct pk_answer *a = NULL;
    struct pk_error err = {0};
    *kept = *q;
    if (pk_lookup(&a, s, kept, fjallnas(), NULL, &town_arena, &err) != PK_OK) {
        fail_msg("%s", err.text);
    }
    return a;
}

static inline int set_up(void **state)
{
    *state = town();
    return 0;
}

static inline int tear_down(void **state)
{
    pk_store_close(*state);
    pk_arena_finish(&town_arena);
    return 0;
}

#endif
