/* test_request.c - the target reader, negotiation, ETags, compression, HTML. */
#include "unit/pk_test.h"

#include <string.h>

#include "base/date.h"
#include "server/html.h"
#include "server/links.h"
#include "server/negotiate.h"
#include "server/request.h"
#include "server/response.h"
#include "server/router.h"

static void targets_are_read_strictly(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        enum pk_status status;
    } cases[] = {
        {"/",                                PK_OK       },
        {"/lookup?point=1,2&crs=EPSG:3006",  PK_OK       },
        {"/property/TIMR%C3%85_VIVSTA_13:5", PK_OK       },
        {"/search?q=a+b%20c",                PK_OK       },
        {"/search?q=",                       PK_OK       },
        {"/search?q",                        PK_OK       },
        {"/search?&&q=1&",                   PK_OK       },
        {"",                                 PK_BAD_INPUT},
        {"lookup",                           PK_BAD_INPUT},
        {"http://x/lookup",                  PK_BAD_INPUT},
        {"*",                                PK_BAD_INPUT},
        {"/p%00evil",                        PK_BAD_INPUT},
        {"/search?q=a%00b",                  PK_BAD_INPUT},
        {"/a%2fb",                           PK_BAD_INPUT},
        {"/a%2Fb",                           PK_BAD_INPUT},
        {"/p%zz",                            PK_BAD_INPUT},
        {"/p%1",                             PK_BAD_INPUT},
        {"/p%",                              PK_BAD_INPUT},
        {"/p%c0%ae",                         PK_BAD_INPUT},
        {"/p%ff",                            PK_BAD_INPUT},
        {"/p/../q",                          PK_BAD_INPUT},
        {"/p/%2e%2e/q",                      PK_BAD_INPUT},
        {"/p/.",                             PK_BAD_INPUT},
        {"/a b",                             PK_BAD_INPUT},
        {"/a%7f",                            PK_BAD_INPUT},
        {"/search?q=1&q=2",                  PK_BAD_INPUT},
        {"/lookup/",                         PK_NOT_FOUND},
        {"/1/2/3/4/5/6/7/8/9/10/11/12/13",   PK_LIMIT    },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_arena arena = {0};
        struct pk_request request;
        struct pk_error err = {0};
        enum pk_status status =
            pk_request_read(&request, "GET", cases[i].target, &arena, &err);
        if (status != cases[i].status) {
            fail_msg("%s: %s (%s)", cases[i].target, pk_status_name(status), err.text);
        }
        pk_arena_finish(&arena);
    }
}

static void long_targets_and_many_arguments_are_refused(void **state)
{
    (void)state;
    struct pk_arena arena = {0};
    struct pk_request request;
    struct pk_error err = {0};
    struct pk_buf target;
    pk_buf_init(&target, 1 << 20);
    pk_buf_adds(&target, "/a?");
    for (int i = 0; i < PK_QUERY_ARGS_MAX; i++) {
        pk_buf_addf(&target, "a%d&", i);
    }
    assert_int_equal(pk_request_read(&request, "GET", target.data, &arena, &err), PK_OK);
    assert_int_equal(request.arg_count, PK_QUERY_ARGS_MAX);
    pk_buf_adds(&target, "one");
    assert_int_equal(pk_request_read(&request, "GET", target.data, &arena, &err),
                     PK_LIMIT);
    while (target.len <= PK_TARGET_MAX) {
        pk_buf_addc(&target, 'x');
    }
    assert_int_equal(pk_request_read(&request, "GET", target.data, &arena, &err),
                     PK_LIMIT);
    pk_buf_finish(&target);
    pk_arena_finish(&arena);
}

static void arguments_are_decoded_once(void **state)
{
    (void)state;
    struct pk_arena arena = {0};
    struct pk_request request;
    struct pk_error err = {0};
    assert_int_equal(
        pk_request_read(&request, "GET", "/s?q=a%2Bb+c%2541&%C3%A5=%26", &arena, &err),
        PK_OK);
    assert_string_equal(pk_request_arg(&request, "q"), "a+b c%41");
    assert_string_equal(pk_request_arg(&request, "å"), "&");
    assert_null(pk_request_arg(&request, "x"));
    pk_arena_finish(&arena);
}

