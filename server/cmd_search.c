#include "base/parse.h"
#include "layers/search.h"
#include "server/cmd.h"

enum { SEARCH_MAX = 1 << 20 };

const struct pk_command_option pk_options_search[] = {
    {"json",  NULL,    "the same JSON as /search gives"                         },
    {"kinds", "LIST",  "property,address,place,plan,regulation,coordinate,layer"},
    {"lang",  "sv|en", "language of the answer"                                 },
    {"limit", "N",     "most hits to show (10)"                                 },
    {NULL,    NULL,    NULL                                                     },
};

static void write_text(struct pk_buf *out, const struct pk_search_answer *answer)
{
    pk_buf_addf(out, "%s\n", answer->status);
    for (uint32_t i = 0; i < answer->count; i++) {
        const struct pk_search_result *r = &answer->results[i];
        pk_buf_addf(out, "%s, %s\n", r->label, r->detail);
    }
}

int pk_cmd_search(struct pk_invocation *in)
{
    struct pk_search_query query = {.text = in->operands[0],
                                    .kinds = pk_given_value(in, "kinds")};
    const char *limit = pk_given_value(in, "limit");
    int lang = pk_session_lang(in);
    if (lang < 0) {
        return PK_EXIT_USAGE;
    }
    query.lang = (enum pk_lang)lang;
    if (limit != NULL && (!pk_parse_all_u32(limit, PK_SEARCH_LIMIT_MAX, &query.limit) ||
                          query.limit == 0)) {
        return pk_command_fail(in, PK_EXIT_USAGE,
                               "--limit: \"%.20s\" is not a number from 1 to %d", limit,
                               PK_SEARCH_LIMIT_MAX);
    }
    struct pk_session s;
    struct pk_error err = {0};
    struct pk_search_answer *answer = NULL;
    int code = pk_session_open(&s, in, false);
    if (code != PK_EXIT_OK) {
        return code;
    }
    if (pk_search(&answer, s.worker.store, &query, &s.worker.arena, &err) != PK_OK) {
        code = pk_command_error(in, &err);
    } else {
        struct pk_buf out;
        pk_buf_init(&out, SEARCH_MAX);
        if (pk_given_flag(in, "json")) {
            pk_search_json(&out, answer);
        } else {
            write_text(&out, answer);
        }
        code = pk_session_print(in, &out);
        pk_buf_finish(&out);
    }
    pk_session_close(&s);
    return code;
}
