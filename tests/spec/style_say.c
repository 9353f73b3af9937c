/*
 * style_say.c - what our style reader makes of things, for style_oracle.mjs to compare
 * with the reference implementation.
 *   style_say properties   the table of properties as JSON
 *   style_say              lines of {"expression": or "filter":, "features": [..],
 *                          "zoom": z} in; for each a JSON array of values, "!" where
 *                          there is none, or {"refused": "why"} out
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/jsonread.h"
#include "styles/props.h"
#include "styles/style_tool.h"

enum { LINE_BYTES = 1 << 20, OUT_MAX = 4 << 20 };

static const char *const layers[] = {"background", "fill",   "line",
                                     "symbol",     "circle", "raster"};
static const char *const types[] = {"number", "boolean", "color",   "enum",    "text",
                                    "image",  "pair",    "array",   "padding", "dashes",
                                    "fonts",  "anchors", "offsets", "words"};
static const char *const uses[] = {"drawn", "known", "ignored", "refused"};

static void say_properties(struct pk_buf *out)
{
    struct pk_json j;
    pk_json_init(&j, out);
    pk_json_array(&j);
    for (int i = 0; i < PK_PROP_COUNT; i++) {
        const struct pk_prop *p = &pk_props[i];
        pk_json_object(&j);
        pk_json_member(&j, "name", p->name);
        pk_json_member(&j, "layer", layers[p->layer]);
        pk_json_member(&j, "place", p->place == PK_PLACE_PAINT ? "paint" : "layout");
        pk_json_member(&j, "type", types[p->type]);
        pk_json_member(&j, "values", p->values);
        pk_json_member(&j, "use", uses[p->use]);
        pk_json_key(&j, "least");
        pk_json_fixed(&j, p->min, 3);
        pk_json_key(&j, "most");
        pk_json_fixed(&j, p->max, 3);
        pk_json_key(&j, "our_least");
        pk_json_bool(&j, p->ours == PK_OURS_LEAST || p->ours == PK_OURS_BOTH);
        pk_json_key(&j, "our_most");
        pk_json_bool(&j, p->ours == PK_OURS_MOST || p->ours == PK_OURS_BOTH);
        pk_json_key(&j, "default");
        pk_json_raw(&j, p->fallback);
        pk_json_end(&j);
    }
    pk_json_end(&j);
}

/* true, false, or the error text in err. */
static enum pk_status shows(bool *out, const json_t *filter, const json_t *feature,
                            double zoom, struct pk_error *err)
{
    static const char start[] = "{\"version\":8,\"layers\":[{\"id\":\"l\",\"type\":"
                                "\"circle\",\"source\":\"s\",\"source-layer\":\"x\","
                                "\"filter\":";
    char *text = json_dumps(filter, JSON_COMPACT | JSON_ENCODE_ANY);
    struct pk_buf doc;
    struct pk_style *style = NULL;
    pk_buf_init(&doc, OUT_MAX);
    pk_buf_addf(&doc, "%s%s}]}", start, text);
    enum pk_status st =
        pk_style_read(&style, "t", doc.data, doc.len, NULL, NULL, 0, NULL, err);
    if (st == PK_OK) {
        *out = pk_style_tool_shows(style, 0, feature, zoom);
    }
    pk_style_destroy(style);
    pk_buf_finish(&doc);
    free(text);
    return st;
}

static void say_one(struct pk_buf *out, const json_t *expression, const json_t *filter,
                    const json_t *feature, double zoom, const char **refused,
                    struct pk_error *err)
{
    if (filter != NULL) {
        bool yes = false;
        enum pk_status st = shows(&yes, filter, feature, zoom, err);
        *refused = st == PK_OK ? NULL : err->text;
        pk_buf_adds(out, yes ? "true" : "false");
        return;
    }
    char *text = json_dumps(expression, JSON_COMPACT | JSON_ENCODE_ANY);
    char *with = json_dumps(feature, JSON_COMPACT);
    enum pk_status st = pk_style_tool_eval(out, text, with, zoom, err);
    if (st != PK_OK && strncmp(err->text, "no value", 8) == 0) {
        pk_buf_adds(out, "\"!\"");
    } else if (st != PK_OK) {
        *refused = err->text;
    }
    free(text);
    free(with);
}

static void say_line(struct pk_buf *out, const char *line)
{
    struct pk_error err = {0};
    json_t *job = json_loads(line, 0, NULL);
    const json_t *features = json_object_get(job, "features");
    const char *refused = NULL;
    size_t before = out->len;
    pk_buf_addc(out, '[');
    for (size_t i = 0; i < json_array_size(features) && refused == NULL; i++) {
        pk_buf_adds(out, i > 0 ? "," : "");
        say_one(out, json_object_get(job, "expression"), json_object_get(job, "filter"),
                json_array_get(features, i),
                json_number_value(json_object_get(job, "zoom")), &refused, &err);
    }
    pk_buf_addc(out, ']');
    if (refused != NULL) {
        out->len = before;
        pk_buf_adds(out, "{\"refused\":");
        pk_json_quote(out, refused);
        pk_buf_addc(out, '}');
    }
    pk_buf_addc(out, '\n');
    json_decref(job);
}

int main(int argc, char **argv)
{
    struct pk_buf out;
    pk_buf_init(&out, OUT_MAX);
    if (argc > 1 && strcmp(argv[1], "properties") == 0) {
        say_properties(&out);
    } else {
        char *line = malloc(LINE_BYTES);
        while (line != NULL && fgets(line, LINE_BYTES, stdin) != NULL) {
            say_line(&out, line);
            (void)fwrite(out.data, 1, out.len, stdout);
            pk_buf_clear(&out);
        }
        free(line);
    }
    (void)fwrite(out.data, 1, out.len, stdout);
    pk_buf_finish(&out);
    return 0;
}
