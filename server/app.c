#include "server/app.h"

#include <ctype.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "server/audit_memo.h"
#include "server/background.h"
#include "server/cache.h"
#include "server/extent.h"
#include "server/response.h"
#include "server/styleset.h"

enum { LOGO_MAX = 1 << 20, LINKS_MAX = 99, CODE_LEN = 4 };

int64_t pk_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void pk_app_count(struct pk_app *app, enum pk_counter counter)
{
    atomic_fetch_add_explicit(&app->counters[counter], 1, memory_order_relaxed);
}

static bool is_colour(const char *text)
{
    size_t digits = 0;
    while (text[0] == '#' && isxdigit((unsigned char)text[1 + digits])) {
        digits++;
    }
    return digits == 6 && text[7] == '\0';
}

static bool is_url(const char *text)
{
    return strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;
}

/* An origin or source expression that cannot break out of a header. */
static bool is_origin(const char *text)
{
    for (; *text != '\0'; text++) {
        if (!isalnum((unsigned char)*text) && strchr(":/.-*'", *text) == NULL) {
            return false;
        }
    }
    return true;
}

static enum pk_status read_links(struct pk_app *app, struct pk_error *err)
{
    const struct pk_opts *opts = app->opts;
    const char **texts = pk_arena_alloc(&app->arena, LINKS_MAX, sizeof(*texts));
    const char **urls = pk_arena_alloc(&app->arena, LINKS_MAX, sizeof(*urls));
    const char *n;
    uint32_t count = 0;
    for (size_t i = 0; (n = pk_opts_place(opts, "links", i)) != NULL; i++) {
        const char *text =
            pk_opts_text(opts, pk_arena_printf(&app->arena, "links.%s.text", n));
        const char *url =
            pk_opts_text(opts, pk_arena_printf(&app->arena, "links.%s.url", n));
        if (text == NULL || url == NULL || !is_url(url)) {
            return pk_fail(err, PK_BAD_INPUT,
                           "links.%s: needs text and url (http or https)", n);
        }
        texts[count] = text;
        urls[count++] = url;
    }
    app->municipality.next_texts = texts;
    app->municipality.next_urls = urls;
    app->municipality.next_count = count;
    return PK_OK;
}

static enum pk_status read_complete(struct pk_app *app, struct pk_error *err)
{
    size_t count = 0;
    while (pk_opts_place(app->opts, "plans_complete", count) != NULL) {
        count++;
    }
    struct pk_complete *list = pk_arena_alloc(&app->arena, count + 1, sizeof(*list));
    for (size_t i = 0; i < count; i++) {
        const char *code = pk_opts_place(app->opts, "plans_complete", i);
        const char *day = pk_opts_text(
            app->opts, pk_arena_printf(&app->arena, "plans_complete.%s", code));
        list[i] = (struct pk_complete){code, pk_date_parse(day)};
        if (list[i].since == PK_DATE_NONE) {
            return pk_fail(err, PK_BAD_INPUT,
                           "plans_complete.%s: \"%.40s\" is not a day (2026-01-31)", code,
                           day);
        }
    }
    app->municipality.complete = list;
    app->municipality.complete_count = (uint32_t)count;
    return PK_OK;
}

static enum pk_status read_served(struct pk_app *app, struct pk_error *err)
{
    uint32_t count = 0;
    while (pk_opts_item(app->opts, "municipalities", count) != NULL) {
        count++;
    }
    const char **codes = pk_arena_alloc(&app->arena, count + 1, sizeof(*codes));
    for (uint32_t i = 0; i < count; i++) {
        codes[i] = pk_opts_item(app->opts, "municipalities", i);
        if (strlen(codes[i]) != CODE_LEN || strspn(codes[i], "0123456789") != CODE_LEN) {
            return pk_fail(err, PK_BAD_INPUT,
                           "municipalities: \"%.40s\" is not a code of four digits",
                           codes[i]);
        }
    }
    app->municipality.served = codes;
    app->municipality.served_count = count;
    return PK_OK;
}

