#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "server/cmd.h"
#include "styles/shipped.h"
#include "styles/sld.h"
#include "styles/style_tool.h"

enum { STYLE_MAX = 4 << 20, OUTPUT_MAX = 16 << 20 };

const struct pk_command_option pk_options_style[] = {
    {"feature", "JSON", "eval: properties of the feature, $type and $id"},
    {"json",    NULL,   "check, show: as JSON"                          },
    {"layer",   "ID",   "convert: the source layer that is drawn"       },
    {"o",       "FILE", "convert: the style document to write"          },
    {"zoom",    "Z",    "show, eval: zoom level (16)"                   },
    {NULL,      NULL,   NULL                                            },
};

/* A shipped style by name, or a file. *owned is freed by the caller. */
static const char *read_style(struct pk_invocation *in, const char *name, char **owned,
                              size_t *len)
{
    const char *shipped = pk_shipped_style(name, len);
    if (shipped != NULL) {
        return shipped;
    }
    FILE *file = fopen(name, "rbe");
    if (file == NULL) {
        pk_command_fail(in, PK_EXIT_FAILED, "%s: %s", name, strerror(errno));
        return NULL;
    }
    char *text = pk_xmalloc(STYLE_MAX + 1);
    *len = fread(text, 1, STYLE_MAX + 1, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed || *len > STYLE_MAX) {
        free(text);
        pk_command_fail(in, PK_EXIT_FAILED, "%s: cannot be read, or is above %d bytes",
                        name, STYLE_MAX);
        return NULL;
    }
    text[*len] = '\0';
    *owned = text;
    return text;
}

static enum pk_status show(struct pk_invocation *in, struct pk_buf *out, const char *name,
                           const char *text, size_t len, double zoom,
                           struct pk_error *err)
{
    const char *theme = pk_opts_text(in->opts, "theme");
    size_t theme_len = 0;
    const char *theme_json = pk_shipped_theme(theme, &theme_len);
    if (theme_json == NULL) {
        return pk_fail(err, PK_BAD_INPUT, "theme: there is no theme \"%.40s\"", theme);
    }
    struct pk_style *style = NULL;
    enum pk_status status =
        pk_style_read(&style, name, text, len, theme, theme_json, theme_len, NULL, err);
    if (status == PK_OK) {
        pk_style_tool_show(out, style, zoom, pk_given_flag(in, "json"));
        pk_style_destroy(style);
    }
    return status;
}

/* An SLD file: the style to -o FILE or standard output, what was lost to standard
 * error. */
static int convert(struct pk_invocation *in, const char *path)
{
    char *text = NULL;
    size_t len = 0;
    struct pk_error err = {0};
    const char *to = pk_given_value(in, "o");
    if (read_style(in, path, &text, &len) == NULL) {
        return PK_EXIT_FAILED;
    }
    struct pk_buf out, report;
    pk_buf_init(&out, OUTPUT_MAX);
    pk_buf_init(&report, OUTPUT_MAX);
    enum pk_status status =
        pk_sld_convert(&out, &report, path, text, len, pk_given_value(in, "layer"), &err);
    fputs(report.data, stderr);
    int code = PK_EXIT_OK;
    if (status != PK_OK) {
        code = pk_command_error(in, &err);
    } else if (to == NULL) {
        code = pk_session_print(in, &out);
    } else {
        FILE *file = fopen(to, "wbe");
        bool written = file != NULL && fwrite(out.data, 1, out.len, file) == out.len;
        if (file == NULL || fclose(file) != 0 || !written) {
            code = pk_command_fail(in, PK_EXIT_FAILED, "%s: %s", to, strerror(errno));
        }
    }
    pk_buf_finish(&report);
    pk_buf_finish(&out);
    free(text);
    return code;
}

int pk_cmd_style(struct pk_invocation *in)
{
    const char *verb = in->operands[0], *what = in->operands[1];
    const char *zoom_text = pk_given_value(in, "zoom");
    double zoom = 16;
    char *owned = NULL;
    size_t len = 0;
    struct pk_error err = {0};
    if (zoom_text != NULL && !pk_parse_all_double(zoom_text, &zoom)) {
        return pk_command_fail(in, PK_EXIT_USAGE, "--zoom: \"%.20s\" is not a number",
                               zoom_text);
    }
    bool check = strcmp(verb, "check") == 0, shows = strcmp(verb, "show") == 0;
    bool eval = strcmp(verb, "eval") == 0;
    if (strcmp(verb, "convert") == 0) {
        return convert(in, what);
    }
    if (!check && !shows && !eval) {
        return pk_command_fail(in, PK_EXIT_USAGE,
                               "\"%.40s\" is not check, show, eval or convert", verb);
    }
    const char *text = eval ? what : read_style(in, what, &owned, &len);
    if (text == NULL) {
        return PK_EXIT_FAILED;
    }
    struct pk_buf out;
    pk_buf_init(&out, OUTPUT_MAX);
    enum pk_status status =
        check
            ? pk_style_tool_check(&out, what, text, len, pk_given_flag(in, "json"), &err)
        : shows
            ? show(in, &out, what, text, len, zoom, &err)
            : pk_style_tool_eval(&out, text, pk_given_value(in, "feature"), zoom, &err);
    int code = pk_session_print(in, &out);
    if (status != PK_OK) {
        code = pk_command_error(in, &err);
    }
    pk_buf_finish(&out);
    free(owned);
    return code;
}
