#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "server/cmd.h"
#include "server/request.h"
#include "server/styleset.h"

const struct pk_command_option pk_options_render[] = {
    {"bbox",  "X,Y,X,Y", "box of a picture: min x, min y, max x, max y" },
    {"crs",   "EPSG:N",  "reference system of --bbox (3006)"            },
    {"o",     "FILE",    "the PNG file to write"                        },
    {"size",  "WxH",     "size of a picture in pixels; WxH@2x is denser"},
    {"style", "NAME",
     "style, or several with ',' between, bottom first; or a style file"},
    {"tile",  "Z/X/Y",   "a tile, rows from the top; Z/X/Y@2x is denser"},
    {"tms",   "ID",      "tile matrix set of --tile"                    },
    {NULL,    NULL,      NULL                                           },
};

static bool read_scale(const char **cursor, uint32_t *scale)
{
    *scale = 1;
    return !pk_parse_char(cursor, '@') ||
           (pk_parse_u32(cursor, 3, scale) && *scale >= 1 && pk_parse_char(cursor, 'x'));
}

static const struct pk_style *find_style(struct pk_session *s, const char *name,
                                         struct pk_error *err)
{
    /* A style file is known under its own name, as the first one read. */
    bool file = strstr(name, ".json") != NULL;
    const char *known = file ? pk_styles_name(s->app.styles, 0, &s->worker.arena) : name;
    const struct pk_style *style =
        known != NULL ? pk_styles_find(s->app.styles, known, s->app.theme) : NULL;
    if (style == NULL) {
        pk_fail(err, PK_NOT_FOUND, "there is no style \"%.60s\"", name);
    }
    return style;
}

static enum pk_status render_tile(struct pk_session *s, struct pk_invocation *in,
                                  const char *style, struct pk_rendered *out,
                                  struct pk_error *err)
{
    struct pk_tile_request request = {0};
    const char *tms = pk_given_value(in, "tms"), *tile = pk_given_value(in, "tile");
    const char *cursor = tile;
    request.grid = tms != NULL ? pk_grid_find(tms) : NULL;
    if (request.grid == NULL) {
        return pk_fail(err, PK_BAD_INPUT, "--tms: there is no tile matrix set \"%.60s\"",
                       tms != NULL ? tms : "");
    }
    if (!pk_parse_u32(&cursor, PK_LEVELS_MAX, &request.tile.z) ||
        !pk_parse_char(&cursor, '/') ||
        !pk_parse_u32(&cursor, UINT32_MAX - 1, &request.tile.x) ||
        !pk_parse_char(&cursor, '/') ||
        !pk_parse_u32(&cursor, UINT32_MAX - 1, &request.tile.y) ||
        !read_scale(&cursor, &request.scale) || !pk_parse_end(cursor)) {
        return pk_fail(err, PK_BAD_INPUT, "--tile: \"%.60s\" is not Z/X/Y", tile);
    }
    request.style = find_style(s, style, err);
    return request.style == NULL ? PK_NOT_FOUND
                                 : pk_render_tile(out, s->worker.renderer, &request, err);
}

static enum pk_status render_picture(struct pk_session *s, struct pk_invocation *in,
                                     const char *style, struct pk_rendered *out,
                                     struct pk_error *err)
{
    struct pk_picture_request request = {.opaque = true};
    const char *bbox = pk_given_value(in, "bbox"), *size = pk_given_value(in, "size");
    const char *crs = pk_given_value(in, "crs");
    double box[4];
    if (!pk_request_numbers(bbox, box, 4) || box[0] >= box[2] || box[1] >= box[3]) {
        return pk_fail(err, PK_BAD_INPUT, "--bbox: \"%.80s\" is not MINX,MINY,MAXX,MAXY",
                       bbox);
    }
    request.box = (struct pk_box){box[0], box[1], box[2], box[3]};
    request.epsg = crs != NULL ? pk_crs_of_name(crs) : 3006;
    const char *cursor = size != NULL ? size : "";
    if (!pk_parse_u32(&cursor, PK_PICTURE_PX_MAX, &request.width) ||
        !pk_parse_char(&cursor, 'x') ||
        !pk_parse_u32(&cursor, PK_PICTURE_PX_MAX, &request.height) ||
        !read_scale(&cursor, &request.scale) || !pk_parse_end(cursor) ||
        request.width == 0 || request.height == 0) {
        return pk_fail(err, PK_BAD_INPUT,
                       "--size: \"%.40s\" is not WxH, at most %d a side",
                       size != NULL ? size : "", PK_PICTURE_PX_MAX);
    }
    while (*style != '\0') {
        size_t len = strcspn(style, ",");
        if (request.style_count == PK_TILE_STYLES_MAX) {
            return pk_fail(err, PK_LIMIT, "--style: more than %d styles",
                           PK_TILE_STYLES_MAX);
        }
        const struct pk_style *found =
            find_style(s, pk_arena_strndup(&s->worker.arena, style, len), err);
        if (found == NULL) {
            return PK_NOT_FOUND;
        }
        request.styles[request.style_count++] = found;
        style += len + (style[len] == ',');
    }
    return pk_render_picture(out, s->worker.renderer, &request, err);
}

static int write_file(struct pk_invocation *in, const char *path,
                      const struct pk_rendered *rendered)
{
    FILE *file = fopen(path, "wbe");
    bool written =
        file != NULL && fwrite(rendered->bytes, 1, rendered->len, file) == rendered->len;
    if (file != NULL) {
        written &= fclose(file) == 0;
    }
    return written ? PK_EXIT_OK
                   : pk_command_fail(in, PK_EXIT_FAILED, "%s: %s", path, strerror(errno));
}

int pk_cmd_render(struct pk_invocation *in)
{
    const char *path = pk_given_value(in, "o"), *style = pk_given_value(in, "style");
    bool tile = pk_given_value(in, "tile") != NULL;
    bool picture = pk_given_value(in, "bbox") != NULL;
    if (path == NULL || tile == picture) {
        return pk_command_fail(in, PK_EXIT_USAGE,
                               "-o FILE and one of --tile and --bbox are needed");
    }
    struct pk_session s;
    struct pk_error err = {0};
    struct pk_rendered rendered = {0};
    int code = pk_session_open(&s, in, true);
    if (code != PK_EXIT_OK) {
        return code;
    }
    style = style != NULL ? style : s.app.style;
    enum pk_status status = tile ? render_tile(&s, in, style, &rendered, &err)
                                 : render_picture(&s, in, style, &rendered, &err);
    if (status != PK_OK) {
        bool usage = status == PK_BAD_INPUT && strncmp(err.text, "--", 2) == 0;
        code =
            pk_command_fail(in, usage ? PK_EXIT_USAGE : PK_EXIT_FAILED, "%s", err.text);
    } else {
        code = write_file(in, path, &rendered);
    }
    free(rendered.bytes);
    pk_session_close(&s);
    return code;
}