/* Links from public_url, or on loopback the listening address. */
static enum pk_status read_base(struct pk_app *app, struct pk_error *err)
{
    const char *url = pk_opts_text(app->opts, "public_url");
    const char *listen = pk_opts_text(app->opts, "listen");
    const char *base = "";
    if (url != NULL) {
        if (!is_url(url) || strpbrk(url, " \"<>") != NULL) {
            return pk_fail(err, PK_BAD_INPUT, "public_url: \"%.80s\" is no web address",
                           url);
        }
        size_t len = strlen(url);
        while (len > 0 && url[len - 1] == '/') {
            len--;
        }
        base = pk_arena_strndup(&app->arena, url, len);
    } else if (strncmp(listen, "127.", 4) == 0 || strncmp(listen, "[::1]", 5) == 0 ||
               strncmp(listen, "localhost:", 10) == 0) {
        base = pk_arena_printf(&app->arena, "http://%s", listen);
    } else {
        pk_log(PK_LOG_WARN, "links", "public_url is not set: links are relative");
    }
    app->municipality.base_url = base;
    return PK_OK;
}

static enum pk_status read_logo(struct pk_app *app, struct pk_error *err)
{
    const char *path = pk_opts_text(app->opts, "logo");
    if (path == NULL) {
        return PK_OK;
    }
    size_t len = strlen(path);
    bool png = len > 4 && strcmp(path + len - 4, ".png") == 0;
    bool svg = len > 4 && strcmp(path + len - 4, ".svg") == 0;
    if (!png && !svg) {
        return pk_fail(err, PK_BAD_INPUT, "logo: %s is not a .png or .svg file", path);
    }
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return pk_fail(err, PK_IO, "logo: %s: %s", path, strerror(errno));
    }
    char *bytes = pk_xmalloc(LOGO_MAX + 1);
    size_t n = fread(bytes, 1, LOGO_MAX + 1, file);
    fclose(file);
    if (n > LOGO_MAX) {
        free(bytes);
        return pk_fail(err, PK_LIMIT, "logo: %s is larger than %d bytes", path, LOGO_MAX);
    }
    app->logo = pk_body_create(bytes, n);
    app->logo_type = png ? "image/png" : "image/svg+xml";
    return PK_OK;
}

static enum pk_status make_csp(struct pk_app *app, struct pk_error *err)
{
    struct pk_buf csp;
    pk_buf_init(&csp, 16 << 10);
    pk_buf_adds(&csp, "default-src 'none'; img-src 'self'; style-src 'self'; "
                      "script-src 'self'; connect-src 'self'; form-action 'self'; "
                      "base-uri 'none'; frame-ancestors ");
    const char *origin = pk_opts_item(app->opts, "frame_ancestors", 0);
    enum pk_status status = PK_OK;
    for (size_t i = 0; origin != NULL; i++) {
        if (!is_origin(origin)) {
            status = pk_fail(err, PK_BAD_INPUT, "frame_ancestors: \"%.80s\" is no origin",
                             origin);
        }
        pk_buf_addf(&csp, "%s%s", i > 0 ? " " : "", origin);
        origin = pk_opts_item(app->opts, "frame_ancestors", i + 1);
    }
    if (pk_opts_item(app->opts, "frame_ancestors", 0) == NULL) {
        pk_buf_adds(&csp, "'self'");
    }
    app->csp = pk_arena_strdup(&app->arena, csp.data);
    pk_buf_finish(&csp);
    return status;
}

