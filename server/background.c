#include "server/background.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "server/app.h"

enum { CACHE_SLOTS = 512, URL_MAX_BYTES = 4096 };

struct background {
    struct pk_background_info info;
    bool wmts;
    const char *url, *layers, *matrixset;
    long timeout_ms;
    int64_t paused_until_ms; /* guarded by the lock, as `running` */
    uint32_t running;
};

struct slot {
    struct pk_id key;
    struct pk_body *body;
    const char *type;
    int64_t until_ms;
};

struct pk_backgrounds {
    struct background list[PK_BACKGROUNDS_MAX];
    uint32_t count;
    struct pk_arena arena;
    pthread_mutex_t lock;
    struct slot slots[CACHE_SLOTS];
    size_t bytes;
    uint32_t hand; /* the next slot to give up when memory is short */
};

/* ---- configuration ---- */

static const char *setting(struct pk_backgrounds *b, const struct pk_opts *opts,
                           const char *id, const char *name)
{
    return pk_opts_text(opts, pk_arena_printf(&b->arena, "background.%s.%s", id, name));
}

static enum pk_status read_one(struct pk_backgrounds *b, const struct pk_opts *opts,
                               const char *id, struct pk_error *err)
{
    if (b->count == PK_BACKGROUNDS_MAX) {
        return pk_fail(err, PK_LIMIT, "background: more than %d", PK_BACKGROUNDS_MAX);
    }
    struct background *g = &b->list[b->count++];
    const char *type = setting(b, opts, id, "type");
    g->url = setting(b, opts, id, "url");
    g->layers = setting(b, opts, id, "layers");
    g->matrixset = setting(b, opts, id, "matrixset");
    g->info.id = id;
    g->info.attribution = setting(b, opts, id, "attribution");
    g->info.title[PK_SV] = setting(b, opts, id, "title.sv");
    g->info.title[PK_EN] = setting(b, opts, id, "title.en");
    if (g->info.title[PK_SV] == NULL) {
        g->info.title[PK_SV] = id;
    }
    if (g->info.title[PK_EN] == NULL) {
        g->info.title[PK_EN] = g->info.title[PK_SV];
    }
    g->wmts = type != NULL && strcmp(type, "wmts") == 0;
    g->timeout_ms =
        (long)(1000 *
               pk_opts_number(opts,
                              pk_arena_printf(&b->arena, "background.%s.timeout_s", id)));
    if (type == NULL || g->url == NULL || g->layers == NULL ||
        (g->wmts && g->matrixset == NULL)) {
        return pk_fail(err, PK_BAD_INPUT, "background.%s: needs type, url, layers%s", id,
                       g->wmts ? " and matrixset" : "");
    }
    if (strncmp(g->url, "http://", 7) != 0 && strncmp(g->url, "https://", 8) != 0) {
        return pk_fail(err, PK_BAD_INPUT, "background.%s.url: not http or https", id);
    }
    return PK_OK;
}

enum pk_status pk_backgrounds_create(struct pk_backgrounds **out,
                                     const struct pk_opts *opts, struct pk_error *err)
{
    struct pk_backgrounds *b = pk_xcalloc(1, sizeof(*b));
    pthread_mutex_init(&b->lock, NULL);
    enum pk_status status = PK_OK;
    const char *id;
    for (size_t i = 0;
         status == PK_OK && (id = pk_opts_place(opts, "background", i)) != NULL; i++) {
        status = read_one(b, opts, id, err);
    }
    if (status == PK_OK && b->count > 0 && curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
        status = pk_fail(err, PK_IO, "background: libcurl cannot be started");
    }
    if (status != PK_OK) {
        pk_backgrounds_destroy(b);
        return status;
    }
    *out = b;
    return PK_OK;
}

void pk_backgrounds_destroy(struct pk_backgrounds *b)
{
    if (b == NULL) {
        return;
    }
    for (size_t i = 0; i < CACHE_SLOTS; i++) {
        pk_body_unref(b->slots[i].body);
    }
    pthread_mutex_destroy(&b->lock);
    pk_arena_finish(&b->arena);
    free(b);
}

