/* search_fuzzer.c - what people type: coordinates, words, and whole searches over a
 * small store. The first byte chooses the language and the limit. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "layers/search.h"
#include "layers/search_coordinate.h"
#include "layers/search_private.h"
#include "layers/store_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pk_store *town(void)
{
    struct pk_store *s = pk_store_memory_create();
    pk_memory_version(s, &(struct pk_version){.version = 1});
    static const struct {
        const char *kind, *label, *fold;
    } things[] = {
        {"property", "TIMRÅ VIVSTA 13:5", "timrå vivsta 13 5"},
        {"address",  "Stora Nygatan 4",    "stora nygatan 4"   },
        {"place",    "Långsjön",         "långsjön"        }
    };
    for (size_t i = 0; i < PK_COUNT(things); i++) {
        pk_memory_entry(s, &(struct pk_entry_row){.kind = things[i].kind,
                                                  .label = things[i].label,
                                                  .fold = things[i].fold,
                                                  .detail_key = "{}",
                                                  .x = 600000,
                                                  .y = 6900000});
    }
    return s;
}

static void check(const struct pk_search_answer *a)
{
    uint32_t letters = 0;
    for (const char *p = a->status; *p != '\0'; letters++) {
        pk_utf8_next(&p);
    }
    if (letters > SEARCH_STATUS_MAX || a->count > PK_SEARCH_LIMIT_MAX) {
        abort();
    }
    for (uint32_t i = 0; i < a->count; i++) {
        const struct pk_search_result *r = &a->results[i];
        uint32_t length = 0;
        for (const char *p = r->label; *p != '\0'; length++) {
            pk_utf8_next(&p);
        }
        for (uint32_t m = 0; m < r->match_count; m++) {
            if (r->match[m].from >= r->match[m].to || r->match[m].to > length) {
                abort();
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pk_arena arena = {0};
    struct pk_coordinate all[PK_COORDINATE_MAX];
    if (size == 0) {
        return 0;
    }
    char *text = pk_arena_strndup(&arena, (const char *)data + 1, size - 1);
    for (uint32_t i = 0, n = pk_coordinate_parse(all, text); i < n; i++) {
        /* What is taken for a place lies on the map. */
        if (!(all[i].x > -1e9 && all[i].x < 1e9 && all[i].y > 0 && all[i].y < 1e8)) {
            abort();
        }
    }
    struct pk_store *store = town();
    struct pk_search_query q = {.text = text,
                                .lang = data[0] & 1 ? PK_EN : PK_SV,
                                .limit = (uint32_t)(data[0] >> 1) % PK_SEARCH_LIMIT_MAX};
    struct pk_search_answer *a = NULL;
    struct pk_error err = {0};
    if (pk_search(&a, store, &q, &arena, &err) == PK_OK) {
        struct pk_buf buf;
        pk_buf_init(&buf, 1 << 20);
        check(a);
        pk_search_json(&buf, a);
        pk_buf_finish(&buf);
    }
    pk_store_close(store);
    pk_arena_finish(&arena);
    return 0;
}
