/* For operations and people: health, readiness, metrics, files of the client, help. */
#include <stdatomic.h>
#include <string.h>

#include "base/json.h"
#include "server/api.h"
#include "server/assets.h"
#include "server/cache.h"
#include "server/page.h"
#include "server/styleset.h"
#include "server/writer_link.h"

enum {
    METRICS_MAX = 64 << 10,
    WATCH_LATE_MS = 5000 /* the database has not been readable for that long */
};

static void text(struct pk_response *response, struct pk_buf *out, int status)
{
    pk_response_take(response, out, "application/json");
    response->status = status;
    response->keep = PK_KEEP_NOTHING;
    pk_buf_finish(out);
}

static bool is_database_readable(const struct pk_app *app)
{
    return pk_now_ms() - atomic_load(&app->watched) < WATCH_LATE_MS;
}

/* The process answers. */
bool pk_fast_health(struct pk_app *app, const struct pk_request *request,
                    struct pk_response *response)
{
    (void)request;
    struct pk_buf out;
    struct pk_json j;
    pk_buf_init(&out, METRICS_MAX);
    pk_json_init(&j, &out);
    pk_json_object(&j);
    bool readable = is_database_readable(app), away;
    const char *writer = pk_writer_state(app, &away);
    struct pk_arena arena = {0};
    const char *problem = pk_styles_problem(app->styles, &arena);
    pk_json_member(&j, "status",
                   readable && !away && problem == NULL ? "ok" : "degraded");
    pk_json_member(&j, "database", readable ? "readable" : "not readable");
    pk_json_member(&j, "writer", writer);
    if (problem != NULL) { /* the last good one is still drawn */
        pk_json_member(&j, "style", problem);
    }
    pk_arena_finish(&arena);
    pk_json_member_int(&j, "version", atomic_load(&app->version));
    pk_json_end(&j);
    text(response, &out, 200);
    return true;
}

/* It should get requests: the database is readable and it is not stopping. */
bool pk_fast_ready(struct pk_app *app, const struct pk_request *request,
                   struct pk_response *response)
{
    (void)request;
    bool draining = atomic_load(&app->draining), readable = is_database_readable(app);
    struct pk_buf out;
    struct pk_json j;
    pk_buf_init(&out, METRICS_MAX);
    pk_json_init(&j, &out);
    pk_json_object(&j);
    pk_json_key(&j, "ready");
    pk_json_bool(&j, readable && !draining);
    pk_json_member(&j, "reason",
                   draining    ? "stopping"
                   : !readable ? "the database is not readable"
                               : NULL);
    pk_json_member_int(&j, "version", atomic_load(&app->version));
    pk_json_end(&j);
    text(response, &out, readable && !draining ? 200 : 503);
    return true;
}

/* Prometheus text format 0.0.4. */
bool pk_fast_metrics(struct pk_app *app, const struct pk_request *request,
                     struct pk_response *response)
{
    static const struct {
        enum pk_counter counter;
        const char *name, *help;
    } rows[] = {
        {PK_COUNT_REQUESTS,      "requests_total",      "requests received"              },
        {PK_COUNT_ERRORS,        "errors_total",        "answers that were problems"     },
        {PK_COUNT_CACHE_HITS,    "cache_hits_total",    "tiles from memory"              },
        {PK_COUNT_CACHE_CHECKED, "cache_checked_total",
         "tiles from memory after a check"                                               },
        {PK_COUNT_CACHE_MISSES,  "cache_misses_total",  "tiles not in memory"            },
        {PK_COUNT_DRAWN,         "drawn_total",         "tiles and pictures drawn"       },
        {PK_COUNT_JOINED,        "joined_total",        "requests joined to an equal one"},
        {PK_COUNT_REFUSED,       "refused_total",       "requests refused, queue full"   },
        {PK_COUNT_EXPIRED,       "expired_total",       "requests that waited too long"  },
        {PK_COUNT_REAPED,        "reaped_total",        "connections ended as too slow"  },
    };
    (void)request;
    struct pk_buf out;
    pk_buf_init(&out, METRICS_MAX);
    for (size_t i = 0; i < PK_COUNT(rows); i++) {
        pk_buf_addf(&out,
                    "# HELP plankarta_%s %s\n# TYPE plankarta_%s counter\n"
                    "plankarta_%s %llu\n",
                    rows[i].name, rows[i].help, rows[i].name, rows[i].name,
                    (unsigned long long)atomic_load(&app->counters[rows[i].counter]));
    }
    size_t bytes = 0, entries = 0;
    if (app->cache != NULL) {
        pk_cache_size(app->cache, &bytes, &entries);
    }
    const struct {
        const char *name, *help;
        long long value;
    } gauges[] = {
        {"cache_bytes",        "memory of finished tiles",   (long long)bytes                         },
        {"cache_entries",      "finished tiles in memory",   (long long)entries                       },
        {"waiting",            "requests waiting",           (long long)atomic_load(&app->waiting)    },
        {"connections",        "open connections",           (long long)atomic_load(&app->connections)},
        {"data_version",       "newest version of the data",
         (long long)atomic_load(&app->version)                                                        },
        {"start_time_seconds", "when the worker began",      (long long)app->started                  },
    };
    for (size_t i = 0; i < PK_COUNT(gauges); i++) {
        pk_buf_addf(&out,
                    "# HELP plankarta_%s %s\n# TYPE plankarta_%s gauge\n"
                    "plankarta_%s %lld\n",
                    gauges[i].name, gauges[i].help, gauges[i].name, gauges[i].name,
                    gauges[i].value);
    }
    pk_response_take(response, &out, "text/plain; version=0.0.4; charset=utf-8");
    response->keep = PK_KEEP_NOTHING;
    pk_buf_finish(&out);
    return true;
}