static enum pk_status read_look(struct pk_app *app, struct pk_error *err)
{
    const struct pk_opts *opts = app->opts;
    const char *sv = pk_opts_text(opts, "name.sv"), *en = pk_opts_text(opts, "name.en");
    app->names[PK_SV] = sv != NULL ? sv : pk_msg_text(PK_MSG_APP_NAME, PK_SV);
    app->names[PK_EN] = en != NULL   ? en
                        : sv != NULL ? sv
                                     : pk_msg_text(PK_MSG_APP_NAME, PK_EN);
    app->colour = pk_opts_text(opts, "colour");
    if (!is_colour(app->colour)) {
        return pk_fail(err, PK_BAD_INPUT, "colour: \"%.40s\" is not #rrggbb",
                       app->colour);
    }
    app->style = pk_opts_text(opts, "style");
    app->theme = pk_opts_text(opts, "theme");
    if (!pk_styles_has_theme(app->theme)) {
        return pk_fail(err, PK_BAD_INPUT, "theme: there is no theme \"%.40s\"",
                       app->theme);
    }
    const char *contact = pk_opts_text(opts, "contact.url");
    if (contact != NULL && !is_url(contact)) {
        return pk_fail(err, PK_BAD_INPUT, "contact.url: \"%.80s\" is no web address",
                       contact);
    }
    app->municipality.contact_url = contact;
    app->municipality.contact_name = pk_opts_text(opts, "contact.name");
    app->municipality.contact_phone = pk_opts_text(opts, "contact.phone");
    app->municipality.contact_email = pk_opts_text(opts, "contact.email");
    app->municipality.default_accuracy_m = pk_opts_number(opts, "default_accuracy_m");
    return PK_OK;
}

enum pk_status pk_app_init(struct pk_app *app, const struct pk_opts *opts, bool cache,
                           bool serving, const char *const *styles, uint32_t style_count,
                           struct pk_error *err)
{
    memset(app, 0, sizeof(*app));
    app->opts = opts;
    app->started = time(NULL);
    app->db = pk_opts_text(opts, "db");
    if (app->db == NULL) {
        return pk_fail(err, PK_BAD_INPUT, "db: no database file is named (--db FILE)");
    }
    enum pk_status status = read_look(app, err);
    status = status == PK_OK ? read_base(app, err) : status;
    status = status == PK_OK ? read_links(app, err) : status;
    status = status == PK_OK ? read_complete(app, err) : status;
    status = status == PK_OK ? read_served(app, err) : status;
    status = status == PK_OK ? read_logo(app, err) : status;
    status = status == PK_OK ? make_csp(app, err) : status;
    if (status == PK_OK) {
        status = pk_styles_create(&app->styles, styles, style_count, serving, err);
    }
    if (status == PK_OK) {
        status = pk_backgrounds_create(&app->backgrounds, opts, err);
    }
    if (status != PK_OK) {
        pk_app_finish(app);
        return status;
    }
    size_t bytes = (size_t)pk_opts_int(opts, "cache_mb") << 20;
    app->cache = cache && bytes > 0 ? pk_cache_create(bytes) : NULL;
    app->changes = pk_changes_create(0);
    app->extent = pk_extent_memo_create();
    app->audit = pk_audit_memo_create();
    return PK_OK;
}

void pk_app_finish(struct pk_app *app)
{
    pk_audit_memo_destroy(app->audit); /* before the styles it reads */
    pk_backgrounds_destroy(app->backgrounds);
    pk_styles_destroy(app->styles);
    pk_cache_destroy(app->cache);
    pk_extent_memo_destroy(app->extent);
    pk_changes_destroy(app->changes);
    pk_body_unref(app->logo);
    pk_arena_finish(&app->arena);
    memset(app, 0, sizeof(*app));
}

enum pk_status pk_worker_open(struct pk_worker *worker, struct pk_app *app,
                              struct pk_error *err)
{
    memset(worker, 0, sizeof(*worker));
    worker->app = app;
    enum pk_status status = pk_store_open(&worker->store, app->db, err);
    if (status != PK_OK) {
        return status;
    }
    worker->renderer = pk_renderer_create(worker->store);
    worker->crs = pk_crs_create();
    worker->municipality = app->municipality;
    return PK_OK;
}

void pk_worker_close(struct pk_worker *worker)
{
    pk_renderer_destroy(worker->renderer);
    pk_crs_destroy(worker->crs);
    pk_store_close(worker->store);
    pk_arena_finish(&worker->arena);
    memset(worker, 0, sizeof(*worker));
}