static void formats_follow_f_then_accept(void **state)
{
    (void)state;
    static const struct {
        const char *f, *accept;
        enum pk_format expected;
    } cases[] = {
        {NULL,   NULL,                                        PK_FORMAT_HTML},
        {NULL,   "*/*",                                       PK_FORMAT_HTML},
        {NULL,   "application/json",                          PK_FORMAT_JSON},
        {NULL,   "text/plain;q=0.5, application/json;q=0.9",  PK_FORMAT_JSON},
        {NULL,   "text/html,application/xhtml+xml,*/*;q=0.8", PK_FORMAT_HTML},
        {NULL,   "image/webp",                                PK_FORMAT_HTML},
        {NULL,   ";;;,,q=;",                                  PK_FORMAT_HTML},
        {"json", "text/html",                                 PK_FORMAT_JSON},
        {"text", NULL,                                        PK_FORMAT_TEXT},
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_request request = {.accept = cases[i].accept};
        struct pk_error err;
        enum pk_format format;
        if (cases[i].f != NULL) {
            request.args[request.arg_count++] = (struct pk_query_arg){"f", cases[i].f};
        }
        assert_int_equal(pk_negotiate_format(&format, &request,
                                             1u << PK_FORMAT_HTML | 1u << PK_FORMAT_JSON |
                                                 1u << PK_FORMAT_TEXT,
                                             PK_FORMAT_HTML, &err),
                         PK_OK);
        assert_int_equal(format, cases[i].expected);
    }
    struct pk_request request = {.arg_count = 1, .args = {{"f", "gif"}}};
    struct pk_error err;
    enum pk_format format;
    assert_int_equal(pk_negotiate_format(&format, &request, 1u << PK_FORMAT_HTML,
                                         PK_FORMAT_HTML, &err),
                     PK_BAD_INPUT);
    assert_string_equal(pk_negotiate_encoding("gzip, br;q=0.5"), "gzip");
    assert_string_equal(pk_negotiate_encoding("gzip, br"), "br");
    assert_null(pk_negotiate_encoding("br;q=0, gzip;q=0"));
    assert_null(pk_negotiate_encoding(NULL));
}

static void etags_match_by_lists_and_weakly(void **state)
{
    (void)state;
    assert_true(pk_etag_matches("\"a\"", "\"a\""));
    assert_true(pk_etag_matches("\"b\", W/\"a\"", "\"a\""));
    assert_true(pk_etag_matches("*", "\"a\""));
    assert_false(pk_etag_matches("\"ab\"", "\"a\""));
    assert_false(pk_etag_matches("\"b\"", "\"a\""));
    assert_false(pk_etag_matches(NULL, "\"a\""));
    assert_false(pk_etag_matches("\"\"", ""));
}

static void everything_put_into_a_page_is_escaped(void **state)
{
    (void)state;
    struct pk_buf out;
    pk_buf_init(&out, 4096);
    pk_htmlf(&out, "<a href=\"%s\">%s</a> %d %u %lld %.1f 5%%", "\"><script>", "<&>'", -1,
             2u, 3LL, 4.25);
    assert_null(strstr(out.data, "<script"));
    assert_non_null(strstr(out.data, "&lt;&amp;&gt;"));
    assert_non_null(strstr(out.data, " -1 2 3 4.2"));
    assert_non_null(strstr(out.data, "5%"));
    pk_buf_finish(&out);
}

static void every_route_is_sound(void **state)
{
    (void)state;
    for (const struct pk_route *r = pk_routes; r->pattern != NULL; r++) {
        assert_int_equal(r->pattern[0], '/');
        assert_true(r->fast != NULL || r->handle != NULL);
        assert_non_null(r->summary);
        assert_true(strlen(r->args) < 200);
    }
}

static void text_is_compressed_when_it_helps(void **state)
{
    (void)state;
    char text[5000];
    memset(text, 'a', sizeof(text));
    struct pk_response response = {.body = pk_body_copy(text, sizeof(text)),
                                   .content_type = "text/html; charset=utf-8"};
    pk_response_compress(&response, "gzip, br");
    assert_string_equal(response.encoding, "br");
    assert_true(response.body->len < 200);
    pk_response_tag(&response);
    assert_non_null(strstr(response.etag, "-br\""));
    pk_response_finish(&response);
    struct pk_response picture = {.body = pk_body_copy(text, sizeof(text)),
                                  .content_type = "image/png"};
    pk_response_compress(&picture, "gzip, br");
    assert_null(picture.encoding);
    pk_response_finish(&picture);
}

