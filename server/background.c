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
    const struct pk_grid *grid; /* of a WMTS; NULL of a WMS */
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

/* Tiles put in the wrong place would be worse than none: the server's matrix set is ours
 * when it says so by its name, or when the setting does. "GoogleMapsCompatible" is the
 * same set's name in WMTS 1.0.0, annex E.4. */
static const struct pk_grid *grid_of(const char *tms, const char *matrixset)
{
    bool web = strcmp(matrixset, "GoogleMapsCompatible") == 0;
    return pk_grid_find(tms != NULL ? tms : web ? "WebMercatorQuad" : matrixset);
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
    bool wmts = type != NULL && strcmp(type, "wmts") == 0;
    g->info.timeout_ms = g->timeout_ms =
        (long)(1000 *
               pk_opts_number(opts,
                              pk_arena_printf(&b->arena, "background.%s.timeout_s", id)));
    if (type == NULL || g->url == NULL || g->layers == NULL ||
        (wmts && g->matrixset == NULL)) {
        return pk_fail(err, PK_BAD_INPUT, "background.%s: needs type, url, layers%s", id,
                       wmts ? " and matrixset" : "");
    }
    if (wmts && (g->grid = grid_of(setting(b, opts, id, "tms"), g->matrixset)) == NULL) {
        return pk_fail(
            err, PK_BAD_INPUT,
            "background.%s.tms: name the one of our tile matrix sets that \"%s\" "
            "is (WebMercatorQuad, SWEREF99TMKommun or SWEREF99TMQuad)",
            id, g->matrixset);
    }
    g->info.grid = g->grid;
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

static void add_number(struct pk_buf *url, const char *name, uint32_t value)
{
    char number[16];
    snprintf(number, sizeof(number), "%u", value);
    add_param(url, name, number);
}

static void tile_url(struct pk_buf *url, const struct background *g,
                     struct pk_tile_id tile)
{
    pk_buf_adds(url, g->url);
    add_param(url, "SERVICE", "WMTS");
    add_param(url, "REQUEST", "GetTile");
    add_param(url, "VERSION", "1.0.0");
    add_param(url, "LAYER", g->layers);
    add_param(url, "STYLE", "default");
    add_param(url, "FORMAT", "image/png");
    add_param(url, "TILEMATRIXSET", g->matrixset);
    add_number(url, "TILEMATRIX", tile.z);
    add_number(url, "TILEROW", tile.y);
    add_number(url, "TILECOL", tile.x);
}

/* WMS 1.1.1: axes are east, north whatever the system's definition says. */
static void box_url(struct pk_buf *url, const struct background *g, int epsg,
                    struct pk_box box, uint32_t width, uint32_t height)
{
    char text[160];
    pk_buf_adds(url, g->url);
    add_param(url, "SERVICE", "WMS");
    add_param(url, "REQUEST", "GetMap");
    add_param(url, "VERSION", "1.1.1");
    add_param(url, "LAYERS", g->layers);
    add_param(url, "STYLES", "");
    snprintf(text, sizeof(text), "EPSG:%d", epsg);
    add_param(url, "SRS", text);
    snprintf(text, sizeof(text), "%.6f,%.6f,%.6f,%.6f", box.min_x, box.min_y, box.max_x,
             box.max_y);
    add_param(url, "BBOX", text);
    add_number(url, "WIDTH", width);
    add_number(url, "HEIGHT", height);
    add_param(url, "FORMAT", "image/png");
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
    if (code == 400 || code == 404) { /* nothing there; the server is well */
        return pk_fail(err, PK_NOT_FOUND, "the background has no picture there (%ld)",
                       code);
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

static struct background *find(struct pk_backgrounds *b, const char *id)
{
    for (uint32_t i = 0; b != NULL && i < b->count; i++) {
        if (strcmp(b->list[i].info.id, id) == 0) {
            return &b->list[i];
        }
    }
    return NULL;
}

/* What the address gives: from the cache, or fetched now. */
static enum pk_status obtain(struct pk_body **body, const char **content_type,
                             struct pk_backgrounds *b, struct background *g,
                             const struct pk_buf *url, struct pk_error *err)
{
    if (url->failed) {
        return pk_fail(err, PK_LIMIT, "the address is too long");
    }
    struct pk_id key = pk_hash128(url->data, url->len);
    pthread_mutex_lock(&b->lock);
    bool hit = cache_get(b, key, body, content_type);
    bool asks = !hit && enter(g);
    pthread_mutex_unlock(&b->lock);
    if (hit) {
        return PK_OK;
    }
    if (!asks) {
        return pk_fail(err, PK_BUSY, "background %s rests after a failure", g->info.id);
    }
    struct pk_buf bytes;
    pk_buf_init(&bytes, PK_BACKGROUND_BYTES_MAX);
    enum pk_status status = fetch(&bytes, url->data, g->timeout_ms, err);
    if (status == PK_OK) {
        size_t len;
        *content_type = picture_type(&bytes);
        char *taken = pk_buf_take(&bytes, &len);
        *body = pk_body_create(taken, len);
    } else {
        pk_log(PK_LOG_WARN, "background", "id=%s error=%s", g->info.id, err->text);
    }
    pthread_mutex_lock(&b->lock);
    g->running--;
    if (status == PK_OK) {
        cache_put(b, key, *body, *content_type);
    } else if (status != PK_NOT_FOUND) {
        g->paused_until_ms = pk_now_ms() + PK_BACKGROUND_PAUSE_S * INT64_C(1000);
    }
    pthread_mutex_unlock(&b->lock);
    pk_buf_finish(&bytes);
    return status;
}

enum pk_status pk_background_tile(struct pk_body **body, const char **content_type,
                                  struct pk_backgrounds *b, const char *id,
                                  const struct pk_grid *grid, struct pk_tile_id tile,
                                  struct pk_error *err)
{
    struct background *g = find(b, id);
    if (g == NULL) {
        return pk_fail(err, PK_NOT_FOUND, "there is no background \"%.40s\"", id);
    }
    struct pk_box box;
    enum pk_status status = pk_grid_tile_box(&box, grid, tile, err);
    if (status != PK_OK) {
        return status;
    }
    if (g->grid != NULL && g->grid != grid) {
        return pk_fail(err, PK_UNSUPPORTED, "the background's own tiles are in %s",
                       g->grid->id);
    }
    struct pk_buf url;
    pk_buf_init(&url, URL_MAX_BYTES);
    if (g->grid != NULL) {
        tile_url(&url, g, tile);
    } else {
        box_url(&url, g, grid->epsg, box, PK_TILE_PX, PK_TILE_PX);
    }
    status = obtain(body, content_type, b, g, &url, err);
    pk_buf_finish(&url);
    return status;
}

enum pk_status pk_background_box(struct pk_body **body, const char **content_type,
                                 struct pk_backgrounds *b, const char *id, int epsg,
                                 struct pk_box box, uint32_t width, uint32_t height,
                                 struct pk_error *err)
{
    struct background *g = find(b, id);
    if (g == NULL || g->grid != NULL) {
        return pk_fail(err, PK_NOT_FOUND, "there is no WMS background \"%.40s\"", id);
    }
    struct pk_buf url;
    pk_buf_init(&url, URL_MAX_BYTES);
    box_url(&url, g, epsg, box, width, height);
    enum pk_status status = obtain(body, content_type, b, g, &url, err);
    pk_buf_finish(&url);
    return status;
}

bool pk_background_find(struct pk_backgrounds *b, const char *id,
                        struct pk_background_info *out)
{
    const struct background *g = find(b, id);
    if (g != NULL && out != NULL) {
        *out = g->info;
    }
    return g != NULL;
}
