#include <string.h>

#include "base/date.h"
#include "base/parse.h"
#include "server/audit_page.h"
#include "server/cmd.h"
#include "server/styleset.h"
#include "styles/shipped.h"
#include "tiles/audit/audit.h"
#include "tiles/audit/corpus.h"

enum { THEMES_MAX = 32, TILES = 240, TILES_MAX = 8000, OUTPUT_MAX = 256 << 20 };

const struct pk_command_option pk_options_audit[] = {
    {"all",   NULL,    "--json: every measurement, not only what fails"},
    {"html",  NULL,    "the report as a page"                          },
    {"lang",  "sv|en", "language of the page"                          },
    {"json",  NULL,    "the report as JSON"                            },
    {"style", "NAME",  "the style, or a style file (plan)"             },
    {"theme", "NAME",  "one theme (all)"                               },
    {"tiles", "N",     "how many tiles are looked at (240); 0: none"   },
    {NULL,    NULL,    NULL                                            },
};

/* The styles asked for, one per theme. */
static int find_styles(struct pk_invocation *in, struct pk_session *s,
                       const struct pk_style **styles, uint32_t *count)
{
    const char *name = pk_given_value(in, "style"), *theme = pk_given_value(in, "theme");
    name = name == NULL ? s->app.style
           : strstr(name, ".json") != NULL
               ? pk_styles_name(s->app.styles, 0, &s->worker.arena)
               : name;
    *count = 0;
    for (const char *const *t = pk_shipped_themes(); *t != NULL && *count < THEMES_MAX;
         t++) {
        if (theme != NULL && strcmp(theme, "all") != 0 && strcmp(theme, *t) != 0) {
            continue;
        }
        styles[*count] = name != NULL ? pk_styles_find(s->app.styles, name, *t) : NULL;
        if (styles[*count] == NULL) {
            return pk_command_fail(in, PK_EXIT_FAILED, "there is no style \"%.60s\"",
                                   name != NULL ? name : "");
        }
        (*count)++;
    }
    return *count > 0 ? PK_EXIT_OK
                      : pk_command_fail(in, PK_EXIT_USAGE,
                                        "--theme: there is no theme \"%.40s\"", theme);
}

static int print_audits(struct pk_invocation *in, const struct pk_audit *audits,
                        uint32_t count)
{
    struct pk_buf out;
    pk_buf_init(&out, OUTPUT_MAX);
    if (pk_given_flag(in, "json")) {
        pk_audit_json(&out, audits, count, pk_given_flag(in, "all"));
    }
    int lang = pk_session_lang(in);
    if (pk_given_flag(in, "html") && lang >= 0) {
        char made[PK_TIME_TEXT];
        pk_time_format(made, time(NULL));
        pk_audit_html_document(&out, (enum pk_lang)lang, audits, count, made);
    }
    bool passes = true, text = !pk_given_flag(in, "json") && !pk_given_flag(in, "html");
    for (uint32_t i = 0; i < count; i++) {
        passes &= audits[i].failures == 0;
        if (text) {
            pk_audit_text(&out, &audits[i]);
        }
    }
    int code = pk_session_print(in, &out);
    pk_buf_finish(&out);
    return code != PK_EXIT_OK ? code : passes ? PK_EXIT_OK : PK_EXIT_FAILED;
}

int pk_cmd_audit(struct pk_invocation *in)
{
    struct pk_session s;
    const struct pk_style *styles[THEMES_MAX];
    struct pk_audit audits[THEMES_MAX];
    struct pk_error err = {0};
    uint32_t count = 0;
    int code = pk_session_open(&s, in, true);
    if (code != PK_EXIT_OK) {
        return code;
    }
    code = find_styles(in, &s, styles, &count);
    struct pk_arena arena = {0};
    struct pk_corpus corpus = {0};
    uint32_t tiles = TILES;
    const char *tiles_text = pk_given_value(in, "tiles");
    if (code == PK_EXIT_OK && tiles_text != NULL &&
        !pk_parse_all_u32(tiles_text, TILES_MAX, &tiles)) {
        code = pk_command_fail(in, PK_EXIT_USAGE,
                               "--tiles: \"%.20s\" is not a number up to %d", tiles_text,
                               TILES_MAX);
    }
    if (code == PK_EXIT_OK && tiles > 0 &&
        pk_corpus_choose(&corpus, styles[0], s.worker.store, tiles, &arena, &err) !=
            PK_OK) {
        code = pk_command_error(in, &err);
    }
    for (uint32_t i = 0; code == PK_EXIT_OK && i < count; i++) {
        struct pk_audit_request request = {
            .style = styles[i],
            .base = pk_styles_find(s.app.styles, "base", pk_style_theme(styles[i])),
            .store = s.worker.store,
            .corpus = corpus.count > 0 ? &corpus : NULL,
            .chart = true};
        if (pk_audit_run(&audits[i], &request, &arena, &err) != PK_OK) {
            code = pk_command_error(in, &err);
        }
    }
    code = code == PK_EXIT_OK ? print_audits(in, audits, count) : code;
    pk_arena_finish(&arena);
    pk_session_close(&s);
    return code;
}