bool pk_background_at(const struct pk_backgrounds *b, uint32_t i,
                      struct pk_background_info *out)
{
    if (b == NULL || i >= b->count) {
        return false;
    }
    *out = b->list[i].info;
    return true;
}

/* ---- the cache ---- */

static bool cache_get(struct pk_backgrounds *b, struct pk_id key, struct pk_body **body,
                      const char **type)
{
    struct slot *slot = &b->slots[key.b[0] << 1 | (key.b[1] & 1)];
    bool hit =
        slot->body != NULL && pk_id_equal(slot->key, key) && slot->until_ms > pk_now_ms();
    if (hit) {
        *body = pk_body_ref(slot->body);
        *type = slot->type;
    }
    return hit;
}

static void cache_drop(struct pk_backgrounds *b, struct slot *slot)
{
    if (slot->body != NULL) {
        b->bytes -= slot->body->len;
        pk_body_unref(slot->body);
        slot->body = NULL;
    }
}

static void cache_put(struct pk_backgrounds *b, struct pk_id key, struct pk_body *body,
                      const char *type)
{
    struct slot *slot = &b->slots[key.b[0] << 1 | (key.b[1] & 1)];
    cache_drop(b, slot);
    for (uint32_t i = 0;
         i < CACHE_SLOTS && b->bytes + body->len > PK_BACKGROUND_CACHE_BYTES; i++) {
        cache_drop(b, &b->slots[b->hand++ % CACHE_SLOTS]);
    }
    *slot = (struct slot){key, pk_body_ref(body), type,
                          pk_now_ms() + PK_BACKGROUND_CACHE_S * INT64_C(1000)};
    b->bytes += body->len;
}

/* ---- asking ---- */

static void add_param(struct pk_buf *url, const char *name, const char *value)
{
    char last = url->len > 0 ? url->data[url->len - 1] : '\0';
    if (strchr(url->data, '?') == NULL) {
        pk_buf_addc(url, '?');
    } else if (last != '?' && last != '&') {
        pk_buf_addc(url, '&');
    }
    pk_buf_addf(url, "%s=", name);
    pk_url_escape(url, value, ",:/");
}

static enum pk_status make_url(struct pk_buf *url, const struct background *g,
                               const struct pk_grid *grid, struct pk_tile_id tile,
                               struct pk_error *err)
{
    struct pk_box box;
    enum pk_status status = pk_grid_tile_box(&box, grid, tile, err);
    if (status != PK_OK) {
        return status;
    }
    char number[160];
    pk_buf_adds(url, g->url);
    if (g->wmts) {
        add_param(url, "SERVICE", "WMTS");
        add_param(url, "REQUEST", "GetTile");
        add_param(url, "VERSION", "1.0.0");
        add_param(url, "LAYER", g->layers);
        add_param(url, "STYLE", "default");
        add_param(url, "FORMAT", "image/png");
        add_param(url, "TILEMATRIXSET", g->matrixset);
        snprintf(number, sizeof(number), "%u", tile.z);
        add_param(url, "TILEMATRIX", number);
        snprintf(number, sizeof(number), "%u", tile.y);
        add_param(url, "TILEROW", number);
        snprintf(number, sizeof(number), "%u", tile.x);
        add_param(url, "TILECOL", number);
    } else { /* 1.1.1: axes are east, north whatever the system's definition says */
        add_param(url, "SERVICE", "WMS");
        add_param(url, "REQUEST", "GetMap");
        add_param(url, "VERSION", "1.1.1");
        add_param(url, "LAYERS", g->layers);
        add_param(url, "STYLES", "");
        snprintf(number, sizeof(number), "EPSG:%d", grid->epsg);
        add_param(url, "SRS", number);
        snprintf(number, sizeof(number), "%.6f,%.6f,%.6f,%.6f", box.min_x, box.min_y,
                 box.max_x, box.max_y);
        add_param(url, "BBOX", number);
        add_param(url, "WIDTH", "256");
        add_param(url, "HEIGHT", "256");
        add_param(url, "FORMAT", "image/png");
    }
    return url->failed ? pk_fail(err, PK_LIMIT, "the address is too long") : PK_OK;
}