static void nothing_is_kept_past_the_next_legal_date(void **state)
{
    (void)state;
    char text[PK_CACHE_CONTROL_TEXT];
    time_t midnight = pk_date_stockholm_start(pk_date_parse("2026-03-02"));
    static const struct {
        long before; /* seconds before midnight */
        enum pk_keep keep;
        const char *text;
    } cases[] = {
        {7200, PK_KEEP_SHORT,   "public, max-age=60"                 },
        {7200, PK_KEEP_LONG,    "public, max-age=7200"               },
        {31,   PK_KEEP_SHORT,   "public, max-age=31"                 },
        {1,    PK_KEEP_LONG,    "public, max-age=1"                  },
        {0,    PK_KEEP_SHORT,   "public, max-age=0"                  },
        {-119, PK_KEEP_SHORT,   "public, max-age=0"                  },
        {-120, PK_KEEP_SHORT,   "public, max-age=60"                 },
        {-120, PK_KEEP_LONG,    "public, max-age=86280"              },
        {10,   PK_KEEP_CHECK,   "no-cache"                           },
        {10,   PK_KEEP_NOTHING, "no-store"                           },
        {10,   PK_KEEP_FIXED,   "public, max-age=31536000, immutable"},
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        pk_cache_control(text, cases[i].keep, midnight - cases[i].before);
        assert_string_equal(text, cases[i].text);
    }
}

static void links_begin_where_a_trusted_proxy_says(void **state)
{
    (void)state;
    struct pk_error err = {0};
    struct pk_arena arena = {0};
    struct pk_opts *opts = pk_opts_create();
    assert_int_equal(
        pk_opts_set(opts, "trusted_proxies", "10.0.0.1, 2001:db8::1", "test", &err),
        PK_OK);
    struct pk_app app = {.opts = opts, .municipality = {.base_url = "own"}};
    static const struct {
        const char *peer, *forwarded, *proto, *host, *base;
    } cases[] = {
        {"10.0.0.1", NULL,                                                               "https", "karta.se", "https://karta.se"},
        {"10.0.0.2", NULL,                                                               "https", "karta.se", "own"             },
        {"10.0.0.1", NULL,                                                               "ftp",   "karta.se", "own"             },
        {"10.0.0.1", NULL,                                                               "https", "a\"b",     "own"             },
        {"10.0.0.1", NULL,                                                               "https", "a, b",     "own"             },
        {"10.0.0.1", NULL,                                                               NULL,    "karta.se", "own"             },
        {"10.0.0.1", "for=192.0.2.7;proto=https;host=karta.se",                          NULL,    NULL,
         "https://karta.se"                                                                                                     },
        {"10.0.0.2", "for=192.0.2.7;proto=https;host=karta.se",                          NULL,    NULL,       "own"             },
        {"10.0.0.1", "Proto=HTTP; Host=\"karta.se:8443\" ;for=_x",                       NULL,    NULL,
         "http://karta.se:8443"                                                                                                 },
 /* what a client wrote in front does not count ... */
        {"10.0.0.1", "proto=http;host=evil.se, for=192.0.2.7;proto=https;host=karta.se",
         NULL,                                                                                    NULL,       "https://karta.se"},
 /* ... what a second proxy of ours saw does */
        {"10.0.0.1",
         "for=192.0.2.7;proto=https;host=karta.se, "
         "for=\"[2001:db8::1]:80\";proto=http;host=in",                                  NULL,    NULL,       "https://karta.se"},
        {"10.0.0.1", "for=192.0.2.7",                                                    "https", "x.se",     "own"             },
        {"10.0.0.1", "host=karta.se;host=evil.se;proto=https",                           NULL,    NULL,       "own"             },
        {"10.0.0.1", "host=\"karta.se;proto=https",                                      NULL,    NULL,       "own"             },
        {"10.0.0.1", "host=",                                                            NULL,    NULL,       "own"             },
        {"10.0.0.1", ",,,,,,,,,,,,,,,,,,,,,,",                                           NULL,    NULL,       "own"             },
        {"10.0.0.1", "\"",                                                               NULL,    NULL,       "own"             },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        assert_string_equal(pk_links_base(&app, cases[i].peer, cases[i].forwarded,
                                          cases[i].proto, cases[i].host, &arena),
                            cases[i].base);
    }
    assert_int_equal(pk_opts_set(opts, "public_url", "https://p.se", "test", &err),
                     PK_OK);
    assert_string_equal(pk_links_base(&app, "10.0.0.1", NULL, "http", "x.se", &arena),
                        "own"); /* which is public_url then */
    pk_arena_finish(&arena);
    pk_opts_destroy(opts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_are_read_strictly),
        cmocka_unit_test(long_targets_and_many_arguments_are_refused),
        cmocka_unit_test(arguments_are_decoded_once),
        cmocka_unit_test(formats_follow_f_then_accept),
        cmocka_unit_test(etags_match_by_lists_and_weakly),
        cmocka_unit_test(everything_put_into_a_page_is_escaped),
        cmocka_unit_test(every_route_is_sound),
        cmocka_unit_test(text_is_compressed_when_it_helps),
        cmocka_unit_test(nothing_is_kept_past_the_next_legal_date),
        cmocka_unit_test(links_begin_where_a_trusted_proxy_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
