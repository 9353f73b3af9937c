/* target_fuzzer.c - request targets and negotiation headers (after a line break). What
 * is taken is UTF-8 without control bytes in the path, and decodes no slash. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "server/negotiate.h"
#include "server/request.h"
#include "server/response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text)
{
    if (text == NULL || !pk_utf8_valid(text) || strchr(text, '/') != NULL ||
        strcmp(text, "..") == 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pk_arena arena = {0};
    struct pk_request request;
    struct pk_error err;
    char *target = pk_arena_strndup(&arena, (const char *)data, size);
    char *header = strchr(target, '\n');
    if (header != NULL) {
        *header++ = '\0';
    }
    if (pk_request_read(&request, "GET", target, &arena, &err) == PK_OK) {
        for (uint32_t i = 0; i < request.segment_count; i++) {
            check(request.segments[i]);
        }
        for (uint32_t i = 0; i < request.arg_count; i++) {
            if (!pk_utf8_valid(request.args[i].name) ||
                !pk_utf8_valid(request.args[i].value)) {
                abort();
            }
        }
        enum pk_format format;
        enum pk_lang lang;
        double box[4];
        request.accept = request.accept_language = header;
        (void)!pk_negotiate_format(&format, &request, 7, PK_FORMAT_HTML, &err);
        (void)!pk_negotiate_lang(&lang, &request, &err);
        pk_negotiate_encoding(header);
        pk_etag_matches(header, "\"a\"");
        const char *value = pk_request_arg(&request, "bbox");
        if (value != NULL) {
            pk_request_numbers(value, box, 4);
        }
    }
    pk_arena_finish(&arena);
    return 0;
}