static size_t on_bytes(char *data, size_t size, size_t n, void *ctx)
{
    struct pk_buf *out = ctx;
    pk_buf_add(out, data, size * n);
    return out->failed ? 0 : size * n; /* 0 ends the transfer */
}

/* By its first bytes: what a server claims is not trusted. */
static const char *picture_type(const struct pk_buf *bytes)
{
    if (bytes->len > 8 && memcmp(bytes->data, "\x89PNG\r\n\x1a\n", 8) == 0) {
        return "image/png";
    }
    return bytes->len > 3 && memcmp(bytes->data, "\xff\xd8\xff", 3) == 0 ? "image/jpeg"
                                                                         : NULL;
}

static enum pk_status fetch(struct pk_buf *out, const char *url, long timeout_ms,
                            struct pk_error *err)
{
    CURL *curl = curl_easy_init();
    if (curl == NULL) {
        return pk_fail(err, PK_IO, "libcurl gives no handle");
    }
    long code = 0;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L); /* only what is configured */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)PK_BACKGROUND_BYTES_MAX);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "plankarta");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
    CURLcode result = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_cleanup(curl);
    if (result != CURLE_OK) {
        return pk_fail(err, PK_BUSY, "%s", curl_easy_strerror(result));
    }
    if (code != 200 || picture_type(out) == NULL) {
        return pk_fail(err, PK_BUSY, "status %ld, %zu bytes that are no picture", code,
                       out->len);
    }
    return PK_OK;
}

/* Take a place among the server's requests; false when it is resting or crowded. */
static bool enter(struct background *g)
{
    bool room = g->paused_until_ms <= pk_now_ms() && g->running < PK_BACKGROUND_PARALLEL;
    g->running += room;
    return room;
}

enum pk_status pk_background_tile(struct pk_body **body, const char **content_type,
                                  struct pk_backgrounds *b, const char *id,
                                  const struct pk_grid *grid, struct pk_tile_id tile,
                                  struct pk_error *err)
{
    struct background *g = NULL;
    for (uint32_t i = 0; i < b->count && g == NULL; i++) {
        g = strcmp(b->list[i].info.id, id) == 0 ? &b->list[i] : NULL;
    }
    if (g == NULL) {
        return pk_fail(err, PK_NOT_FOUND, "there is no background \"%.40s\"", id);
    }
    struct pk_buf url, bytes;
    pk_buf_init(&url, URL_MAX_BYTES);
    pk_buf_init(&bytes, PK_BACKGROUND_BYTES_MAX);
    enum pk_status status = make_url(&url, g, grid, tile, err);
    if (status != PK_OK) {
        goto done;
    }
    struct pk_id key = pk_hash128(url.data, url.len);
    pthread_mutex_lock(&b->lock);
    bool hit = cache_get(b, key, body, content_type);
    bool asks = !hit && enter(g);
    pthread_mutex_unlock(&b->lock);
    if (hit) {
        goto done;
    }
    if (!asks) {
        status = pk_fail(err, PK_BUSY, "background %s rests after a failure", id);
        goto done;
    }
    status = fetch(&bytes, url.data, g->timeout_ms, err);
    if (status == PK_OK) {
        size_t len;
        *content_type = picture_type(&bytes);
        char *taken = pk_buf_take(&bytes, &len);
        *body = pk_body_create(taken, len);
    } else {
        pk_log(PK_LOG_WARN, "background", "id=%s error=%s", id, err->text);
    }
    pthread_mutex_lock(&b->lock);
    g->running--;
    if (status == PK_OK) {
        cache_put(b, key, *body, *content_type);
    } else {
        g->paused_until_ms = pk_now_ms() + PK_BACKGROUND_PAUSE_S * INT64_C(1000);
    }
    pthread_mutex_unlock(&b->lock);
done:
    pk_buf_finish(&url);
    pk_buf_finish(&bytes);
    return status;
}