bool pk_fast_asset(struct pk_app *app, const struct pk_request *request,
                   struct pk_response *response)
{
    (void)app;
    const struct pk_asset *asset = pk_asset_find(pk_route_param(request, 0));
    if (asset == NULL) {
        return false; /* the handler says that there is none */
    }
    response->body = pk_body_copy(asset->bytes, asset->len);
    response->content_type = asset->content_type;
    response->keep = pk_request_arg(request, "v") != NULL ? PK_KEEP_LONG : PK_KEEP_CHECK;
    return true;
}

/* The municipality's colour as a style sheet: pages have no inline styles. */
bool pk_fast_municipality_css(struct pk_app *app, const struct pk_request *request,
                              struct pk_response *response)
{
    (void)request;
    struct pk_buf out;
    pk_buf_init(&out, METRICS_MAX);
    pk_buf_addf(&out, ":root { --municipality: %s; }\n", app->colour);
    pk_response_take(response, &out, "text/css; charset=utf-8");
    response->keep = PK_KEEP_CHECK;
    pk_buf_finish(&out);
    return true;
}

bool pk_fast_logo(struct pk_app *app, const struct pk_request *request,
                  struct pk_response *response)
{
    (void)request;
    if (app->logo == NULL) {
        return false;
    }
    response->body = pk_body_ref(app->logo);
    response->content_type = app->logo_type;
    response->keep = PK_KEEP_CHECK;
    return true;
}

/* ---- pages of text ---- */

struct paragraph {
    char kind; /* 'h' heading, 'p' paragraph, 'c' a command line */
    enum pk_msg_id text;
};

static void write_paragraphs(struct pk_page *page, const struct paragraph *rows, size_t n)
{
    static const struct {
        char kind;
        const char *open, *close;
    } tags[] = {
        {'h', "<h2>",        "</h2>\n"        },
        {'p', "<p>",         "</p>\n"         },
        {'c', "<pre><code>", "</code></pre>\n"}
    };
    for (size_t i = 0; i < n; i++) {
        for (size_t t = 0; t < PK_COUNT(tags); t++) {
            if (tags[t].kind == rows[i].kind) {
                pk_buf_adds(page->out, tags[t].open);
                pk_html_say(page->out, page->lang, rows[i].text);
                pk_buf_adds(page->out, tags[t].close);
            }
        }
    }
}

static enum pk_status text_page(struct pk_worker *worker,
                                const struct pk_request *request, enum pk_msg_id title,
                                const struct paragraph *rows, size_t n,
                                struct pk_response *response)
{
    struct pk_buf out;
    struct pk_page page;
    pk_buf_init(&out, PK_PAGE_MAX);
    const char *heading = pk_msg_text(title, request->lang);
    pk_page_begin(&page, &out, worker->app, request, request->lang, heading);
    pk_htmlf(&out, "<h1>%s</h1>\n", heading);
    write_paragraphs(&page, rows, n);
    pk_page_end(&page);
    pk_page_respond(response, &out);
    pk_buf_finish(&out);
    return PK_OK;
}

enum pk_status pk_api_help(struct pk_worker *worker, const struct pk_request *request,
                           struct pk_response *response, struct pk_error *err)
{
    static const struct paragraph rows[] = {
        {'p', PK_MSG_HELP_INTRO    },
        {'h', PK_MSG_HELP_SEARCH_H },
        {'p', PK_MSG_HELP_SEARCH   },
        {'h', PK_MSG_HELP_MAP_H    },
        {'p', PK_MSG_HELP_MAP      },
        {'h', PK_MSG_HELP_ANSWER_H },
        {'p', PK_MSG_HELP_ANSWER   },
        {'h', PK_MSG_HELP_DELIVER_H},
        {'p', PK_MSG_HELP_DELIVER  },
        {'c', PK_MSG_HELP_DELIVER_C},
        {'h', PK_MSG_HELP_SEE_H    },
        {'p', PK_MSG_HELP_SEE      },
        {'c', PK_MSG_HELP_SEE_C    },
        {'h', PK_MSG_HELP_PUBLISH_H},
        {'p', PK_MSG_HELP_PUBLISH  },
        {'c', PK_MSG_HELP_PUBLISH_C},
        {'h', PK_MSG_HELP_UNDO_H   },
        {'p', PK_MSG_HELP_UNDO     },
        {'c', PK_MSG_HELP_UNDO_C   },
        {'h', PK_MSG_HELP_RESTORE_H},
        {'p', PK_MSG_HELP_RESTORE  },
        {'c', PK_MSG_HELP_RESTORE_C},
    };
    (void)err;
    return text_page(worker, request, PK_MSG_HELP_TITLE, rows, PK_COUNT(rows), response);
}
