/* sld_fuzzer.c - any bytes as SLD: refused with a text, or a style that our own reader
 * takes without an error. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "styles/sld.h"
#include "styles/style.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pk_buf out, report;
    struct pk_error err = {0};
    struct pk_style *style = NULL;
    char *xml = malloc(size + 1);
    if (xml == NULL) {
        return 0;
    }
    memcpy(xml, data, size);
    xml[size] = '\0';
    pk_buf_init(&out, 8 << 20);
    pk_buf_init(&report, 8 << 20);
    enum pk_status st = pk_sld_convert(&out, &report, "f", xml, size, NULL, &err);
    if (st != PK_OK ? err.text[0] == '\0'
                    : pk_style_read(&style, "f", out.data, out.len, NULL, NULL, 0, NULL,
                                    &err) != PK_OK) {
        abort();
    }
    pk_style_destroy(style);
    pk_buf_finish(&report);
    pk_buf_finish(&out);
    free(xml);
    return 0;
}
